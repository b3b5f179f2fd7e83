"""Claims about environments: what decides them, where they come from, and what is said where they cannot be had."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmark import rooms
from benchmark.errors import UsageError
from benchmark.plan import anchored
from benchmark.workers import environments, pythons
from benchmark.workers.declaration import Declaration
from benchmark.workers.installing import Unavailable, Wishes, find_uv, settings
from benchmark.workers.pythons import this_one
from benchmark.workers.resolution import declared, resolve

if TYPE_CHECKING:
    from conftest import Boilerbench

PINNED = "# /// script\n# requires-python = '>=3.8'\n# dependencies = ['{}']\n# ///\ndef extract(page): return 'x'\n"


def bundled(name: str) -> Declaration:
    return resolve(name, lambda one: rooms.path("adapters", one))


def script(folder: Path, dependency: str, name: str = "rival") -> Declaration:
    file = folder / f"{name}.py"
    file.write_text(PINNED.format(dependency), encoding="utf-8")
    return declared(file)[0]


def test_another_release_is_another_environment_with_the_extras_kept_and_no_hashes() -> None:
    now, before = bundled("newspaper4k"), bundled("newspaper4k==0.9.3.1")
    assert before.name == "newspaper4k==0.9.3.1"
    assert before.dependencies[0].endswith("]==0.9.3.1")
    assert before.dependencies[0].partition("==")[0] == now.dependencies[0].partition("==")[0]
    assert (now.pinned, before.pinned, before.light) == (True, False, False)
    assert environments.fingerprint(now, this_one()) != environments.fingerprint(before, this_one())


def test_a_checkout_takes_the_place_of_a_release_and_is_called_by_its_folder_alone(tmp_path: Path) -> None:
    place = tmp_path / "my checkout"
    place.mkdir()
    found = bundled(f"newspaper4k@aeb=={place}")
    assert found.name == "newspaper4k@aeb==my checkout"
    assert found.dependencies[0].endswith(f"] @ {place.as_uri()}")
    assert not found.pinned
    assert anchored(f"newspaper4k=={place}/../my checkout") == f"newspaper4k=={place}"
    assert anchored("newspaper4k==1.0") == "newspaper4k==1.0"


def test_a_checkout_that_is_not_there_and_one_of_another_language_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        bundled("html-text==./nowhere")
    with pytest.raises(UsageError, match="only a Python package"):
        bundled(f"readability-js=={tmp_path}/")


def test_any_change_in_a_checkout_is_another_environment_and_what_building_leaves_is_none(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("one = 1", encoding="utf-8")
    declaration = bundled(f"html-text=={tmp_path}/.")

    def digest() -> str:
        return environments.fingerprint(declaration, this_one())

    first = digest()
    own = ("venv/pyvenv.cfg", "out/pages.parquet", "out/manifest.json")
    for litter in ("build/lib.py", ".git/HEAD", "__pycache__/module.pyc", "html_text.egg-info/PKG-INFO", *own):
        (tmp_path / litter).parent.mkdir(exist_ok=True)
        (tmp_path / litter).write_text("x", encoding="utf-8")
    assert digest() == first
    (tmp_path / "module.py").write_text("one = 2", encoding="utf-8")
    second = digest()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "more.txt").touch()
    assert len({first, second, digest()}) == 3


def test_a_release_of_a_node_package_is_a_name_too() -> None:
    before = bundled("readability-js@linkedom==0.5.0")
    assert "@mozilla/readability@0.5.0" in before.dependencies
    assert not before.pinned


def test_interpreter_and_pins_decide_an_environment_and_variants_share_it() -> None:
    one, other = bundled("trafilatura"), bundled("trafilatura@fast")
    base = this_one()
    assert environments.fingerprint(one, base) == environments.fingerprint(other, base)
    assert environments.fingerprint(one, base) != environments.fingerprint(one, replace(base, identity="CPython 3.99"))


def test_an_environment_is_built_once_and_found_again(tmp_path: Path) -> None:
    declaration = replace(script(tmp_path, "no-such-package==1"), dependencies=())
    assert environments.build(declaration, tmp_path / "envs").place is None
    place = tmp_path / "envs"
    filled = script(tmp_path, "no-such-package==1", "filled")
    digest = environments.fingerprint(filled, this_one())
    made = place / f"filled-{digest[:16]}"
    (made / "bin").mkdir(parents=True)
    (made / "bin" / "python").symlink_to(sys.executable)
    (made / environments.MARKER).write_text(digest, encoding="utf-8")
    assert environments.build(filled, place).place == made


def test_a_build_that_fails_says_why_and_leaves_nothing_behind(tmp_path: Path) -> None:
    declaration = script(tmp_path, "no-such-package-of-any-name==1")
    with pytest.raises(Unavailable) as caught:
        environments.build(declaration, tmp_path / "envs", None, Wishes(offline=True))
    assert "no-such-package-of-any-name" in str(caught.value)
    assert list((tmp_path / "envs").iterdir()) == []


def test_one_that_cannot_be_built_does_not_keep_others_from_being_built(tmp_path: Path) -> None:
    good = replace(script(tmp_path, "x==1", "good"), dependencies=())
    bad = script(tmp_path, "no-such-package-of-any-name==1", "bad")
    told: list[str] = []
    found = environments.sync(
        [bad, good], tmp_path / "envs", None, Wishes(offline=True), lambda one, _: told.append(one.name)
    )
    assert isinstance(found["bad"], Unavailable)
    assert isinstance(found["good"], environments.Environment)
    assert sorted(told) == ["bad", "good"]


def test_this_python_is_taken_where_it_fits_and_the_newest_other_where_it_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = {version: replace(this_one(), identity=f"CPython {version}") for version in ("3.7.16", "3.12.1", "3.12.4")}
    monkeypatch.setattr(pythons, "others", lambda: others)
    assert pythons.find(">=3.8", "a", Wishes()) == this_one()
    assert pythons.find("==3.12.*", "a", Wishes()).identity == "CPython 3.12.4"
    assert pythons.find("==3.7.*", "a", Wishes()).identity == "CPython 3.7.16"
    with pytest.raises(Unavailable, match=r"needs Python >=3\.98; here are 3\.7\.16") as caught:
        pythons.find(">=3.98", "rival", Wishes())
    assert "boilerbench env sync --download-pythons rival" in caught.value.remedy


def test_every_python_that_is_found_works_and_is_what_it_says() -> None:
    for version, interpreter in pythons.others().items():
        command = [str(interpreter.path), "-I", "-c", "import platform; print(platform.python_version())"]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == version


def test_weights_are_looked_for_in_the_folder_of_models_and_asked_for_where_they_are_missing(tmp_path: Path) -> None:
    declaration = replace(script(tmp_path, "x==1"), dependencies=(), weights="someone/model")
    with pytest.raises(Unavailable, match="needs the weights someone/model") as caught:
        environments.build(declaration, tmp_path / "envs", tmp_path / "models")
    assert str(tmp_path / "models" / "someone" / "model") in caught.value.remedy
    place = tmp_path / "models" / "someone" / "model"
    place.mkdir(parents=True)
    (place / "weights.bin").write_bytes(b"w")
    assert environments.build(declaration, tmp_path / "envs", tmp_path / "models").weights == place


def test_the_users_index_settings_reach_uv_and_pythons_are_not_fetched_unasked() -> None:
    given = settings({"PIP_INDEX_URL": "https://index.example/x", "PIP_FIND_LINKS": "/wheels", "VIRTUAL_ENV": "/here"})
    assert given["UV_DEFAULT_INDEX"] == "https://index.example/x"
    assert given["UV_FIND_LINKS"] == "/wheels"
    assert given["UV_PYTHON_DOWNLOADS"] == "never"
    assert "VIRTUAL_ENV" not in given
    assert settings({"PIP_INDEX_URL": "a", "UV_DEFAULT_INDEX": "b"})["UV_DEFAULT_INDEX"] == "b"


def test_uv_is_not_used_where_the_user_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOILERBENCH_NO_UV", "1")
    assert find_uv() is None


def node_folder(folder: Path, **changes: object) -> Path:
    place = folder / "rival"
    place.mkdir()
    manifest = {
        "private": True,
        "dependencies": {},
        "boilerbench": {"variants": {"default": {"function": "extract", "summary": "Everything."}}},
        **changes,
    }
    (place / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    (place / "adapter.mjs").write_text(
        "export const extract = (page) => page.text + page.html.length\n", encoding="utf-8"
    )
    return place


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
def test_a_users_own_node_folder_takes_part(boilerbench: Boilerbench, tmp_path: Path) -> None:
    node_folder(tmp_path)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_bytes("<p>größe".encode())
    (tmp_path / "pages" / "a.txt").write_bytes("größe".encode())
    done = boilerbench("extract", "--corpus", "./pages", "--adapter", "./rival", "--out", "run")
    assert done.status == 0, done.err
    (line,) = (tmp_path / "run/extractions/rival/part-00000.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"] == "<p>größe10"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"boilerbench": 3}, 'it has no key "boilerbench" with an object'),
        ({"boilerbench": {"variants": {}}}, 'boilerbench.variants has no "default"'),
        (
            {"boilerbench": {"variants": {"default": {"function": "f"}}}},
            "boilerbench.variants.default has no 'summary'",
        ),
        (
            {"boilerbench": {"fresch": True, "variants": {}}},
            "unknown key 'fresch' in boilerbench; did you mean 'fresh'?",
        ),
        ({"engines": {"node": "new"}}, "engines.node is 'new'"),
    ],
)
def test_a_node_folder_that_cannot_be_used_is_refused_with_all_that_is_wrong(
    boilerbench: Boilerbench, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    node_folder(tmp_path, **changes)
    ended = boilerbench("run", "--adapter", "./rival")
    assert ended.status == 2
    assert said in ended.err


def test_doctor_lists_every_adapter_with_state_reason_and_remedy(boilerbench: Boilerbench) -> None:
    ended = boilerbench("doctor")
    assert ended.status == 0
    rows = {line.split()[0] for line in ended.out.splitlines() if line.split()}
    assert set(rooms.names("adapters")) | {"sandbox", "python", "installer"} <= rows
    assert "needs the weights jinaai/ReaderLM-v2" in " ".join(ended.out.split())
    assert platform.python_version() in ended.out
    (line,) = (line for line in ended.out.splitlines() if line.split()[:1] == ["goose3"])
    assert line.split(None, 1)[1].split("  ")[0] == "missing"
    assert line.rstrip().endswith("boilerbench env sync goose3")
