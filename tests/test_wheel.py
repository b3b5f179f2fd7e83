"""What an installed wheel holds and does, far from any checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from benchmark.workers import environments
from benchmark.workers.installing import Wishes
from benchmark.workers.pythons import this_one
from benchmark.workers.resolution import declared
from benchmark.workers.runtimes import python

ROOT = Path(__file__).parents[1]
BUNDLED = ("seeds", "goldens")
ABOUT = re.compile(r"boilerbench-[^/]+\.dist-info/(METADATA|WHEEL|RECORD|entry_points\.txt|licenses/LICENSE)")

Command = Callable[..., subprocess.CompletedProcess[str]]


def package(tree: Path, kind: str, target: Path) -> Path:
    """Build a wheel or an sdist of a source tree with what is installed here; nothing is fetched."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def sources(folder: Path) -> dict[str, bytes]:
    """Path relative to the folder's parent -> bytes of every file that belongs to the project."""
    return {
        file.relative_to(folder.parent).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the commands of an environment that holds the wheel and what it needs, made as for an adapter."""
    folder = tmp_path_factory.mktemp("installed")
    file = folder / "wheel.py"
    header = f'# /// script\n# dependencies = ["boilerbench @ {wheel.as_uri()}"]\n# ///\n'
    file.write_text(header + "def extract(page): ...\n", encoding="utf-8")
    try:
        # Not `build`, which moves the finished environment: its commands name the Python of the first place.
        python.install(declared(file)[0], this_one(), folder / "environment", Wishes())
    except environments.Unavailable as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the wheel's dependencies cannot be had here: {reason}")
    return folder / "environment" / "bin"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with a package and data of the same names, which are somebody else's."""
    for name in ("benchmark", *BUNDLED):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('stray')", encoding="utf-8")
    (tmp_path / "seeds" / "000.html").write_text("stray", encoding="utf-8")
    return tmp_path


@pytest.fixture
def boilerbench(installed: Path, elsewhere: Path) -> Command:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(installed / "boilerbench"), *arguments],
            cwd=elsewhere,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def site_of(installed: Path) -> Path:
    (site,) = installed.parent.glob("lib/python*/site-packages")
    return site


def test_the_wheel_holds_the_package_and_the_bundled_pages_and_nothing_else(wheel: Path) -> None:
    expected = sources(ROOT / "benchmark")
    for folder in BUNDLED:
        expected |= {f"benchmark/bundled/{name}": data for name, data in sources(ROOT / folder).items()}
    found = {name: data for name, data in contents(wheel).items() if not ABOUT.fullmatch(name)}
    assert found.keys() == expected.keys()
    assert found == expected


def test_the_wheel_holds_adapters_with_their_pins_pages_golds_and_the_mark_of_typed_code(wheel: Path) -> None:
    names = contents(wheel).keys()
    for pattern in (
        r"benchmark/adapters/trafilatura\.py",
        r"benchmark/adapters/trafilatura\.txt",
        r"benchmark/speed/reference\.txt",
        r"benchmark/reports/_html/index\.html\.j2",
        r"benchmark/reports/_html/index\.js",
        r"benchmark/reports/_html/base\.css",
        r"benchmark/py\.typed",
        r"benchmark/bundled/seeds/000\.html",
        r"benchmark/bundled/goldens/000\.txt",
        r"boilerbench-.+\.dist-info/licenses/LICENSE",
    ):
        assert any(re.fullmatch(pattern, name) for name in names), pattern


def test_the_wheel_knows_no_folder_of_this_machine(wheel: Path) -> None:
    folders = {str(ROOT), str(ROOT.parent), sys.prefix, str(Path.home()), str(wheel.parent)} - {"/"}
    for name, data in contents(wheel).items():
        assert [folder for folder in folders if f"{folder}/".encode() in data] == [], name


def test_a_wheel_built_twice_or_from_the_sdist_is_the_same_to_the_byte(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(package(ROOT, "sdist", tmp_path / "sdist")) as archive:
        if hasattr(tarfile, "data_filter"):  # it came with Python 3.11.4; Debian 12 has 3.11.2
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(tmp_path / "tree")
    (tree,) = (tmp_path / "tree").iterdir()
    assert package(ROOT, "wheel", tmp_path / "again").read_bytes() == wheel.read_bytes()
    assert package(tree, "wheel", tmp_path / "from-sdist").read_bytes() == wheel.read_bytes()


def test_the_sdist_holds_neither_results_nor_tests_nor_anything_hidden(tmp_path: Path) -> None:
    with tarfile.open(package(ROOT, "sdist", tmp_path)) as archive:
        tops = {Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1}
    assert tops == {
        *("benchmark", "goldens", "seeds", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff"),
        *("pyproject.toml", "PKG-INFO", ".gitignore"),
    }


def test_the_installed_command_runs_on_the_bundled_pages_whatever_stands_around_it(
    boilerbench: Command, elsewhere: Path, installed: Path
) -> None:
    names = ["everything", "nothing", "justext"]
    adapters = [word for name in names for word in ("--adapter", name)]
    done = boilerbench("run", *adapters, "--speed-seconds", "0", "--out", "run")
    assert done.returncode == 0, done.stderr
    run = elsewhere / "run"
    corpus = json.loads((run / "plan.json").read_bytes())["corpora"][0]
    assert Path(corpus["folder"]).resolve() == (site_of(installed) / "benchmark" / "bundled").resolve()
    pages = pd.read_parquet(run / "pages.parquet")
    assert list(pages["page_id"]) == sorted(file.stem for file in (ROOT / "seeds").glob("*.html"))
    recall = pd.read_parquet(run / "scores.parquet").query("metric == 'body.recall'").groupby("adapter")["value"]
    assert recall.min()["everything"] == 1
    assert recall.max()["nothing"] == 0
    assert 0.5 < recall.mean()["justext"] <= 1
    assert (run / "report" / "report.md").read_text(encoding="utf-8")
    manifest = json.loads((run / "manifest.json").read_bytes())
    assert manifest["revision"] is None, "a wheel comes from no checkout"
    assert set(manifest["adapters"]) == set(names)


def test_the_installed_command_finds_its_pages_beside_packages_that_bring_such_folders_too(
    installed: Path, boilerbench: Command, tmp_path: Path
) -> None:
    site = site_of(installed)
    for folder in BUNDLED:
        (site / folder).mkdir()
    try:
        done = boilerbench("run", "--adapter", "nothing", "--speed-seconds", "0", "--out", "run")
    finally:
        for folder in BUNDLED:
            shutil.rmtree(site / folder)
    assert done.returncode == 0, done.stderr


def test_the_installed_doctor_finds_the_bundled_pages_well(boilerbench: Command) -> None:
    done = boilerbench("doctor")
    pages = len(list((ROOT / "seeds").glob("*.html")))
    assert re.search(rf"(?m)^ *bundled pages +ok +{pages} pages, {pages} golds *$", done.stdout), done.stderr
    assert re.search(r"(?m)^ *nothing +ok ", done.stdout)
    assert done.returncode == (3 if " not ok " in done.stdout else 0)


@pytest.mark.parametrize("room", ["corpora", "adapters", "scorers", "reports", "engines"])
def test_the_installed_command_lists_what_the_checkout_lists(boilerbench: Command, room: str) -> None:
    command = [str(Path(sys.executable).with_name("boilerbench")), "list", room, "--json"]
    here = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(boilerbench("list", room, "--json").stdout) == json.loads(here.stdout)
