"""The bundled pages against the documents they were rebuilt from, and their gold bodies against both."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from benchmark.regions import visible_text
from benchmark.text import encoding, tokens

ROOT = Path(__file__).parents[1]
SEEDS, GOLDENS = ROOT / "seeds", ROOT / "goldens"
GIVEN = {
    "000_56c5fd39c0c59d3d.txt": "630edabcff2f51566a84e27971db968a9b7fb56e63cdcfcd2b76e6be3224e28d",
    "001_5f7f5bffaa3704f5.txt": "2f3c8e1cdc30d6d4ced5c2828049e3bf7b8aa1877c67fc6d456425c114ed54d1",
    "002_383cf16a4c9892a1.txt": "91193f7119650ee6531b9bbce93e188e0867bdd25e8102233aedfd31b6a26e64",
    "003_daeb789f409dab40.txt": "ad56dbbbe520ce655d37e797084d03e471e8bb0265957537d0d22a6e5af259a0",
    "004_685d91b8f83edc8d.txt": "ca14b876aa6c7cfbf794624d84f518cad60ecac07273bec4357df6f69d98d1f5",
}
"""SHA-256 of the five given documents."""
PAGES = sorted(file.stem for file in SEEDS.glob("*.html"))
REBUILT = [name[:3] for name in GIVEN if not name.startswith("001")]
"""Pages that have a given document; 001 is no page but the gold body of 000."""

IDENTIFIERS = {"schema.org", "www.w3.org"}
"""Hosts that name a vocabulary and are never fetched."""
HOST = re.compile(r"(?i)//([a-z0-9-]+(?:\.[a-z0-9-]+)+)")
DOMAIN = re.compile(
    r"(?i)\b(?:[a-z0-9-]+\.)+(?:com|org|net|info|io|co|tv|me|eu|fr|be|ch|dz|ma|tn|sn|ru|uk|de|ca|africa)\b"
)
HINTS = re.compile(
    r"(?i)articlebody|cc-select|mark-selected|data-label|boilerplate|\bgold|ground.?truth|annotat|main-?text|full-?text"
)
"""What tells where the body is, or that somebody marked it: of standards, of other benchmarks, of ours."""


def document(page: str) -> str:
    return next(SEEDS.glob(f"{page}_*.txt")).read_text(encoding="utf-8")


def source(page: str) -> str:
    return (SEEDS / f"{page}.html").read_bytes().decode("utf-8", "strict")


def words(page: str) -> list[str]:
    return tokens(visible_text(source(page)))


def body(page: str) -> str:
    return (GOLDENS / f"{page}.txt").read_text(encoding="utf-8")


def places(wanted: list[str], among: list[str]) -> list[int]:
    """Every index at which all of `wanted` stand one after another."""
    return [start for start in range(len(among) - len(wanted) + 1) if among[start : start + len(wanted)] == wanted]


@pytest.mark.parametrize("name", GIVEN)
def test_a_given_document_is_as_it_was_given(name: str) -> None:
    assert hashlib.sha256((SEEDS / name).read_bytes()).hexdigest() == GIVEN[name]


@pytest.mark.parametrize("name", GIVEN)
def test_a_given_document_equals_the_original_byte_for_byte(name: str) -> None:
    originals = ROOT.parent / "shared" / "seeds"
    if not originals.is_dir():
        pytest.skip("the originals in ../shared/seeds are not there")
    assert (SEEDS / name).read_bytes() == (originals / name).read_bytes()
    assert {file.name for file in originals.iterdir()} == set(GIVEN)


def test_every_given_document_has_its_page_but_the_one_that_is_a_gold_body() -> None:
    assert set(REBUILT) <= set(PAGES)
    assert "001" not in PAGES


@pytest.mark.parametrize("page", REBUILT)
def test_the_visible_text_of_a_page_is_its_document_token_for_token(page: str) -> None:
    assert words(page) == tokens(printed(page))


def printed(page: str) -> str:
    """The document less what whoever printed it added to the page's text.

    003: the first line is the page's `<title>`, which is not body text. 004: the numbers of a list, which a browser
    draws. (The bullets that it draws hold no token.)
    """
    text = document(page)
    if page == "003":
        return text.partition("\n")[2]
    return re.sub(r"(?m)^\d+\. ", "", text) if page == "004" else text


def test_the_first_line_of_003_is_the_title_of_its_page() -> None:
    title = re.search(r"<title>(.*?)</title>", source("003"))
    assert title is not None
    assert title[1] == document("003").partition("\n")[0]


def test_the_numbers_of_004_are_those_of_its_only_ordered_list() -> None:
    numbers = re.findall(r"(?m)^(\d+)\. ", document("004"))
    lists = re.findall(r"(?s)<ol\b.*?</ol>", source("004"))
    assert numbers == ["1", "2", "3", "4"]
    assert [one.count("<li") for one in lists] == [len(numbers)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_declares_utf_8_at_once_and_is_utf_8(page: str) -> None:
    html = (SEEDS / f"{page}.html").read_bytes()
    assert re.search(rb"(?i)<meta[^>]+charset=[\"']?utf-8", html[:1024])
    assert encoding(html) == "utf-8"
    assert not html.startswith(b"\xef\xbb\xbf")
    assert "\ufffd" not in html.decode("utf-8", "strict")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_no_hint_where_its_body_is(page: str) -> None:
    assert HINTS.findall(source(page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_leads_to_no_real_host(page: str) -> None:
    hosts = {host.lower() for host in HOST.findall(source(page))} - IDENTIFIERS
    assert hosts
    assert {host for host in hosts if not host.endswith(".example")} == set()


@pytest.mark.parametrize("page", REBUILT)
def test_a_page_names_no_real_domain_but_those_its_document_prints(page: str) -> None:
    named = {name.lower() for name in DOMAIN.findall(source(page))} - IDENTIFIERS
    assert named - {name.lower() for name in DOMAIN.findall(document(page))} == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_states_an_address_that_cannot_exist(page: str) -> None:
    facts = tomllib.loads((SEEDS / f"{page}.toml").read_text(encoding="utf-8"))
    host = HOST.findall(facts["url"])[0]
    assert host.endswith(".example")
    assert host.removeprefix("www.") == facts["attributes"]["site"]
    assert facts["url"] in source(page)


@pytest.mark.parametrize("page", REBUILT)
def test_a_page_names_the_document_it_was_rebuilt_from(page: str) -> None:
    facts = tomllib.loads((SEEDS / f"{page}.toml").read_text(encoding="utf-8"))
    assert facts["attributes"]["document"] in GIVEN
    assert facts["attributes"]["document"].startswith(page)


def test_the_gold_body_of_000_is_document_001_to_the_letter() -> None:
    assert (GOLDENS / "000.txt").read_bytes() == (SEEDS / "001_5f7f5bffaa3704f5.txt").read_bytes()


@pytest.mark.parametrize("page", PAGES)
def test_a_gold_was_made_for_just_these_bytes(page: str) -> None:
    gold = tomllib.loads((GOLDENS / f"{page}.toml").read_text(encoding="utf-8"))
    assert gold["page"] == page
    assert gold["sha256"] == hashlib.sha256((SEEDS / f"{page}.html").read_bytes()).hexdigest()


@pytest.mark.parametrize("page", PAGES)
def test_the_lines_of_a_gold_body_stand_on_the_page_unbroken_and_in_order(page: str) -> None:
    seen, at = words(page), 0
    lines = [tokens(line) for line in body(page).splitlines() if line.strip()]
    assert all(lines)
    for line in lines:
        found = [start for start in places(line, seen) if start >= at]
        assert found, " ".join(line[:8])
        at = found[0] + len(line)


def test_the_body_of_003_has_537_words_and_stands_on_its_page_twice() -> None:
    assert len(re.findall(r"\w+", body("003"))) == 537
    assert len(places(tokens(body("003")), words("003"))) == 2


def test_the_comments_of_003_stand_on_its_page_twice_behind_both_copies_of_its_body() -> None:
    _, comments, again = document("003").split("Réagir à cet article\n")
    assert again.startswith(comments.rstrip())
    copies = places(tokens(comments), words("003"))
    assert len(copies) == 2
    assert copies[0] > max(places(tokens(body("003")), words("003")))


@pytest.mark.parametrize("page", [page for page in PAGES if page != "003"])
def test_every_other_body_stands_on_its_page_once(page: str) -> None:
    assert len(places(tokens(body(page)), words(page))) == 1


def test_no_two_pages_are_of_one_site() -> None:
    sites = [
        tomllib.loads((SEEDS / f"{page}.toml").read_text(encoding="utf-8"))["attributes"]["site"] for page in PAGES
    ]
    assert len(set(sites)) == len(sites)
