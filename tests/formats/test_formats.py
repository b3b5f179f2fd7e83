"""Formats of answers: what is written is read back, each file has one format, and files of others load whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark import rooms
from benchmark.errors import UsageError
from benchmark.formats import aeb, folder, fundus, wceb
from benchmark.records import Predictions

FORMATS: dict[str, ModuleType] = {name: rooms.load("formats", name) for name in rooms.names("formats")}
SUFFIXES = {"aeb": ".json", "fundus": ".json", "wceb": ".jsonl", "folder": ""}

texts = st.none() | st.text() | st.text("a \n\r\ufeff\u2028", max_size=12)
ids = st.text(min_size=1, max_size=12)
names = st.text("ab.-_é", min_size=1, max_size=6).filter(lambda one: not one.startswith("."))
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


def answers(of: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str | None]]:
    return st.dictionaries(of, texts, min_size=1, max_size=4)


def written(predictions: Predictions, form: ModuleType, place: Path) -> Path:
    """The files of a format below a place that bears the name of the answers."""
    file = place / f"{predictions.name}{SUFFIXES[form.__name__.rpartition('.')[2]]}"
    for name, content in form.write(predictions).items():
        (file / name).parent.mkdir(parents=True, exist_ok=True)
        (file / name).write_bytes(content)
    return file


def there_and_back(predictions: Predictions, form: ModuleType) -> Predictions:
    with TemporaryDirectory() as place:
        file = written(predictions, form, Path(place))
        assert [name for name, one in FORMATS.items() if one.recognises(file)] == [form.__name__.rpartition(".")[2]]
        found: Predictions = form.read(file)
        return found


# laws ---------------------------------------------------------------------------------------------------------


def test_every_format_in_the_room_is_put_to_the_law() -> None:
    assert set(FORMATS) == set(SUFFIXES)


@given(answers(ids), st.none() | st.text(), st.dictionaries(ids, st.text(), max_size=2))
def test_aeb_gives_back_what_it_was_given(
    found: dict[str, str | None], version: str | None, more: dict[str, str]
) -> None:
    given_ = Predictions("mine", version, found, {name: url for name, url in more.items() if name in found})
    assert there_and_back(given_, aeb) == given_


@pytest.mark.parametrize("version", [None, "2"])
def test_pages_called_like_the_words_of_the_wrapping_are_pages(version: str | None) -> None:
    given_ = Predictions("mine", version, {"version": "a", "output": "b", "articleBody": None})
    assert there_and_back(given_, aeb) == given_


@given(answers(ids), st.text(min_size=1, max_size=9).filter(lambda one: "/" not in one and "\0" not in one))
def test_wceb_gives_back_what_it_was_given(found: dict[str, str | None], model: str) -> None:
    with TemporaryDirectory() as place:
        file = Path(place) / "called-otherwise.jsonl"
        file.write_bytes(wceb.write(Predictions(model, None, found))[""])
        assert wceb.recognises(file)
        assert wceb.read(file) == Predictions(model, None, found)


@given(answers(ids))
def test_fundus_gives_back_what_it_was_given(found: dict[str, str | None]) -> None:
    assert there_and_back(Predictions("mine", None, found), fundus) == Predictions("mine", None, found)


@given(answers(paths))
def test_a_folder_gives_back_what_it_was_given_but_for_null_which_it_cannot_tell_from_empty(
    found: dict[str, str | None],
) -> None:
    try:
        back = there_and_back(Predictions("mine", None, found), folder)
    except UsageError:  # an id that would be a folder and a file at once
        assert any(f"{one}.txt/" in f"{other}/" for one in found for other in found)
    else:
        assert back.texts == {name: text or "" for name, text in found.items()}


@given(st.text("ab\n ", max_size=12))
def test_no_paragraph_of_fundus_is_a_blank_line_alone_unless_the_text_is(text: str) -> None:
    body = json.loads(fundus.write(Predictions("mine", None, {"p": text}))[""])["p.html.gz"]["body"]
    assert "\n".join(body) == text
    assert all(one.strip("\n") for one in body) or not text.strip("\n")


# names of files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../up", "/root", ".hidden", "a//b", "a/", "", "nul\0", "x" * 252, "é" * 126])
def test_an_id_that_can_be_no_file_is_refused_by_name_with_the_format_to_take_instead(name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be the names of files \(1\): .*--format aeb"):
        folder.write(Predictions("mine", None, {name: "text", "good": "text"}))


def test_an_id_as_long_as_a_file_name_may_be_is_a_file(tmp_path: Path) -> None:
    given_ = Predictions("mine", None, {"x" * 251: "text"})
    assert there_and_back(given_, folder) == given_


def test_hidden_files_and_those_of_other_kinds_are_no_answers(tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/page.txt", "page.html", "page.txt", "deep/er/page.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text", encoding="utf-8")
    assert set(folder.read(tmp_path).texts) == {"page", "deep/er/page"}


# what is no such format ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        b"[]",
        b"{}",
        b"null",
        b"3",
        b'"page_id"',
        b'["page_id"]',
        b"{",
        b"\xff\xfe{\x00",
        b"page_id",
        b"[" * 100_000,
    ],
)
def test_what_holds_no_answers_is_recognised_by_none_and_never_a_crash(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(content)
    assert [name for name, one in FORMATS.items() if one.recognises(file)] == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_place_that_is_not_there_is_recognised_by_none(tmp_path: Path, name: str) -> None:
    assert not FORMATS[name].recognises(tmp_path / "nowhere")
    assert not FORMATS[name].recognises(tmp_path)  # an empty folder


REFUSALS: dict[str, tuple[Callable[[Path], Predictions], str, list[str]]] = {
    "aeb entries": (
        aeb.read,
        '{"a": {"articleBody": "x"}, "b": {"articleBody": ["x"]}, "c": {"articleBody": 3}}',
        ["neither a string nor null (2): b, c"],
    ),
    "aeb texts": (aeb.read, '{"a": "x", "b": {"articleBody": "x"}}', ["entries that are no object (1): a"]),
    "aeb version": (
        aeb.read,
        '{"version": 3, "output": {"a": {"articleBody": "x"}}}',
        ["version is 3; a string or null is expected"],
    ),
    "aeb output": (aeb.read, '{"version": "3", "output": []}', ["it holds a list, not an object"]),
    "aeb twice": (
        aeb.read,
        '{"a": {"articleBody": "x"}, "a": {"articleBody": "y"}}',
        ["keys that stand twice (1): a"],
    ),
    "fundus bodies": (
        fundus.read,
        '{"a": {"body": "x"}, "b": {"body": [3]}, "c": {}, "d": {"body": ["x"]}}',
        ["neither a list of strings nor null (3): a, b, c"],
    ),
    "fundus ids": (
        fundus.read,
        '{"a": {"body": ["x"]}, "a.html.gz": {"body": ["x"]}}',
        ["with and without .html.gz (1): a"],
    ),
    "wceb lines": (
        wceb.read,
        '{"page_id": "a", "plaintext": "x"}\n\n[]\n{"page_id": 3, "plaintext": "x"}\n{"page_id": "b"}\n',
        ["line 3 holds a list", "line 4 has no page_id", "line 5 has no plaintext"],
    ),
    "wceb broken": (
        wceb.read,
        '{"page_id": "a", "plaintext": "x"}\n{"page_id": "b", "pla',
        ["not JSON: ", "(at line 2, column"],
    ),
    "wceb twice": (
        wceb.read,
        '{"page_id": "a", "plaintext": "x"}\n{"page_id": "a", "plaintext": "x"}\n',
        ["ids that stand twice (1): a"],
    ),
    "wceb models": (
        wceb.read,
        '{"page_id": "a", "plaintext": "x", "model": "m"}\n{"page_id": "b", "plaintext": "x", "model": "n"}\n',
        ["answers of several models, of which one is expected (2): m, n"],
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_all_that_is_wrong_with_a_file_is_named_with_what_was_expected(tmp_path: Path, case: str) -> None:
    read, content, said = REFUSALS[case]
    file = tmp_path / "mine.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read(file)
    for part in [str(file), "expected JSON", *said]:
        assert part in str(error.value)


# texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("escaped", [r"\ud800", r"\udc00", r"\ud800x"])
def test_half_a_surrogate_pair_becomes_the_replacement_character_and_a_whole_pair_stays(
    tmp_path: Path, escaped: str
) -> None:
    contents = {
        "aeb": f'{{"p": {{"articleBody": "a{escaped}\\ud83d\\ude00"}}}}',
        "fundus": f'{{"p.html.gz": {{"body": ["a{escaped}\\ud83d\\ude00"]}}}}',
        "wceb": f'{{"page_id": "p", "plaintext": "a{escaped}\\ud83d\\ude00"}}',
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        text = FORMATS[name].read(tmp_path / name).texts["p"]
        assert text == "a\ufffd" + "x" * escaped.endswith("x") + "\U0001f600"


def test_an_entry_of_aeb_without_a_text_is_an_empty_answer_as_for_its_evaluator(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"p": {}, "q": {"articleBody": null}, "r": {"articleBody": "x"}}')
    assert aeb.read(tmp_path / "a.json").texts == {"p": None, "q": None, "r": "x"}


def test_a_byte_order_mark_is_no_part_of_the_answers(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('\ufeff{"p": {"articleBody": "x"}}', encoding="utf-8")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "p.txt").write_text("\ufeffx", encoding="utf-8")
    assert aeb.read(tmp_path / "a.json").texts == folder.read(tmp_path / "b").texts == {"p": "x"}


# files of others ----------------------------------------------------------------------------------------------

OTHERS = {
    "aeb": ("aeb/predictions_upstream/*.json", 10, 181),
    "wceb": ("wceb/scrapinghub/model-outputs/*.jsonl", 5, 181),
    "fundus": ("fundus/dataset/extractions/*.json", 7, 80),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_others_are_of_one_format_and_load_whole(data: Path, name: str) -> None:
    pattern, number, pages = OTHERS[name]
    files = sorted(data.glob(pattern))
    assert len(files) == number
    for file in files:
        assert [other for other, one in FORMATS.items() if one.recognises(file)] == [name]
        found: Predictions = FORMATS[name].read(file)
        assert (found.name, len(found.texts)) == (file.stem, pages)
        assert any(found.texts.values())


def test_the_texts_of_fundus_are_their_paragraphs_one_after_the_other(data: Path) -> None:
    file = data / "fundus" / "dataset" / "extractions" / "trafilatura.json"
    upstream: Mapping[str, Mapping[str, list[str]]] = json.loads(file.read_text(encoding="utf-8"))
    found = fundus.read(file).texts
    assert found == {key.removesuffix(".html.gz"): "\n".join(one["body"]) for key, one in upstream.items()}


def test_versions_are_read_where_files_of_aeb_state_them(data: Path) -> None:
    expected = json.loads((data / "aeb" / "expected.json").read_text(encoding="utf-8"))["systems"]
    files = sorted((data / "aeb" / "predictions_upstream").glob("*.json"))
    stated = {file.stem: aeb.read(file).version for file in files}
    assert stated == {name: expected[name]["version"] or None for name in stated}
    assert sum(version is not None for version in stated.values()) == 7
