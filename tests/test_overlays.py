"""Regions laid over pages of other corpora."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmark import desk, overlays, store
from benchmark.checks import lint
from benchmark.errors import UsageError
from benchmark.plan import find_corpus
from benchmark.records import Gold, Page

if TYPE_CHECKING:
    from conftest import Boilerbench

HTML = b"<html><body><ul><li>Home<li>News</ul><p>One body text.</p><p>Copyright</p></body></html>"
TOML = """page = "p1"
sha256 = "{sha256}"
language = "en"
page_type = "article"
annotator = "somebody"
guideline = "1"
provenance = "model"

[[region]]
kind = "navigation"
at = [{{ selector = "ul" }}]

[[region]]
kind = "main"
at = [{{ selector = "p:nth-of-type(1)" }}]

[[region]]
kind = "footer"
at = [{{ selector = "p:nth-of-type(2)" }}]
"""
PAGES = [Page("p0", "some", b"<p>other"), Page("p1", "some", HTML)]
GOLDS = [Gold("p0", "other"), Gold("p1", "One body text.")]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle with one overlay; the file that holds it."""
    monkeypatch.setattr(store, "bundled", lambda: tmp_path)
    file = tmp_path / "goldens" / "overlays" / "some" / "p1.toml"
    file.parent.mkdir(parents=True)
    file.write_text(TOML.format(sha256=hashlib.sha256(HTML).hexdigest()), encoding="utf-8")
    return file


def test_regions_are_laid_over_the_corpus_own_body_and_say_who_read_them(place: Path) -> None:
    bare, laid = overlays.laid_over("some", GOLDS, PAGES)
    assert bare == GOLDS[0]
    assert laid.body == "One body text."
    assert [region.kind for region in laid.regions] == ["navigation", "main", "footer"]
    assert [token.text for token in laid.tokens] == ["home", "news", "one", "body", "text", "copyright"]
    assert (laid.provenance, laid.region_provenance, laid.region_annotator) == ("human", "model", "somebody")
    assert laid.page_sha256 == hashlib.sha256(HTML).hexdigest()


def test_a_corpus_without_overlays_is_left_alone(place: Path) -> None:
    assert list(overlays.laid_over("another", GOLDS, PAGES)) == GOLDS


def test_an_overlay_for_other_bytes_is_refused(place: Path) -> None:
    changed = [PAGES[0], Page("p1", "some", HTML + b" ")]
    with pytest.raises(UsageError, match="it was made for a page with sha256"):
        list(overlays.laid_over("some", GOLDS, changed))


def test_an_overlay_that_does_not_cover_its_page_is_refused_and_lint_says_what_to_do(place: Path) -> None:
    cut = place.read_text(encoding="utf-8").rpartition("[[region]]")[0]
    place.write_text(cut, encoding="utf-8")
    with pytest.raises(UsageError, match="words in no region"):
        list(overlays.laid_over("some", GOLDS, PAGES))
    (finding,) = lint.lint_overlay(place.parents[3], "some", "p1", PAGES[1])
    assert finding.file == "goldens/overlays/some/p1.toml"
    assert finding.remedy == "add them to a region"


def test_lint_refuses_an_overlay_that_copies_a_page_instead_of_pointing_at_it(place: Path) -> None:
    quote = " ".join(f"word{number}" for number in range(60))
    text = place.read_text(encoding="utf-8").replace('selector = "ul" ', f'selector = "ul", exact = "{quote}" ')
    place.write_text(text, encoding="utf-8")
    assert any("quotes 60 words" in one.message for one in lint.lint_overlay(place.parents[3], "some", "p1", None))


ROOT = Path(__file__).parents[1]
PUBLISHED = json.loads((ROOT / "results" / "overlays" / "aeb.json").read_bytes())
OVERLAYS = [ROOT / "goldens" / "overlays" / "aeb" / f"{one['page']}.toml" for one in PUBLISHED["pages"]]
"""Those that the datasheet speaks of; one that was read once may stand beside them."""


def test_the_overlays_of_the_project_fit_the_pages_they_were_made_for(data: Path, boilerbench: Boilerbench) -> None:
    ended = boilerbench("lint", "--data", str(data))
    assert ended.out == "0 findings\n"
    assert ended.status == 0


def test_lint_says_which_overlays_it_could_not_hold_against_their_pages(boilerbench: Boilerbench) -> None:
    ended = boilerbench("lint")
    assert ended.status == 0
    note, count = ended.out.splitlines()
    assert re.fullmatch(r"note: \d+ overlays of aeb were not held against their pages: .* --data FOLDER .*", note)
    assert count == "0 findings"


def test_an_overlay_for_a_page_that_its_corpus_lacks_is_a_finding(place: Path) -> None:
    place.rename(place.with_name("p9.toml"))
    (finding,) = (one for one in desk.lint_overlays("some", {page.id: page for page in PAGES}) if "no page" in str(one))
    assert finding.file == "goldens/overlays/some/p9.toml"


