"""Finding what stands in a room."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark import rooms
from benchmark.commands.machine import Room
from benchmark.errors import UsageError

ROOMS = get_args(Room)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one room, `scorers`, whose files must not be imported."""
    room = tmp_path / "house" / "scorers"
    room.mkdir(parents=True)
    for name in ("__init__.py", "_shared.py", ".draft.py", "word_count.py", "exact.py", "exact.txt", "notes.md"):
        (room / name).write_text("raise SystemExit('imported')", encoding="utf-8")
    for name in ("__pycache__", "plain_folder", "from_node", "_node_draft"):
        (room / name).mkdir()
    for name in ("from_node", "_node_draft"):
        (room / name / "package.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(rooms, "PACKAGE", room.parent)
    return room.parent


def install(site: Path, points: str, monkeypatch: pytest.MonkeyPatch, **modules: str) -> None:
    """A distribution of somebody else, with entry points and modules."""
    about = site / "outsider-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outsider\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(points, encoding="utf-8")
    for name, source in modules.items():
        (site / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))


def refusal(room: str, name: str) -> str:
    with pytest.raises(UsageError) as caught:
        rooms.path(room, name)
    return str(caught.value)


def test_a_member_is_a_python_file_or_a_package_of_another_language_and_not_hidden(house: Path) -> None:
    assert rooms.names("scorers") == ["exact", "from-node", "word-count"]


@pytest.mark.parametrize("typed", ["word-count", "word_count"])
def test_hyphens_and_underscores_name_the_same_file(house: Path, typed: str) -> None:
    assert rooms.path("scorers", typed) == house / "scorers" / "word_count.py"


def test_a_file_whose_name_has_a_hyphen_is_found_under_the_name_that_is_listed(house: Path) -> None:
    (house / "scorers" / "with-hyphen.py").write_text("", encoding="utf-8")
    assert "with-hyphen" in rooms.names("scorers")
    assert rooms.path("scorers", "with-hyphen") == house / "scorers" / "with-hyphen.py"


@pytest.mark.parametrize("room", ROOMS)
def test_everything_that_is_listed_is_found_and_bears_its_name(room: str) -> None:
    found = {name: rooms.path(room, name) for name in rooms.names(room)}
    assert found
    assert all(path.stem.replace("_", "-") == name for name, path in found.items())
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "adapters"])
def test_everything_that_is_listed_can_be_imported_as_part_of_the_package(room: str) -> None:
    for name in rooms.names(room):
        assert rooms.load(room, name).__name__ == f"benchmark.{room}.{name.replace('-', '_')}"


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "__init__", "_pairs", "exact.py", "a\0b", "../scorers/exact", "../../benchmark/scorers/exact", "/"],
)
def test_no_name_leads_out_of_its_room_or_to_what_is_hidden_in_it(room: str, name: str) -> None:
    assert repr(name) in refusal(room, name)


@given(st.text())
def test_a_name_is_found_or_refused_and_never_anything_else(name: str) -> None:
    known = name.replace("_", "-") in rooms.names("scorers")
    try:
        rooms.path("scorers", name)
    except UsageError:
        assert not known
    else:
        assert known


def test_an_absolute_path_is_not_a_name(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("", encoding="utf-8")
    assert "unknown scorer" in refusal("scorers", str(tmp_path / "mine"))


def test_the_refusal_says_what_was_given_what_is_near_and_what_to_type(house: Path) -> None:
    assert (
        refusal("scorers", "word-cuont")
        == "unknown scorer 'word-cuont'; did you mean word-count? `boilerbench list scorers` shows all"
    )


def test_the_refusal_names_all_where_nothing_is_near(house: Path) -> None:
    assert "known: exact, from-node, word-count." in refusal("scorers", "zzzzzz")


@pytest.mark.parametrize(
    ("room", "one"), [("adapters", "adapter"), ("corpora", "corpus"), ("engines", "engine"), ("reports", "report")]
)
def test_the_refusal_speaks_of_one(room: str, one: str) -> None:
    assert refusal(room, "zzzzzz").startswith(f"unknown {one} 'zzzzzz'; ")


def test_an_entry_point_adds_to_the_room_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "[boilerbench.scorers]\nTheir_words = their_words\n", monkeypatch, their_words="METRICS = ()")
    assert "Their-words" in rooms.names("scorers")
    assert "Their-words" not in rooms.names("reports")
    assert rooms.path("scorers", "Their_words") == tmp_path / "their_words.py"
    assert rooms.load("scorers", "Their-words").METRICS == ()


def test_a_module_behind_an_entry_point_may_import_its_own_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "their_package"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "shared.py").write_text("METRICS = ('theirs',)", encoding="utf-8")
    (package / "scorer.py").write_text("from .shared import METRICS", encoding="utf-8")
    install(tmp_path, "[boilerbench.scorers]\ntheirs = their_package.scorer\n", monkeypatch)
    assert rooms.load("scorers", "theirs").METRICS == ("theirs",)


def test_a_member_of_the_house_is_not_replaced_by_an_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "[boilerbench.scorers]\nexact = their_exact\n", monkeypatch, their_exact="METRICS = ()")
    assert rooms.names("scorers").count("exact") == 1
    assert rooms.load("scorers", "exact").__name__ == "benchmark.scorers.exact"


@pytest.mark.parametrize("module", ["no_such_module", "no_such_package.module"])
def test_an_entry_point_without_its_module_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    install(tmp_path, f"[boilerbench.scorers]\nbroken = {module}\n", monkeypatch)
    message = refusal("scorers", "broken")
    assert repr(module) in message
    assert "reinstall" in message


def test_a_file_outside_is_loaded_by_its_path_each_time_anew(tmp_path: Path) -> None:
    for folder, value in (("a", 1), ("b", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(f"METRICS = ({value},)", encoding="utf-8")
    assert [rooms.load_file(tmp_path / folder / "mine.py").METRICS for folder in "aba"] == [(1,), (2,), (1,)]


def test_a_file_outside_that_bears_the_name_of_a_library_shadows_nothing(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("METRICS = ()", encoding="utf-8")
    assert rooms.load_file(tmp_path / "json.py").METRICS == ()
    import json

    assert json.loads("[1]") == [1]


@pytest.mark.parametrize(
    ("name", "problem"),
    [("missing.py", "is not a file"), ("folder.py", "is not a file"), ("text.txt", "is not a Python file")],
)
def test_what_is_no_python_file_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "text.txt").write_text("METRICS = ()", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        rooms.load_file(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name} {problem}; give the path of a .py file"