@pytest.mark.parametrize("fact", ["annotator", "language", "page_type", "guideline"])
def test_lint_refuses_an_overlay_that_leaves_a_fact_blank(place: Path, fact: str) -> None:
    text = re.sub(rf'(?m)^{fact} = ".*"$', f'{fact} = " "', place.read_text(encoding="utf-8"))
    place.write_text(text, encoding="utf-8")
    found = lint.lint_overlay(place.parents[3], "some", "p1", PAGES[1])
    assert [one.message for one in found] == [f"{fact} is blank"]


def test_leakage_by_kind_is_printed_for_real_pages(data: Path, boilerbench: Boilerbench, tmp_path: Path) -> None:
    pages = [word for file in OVERLAYS[:2] for word in ("--page", file.stem)]
    run = ("run", "--corpus", "aeb", "--data", str(data), *pages, "--scorer", "regions", "--speed-seconds", "0")
    ended = boilerbench(*run, "--adapter", "nothing", "--out", "run")
    assert ended.status == 0, ended.err
    assert "regions.lost.main" in ended.out
    gold = json.loads((tmp_path / "run/manifest.json").read_bytes())["corpora"]["aeb"]["gold"]
    assert (gold["provenance"], gold["regions"]) == ({"human": 2}, {"model": 2})


def test_every_published_overlay_was_read_twice_and_adjudicated() -> None:
    folder = ROOT / "goldens" / "annotations" / "aeb"
    pages = {file.stem for file in OVERLAYS}
    assert len(pages) >= 25
    for page in pages:
        assert (folder / "adjudicated" / f"{page}.txt").is_file()
        assert len([file for file in folder.glob(f"*/{page}.txt") if file.parent.name != "adjudicated"]) >= 2


def test_the_overlays_are_what_the_adjudicated_readings_make(data: Path, boilerbench: Boilerbench) -> None:
    page = OVERLAYS[0].stem
    ranges = ROOT / "goldens" / "annotations" / "aeb" / "adjudicated" / f"{page}.txt"
    ended = boilerbench("blocks", page, "--corpus", "aeb", "--data", str(data), "--ranges", str(ranges))
    regions = OVERLAYS[0].read_text(encoding="utf-8").partition("[[region]]")[2]
    assert ended.status == 0, ended.err
    assert ended.out.partition("[[region]]")[2].strip() == regions.strip()


def test_a_datasheet_says_what_two_readings_confused_and_where_bodies_differ(
    data: Path, boilerbench: Boilerbench, tmp_path: Path
) -> None:
    ended = boilerbench("datasheet", "aeb", "--data", str(data), "--out", "sheet.json")
    assert ended.status == 0, ended.err
    sheet = json.loads((tmp_path / "sheet.json").read_bytes())
    assert {**sheet, "made": None, "read once": []} == {**PUBLISHED, "made": None}
    assert sheet["classes"]["main"]["kappa"] > 0.99
    assert len(sheet["pages"]) == len(OVERLAYS)


def test_pages_that_are_annotated_are_marked_where_pages_to_annotate_are_drawn(
    data: Path, boilerbench: Boilerbench
) -> None:
    ended = boilerbench("sample", "aeb", "--pages", "60", "--data", str(data))
    done = {line.split()[0] for line in ended.out.splitlines() if line.endswith("(has regions)")}
    drawn = {line.split()[0] for line in ended.out.splitlines()}
    assert done == drawn & {file.stem for file in (ROOT / "goldens" / "overlays" / "aeb").glob("*.toml")}
    assert drawn - done


def test_class_names_are_shown_to_an_annotator_only_on_demand(boilerbench: Boilerbench) -> None:
    bare, placed = boilerbench("blocks", "003").out, boilerbench("blocks", "003", "--places").out
    assert [line.partition("  [")[0] for line in placed.splitlines()] == bare.splitlines()
    assert "  [" not in bare


def test_a_page_that_was_read_once_disturbs_no_datasheet(
    data: Path, boilerbench: Boilerbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "goldens", tmp_path / "goldens")
    monkeypatch.setattr(store, "bundled", lambda: tmp_path)
    once, *twice = OVERLAYS[:3]
    for file in (tmp_path / "goldens" / "overlays" / "aeb").iterdir():
        if file.name not in {one.name for one in OVERLAYS[:3]}:
            file.unlink()
    (tmp_path / "goldens" / "annotations" / "aeb" / "model-b" / f"{once.stem}.txt").unlink()
    sheet = desk.datasheet(find_corpus("aeb", data))
    assert sheet["read once"] == [once.stem]
    assert {page["page"] for page in sheet["pages"]} == {file.stem for file in twice}  # type: ignore[attr-defined]


def test_a_corpus_without_overlays_has_no_datasheet(boilerbench: Boilerbench) -> None:
    ended = boilerbench("datasheet", "seeds", "--out", "sheet.json")
    assert ended.status == 2
    assert "'seeds' has 0 pages with regions" in " ".join(ended.err.split())


def test_what_differs_from_the_corpus_own_bodies_is_explained_in_the_docs() -> None:
    assert "not explained" not in (ROOT / "docs" / "goldens.md").read_text(encoding="utf-8")
