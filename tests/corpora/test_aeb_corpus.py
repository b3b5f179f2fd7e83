"""The loader of the article extraction benchmark."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmark.corpora import aeb
from benchmark.errors import UsageError
from benchmark.records import Gold, Page

NAMES = ["c", "a", "b"]


@pytest.fixture(scope="module")
def sample() -> Path:
    places = [os.environ.get("BOILERBENCH_DATA"), Path(__file__).parents[2].parent / "shared" / "corpora"]
    for place in places:
        if place and (Path(place) / "aeb").is_dir():
            return Path(place) / "aeb"
    pytest.skip(f"no sample of aeb in $BOILERBENCH_DATA or {places[1]}")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "html").mkdir()
    truth = {name: {"articleBody": f"body of {name}", "url": f"https://www.{name}.example/x"} for name in NAMES}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth, indent=1))
    for name in NAMES:
        (tmp_path / "html" / f"{name}.html.gz").write_bytes(gzip.compress(f"<p>{name}".encode()))
    return tmp_path


def error_of(tap: Callable[[Path], Iterator[Page] | Iterator[Gold]], root: Path) -> str:
    with pytest.raises(UsageError) as caught:
        list(tap(root))
    return str(caught.value)


def rewrite(root: Path, old: str, new: str) -> None:
    file = root / "ground-truth.json"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_sample_has_181_articles_of_126_sites(sample: Path) -> None:
    pages, golds = list(aeb.pages(sample)), list(aeb.golds(sample))
    assert [page.id for page in pages] == [gold.page_id for gold in golds]
    assert len(pages) == 181
    assert len({page.attributes["site"] for page in pages}) == 126
    assert not any(page.attributes["site"].startswith("www.") for page in pages)
    assert {(page.corpus, page.charset, page.attributes["page_type"]) for page in pages} == {
        ("aeb", "utf-8", "article")
    }
    assert {(gold.provenance, gold.optional, gold.annotator) for gold in golds} == {("human", (), None)}


@pytest.mark.parametrize(
    ("number", "record"),
    [
        (
            0,
            (
                "042bb7b5fedab6eac7db576522b89b93904c237d344bcbe14a6a5ab7f7335856",
                "https://www.wsj.com/articles/google-stadia-microsoft-xcloud-apple-arcade-so-many-ways-to-playand-pay-11574168580",
                "wsj.com",
                "bd5214ed6100e7d8a062f7f642127359d502d903035f83ca460b8951fb23b729",
                "73a80d0919872c77511992d5418cd8f354de55a0a31d19b45adf817cd64ea3aa",
                "Gaming used to be",
                "and characters. All...",
            ),
        ),
        (
            9,
            (
                "0dd1357045727799a447563fd8851f4ebe79f042073ea16991a9b67aa595f81a",
                "http://www.theparadigmng.com/2018/10/09/breaking-lawan-moves-motion-senates-adjournment-nzeribe-adedoyins-deaths/",
                "theparadigmng.com",
                "0318b96f70b6694138812d0d5d6676fec40ab832bf5bdaa0290052067991b0fb",
                "910716f80a250dc185a54247414507b940274443d13c35ed72caa54d833e469f",
                "Senator representing Yobe North",
                "October 9, 2018",
            ),
        ),
        (
            180,
            (
                "ffc109d474fdee1a59fa554df8b09643f4a7d45b23eceabad66f0712c3f7daed",
                "https://www.cnbc.com/2019/11/19/beauty-stock-coty-could-surge-after-kylie-jenner-makeover.html",
                "cnbc.com",
                "cbbc09fb636e57f7243e898f6fa0f4924d73b0838628d70b6d6464e164eff653",
                "f754e861801ccff90d64e61521725bc685b05bba1f992410dd4279a3046f4b33",
                "Beauty company Coty is",
                "Petrides said. Disclaimer",
            ),
        ),
    ],
)
def test_records_of_the_sample_are_pinned(sample: Path, number: int, record: tuple[object, ...]) -> None:
    (page,) = aeb.pages(sample, number, number + 1)
    gold = list(aeb.golds(sample))[number]
    words = gold.body.split()
    body = hashlib.sha256(gold.body.encode()).hexdigest(), " ".join(words[:4]), " ".join(words[-3:])
    assert (page.id, page.url, page.attributes["site"], page.sha256, *body) == record
    assert gold.page_id == page.id


def test_pages_and_golds_stand_in_the_order_of_the_file(root: Path) -> None:
    assert [page.id for page in aeb.pages(root)] == NAMES
    assert list(aeb.golds(root)) == [Gold(name, f"body of {name}") for name in NAMES]
    attributes = {"site": "a.example", "page_type": "article"}
    assert list(aeb.pages(root, 1, 2)) == [Page("a", "aeb", b"<p>a", "https://www.a.example/x", "utf-8", attributes)]


@pytest.mark.parametrize(("start", "stop"), [(0, None), (0, 0), (0, 2), (1, 2), (2, None), (3, 9), (2, 1)])
def test_a_slice_is_the_slice_of_the_list(root: Path, start: int, stop: int | None) -> None:
    assert list(aeb.pages(root, start, stop)) == list(aeb.pages(root))[start:stop]


def test_pages_before_the_slice_are_not_read(root: Path) -> None:
    (root / "html" / "c.html.gz").write_bytes(b"damaged")
    assert [page.id for page in aeb.pages(root, 1)] == ["a", "b"]


def test_a_truncated_page_is_an_error_naming_it(root: Path) -> None:
    file = root / "html" / "a.html.gz"
    file.write_bytes(file.read_bytes()[:-5])
    assert f"{file} is not a whole gzip file" in error_of(aeb.pages, root)
    assert len(list(aeb.golds(root))) == 3, "the golds never look into a page"


@pytest.mark.parametrize("tap", [aeb.pages, aeb.golds])
def test_missing_and_surplus_pages_are_named_together(root: Path, tap: Callable[[Path], Iterator[Page]]) -> None:
    (root / "html" / "a.html.gz").unlink()
    (root / "html" / "z.html.gz").write_bytes(b"")
    with pytest.raises(UsageError) as caught:
        tap(root)  # not one record was asked for
    message = str(caught.value)
    assert "pages missing (1): a.html.gz" in message
    assert "pages without an entry (1): z.html.gz" in message
    assert aeb.EXPECTED in message


def test_an_empty_folder_shows_what_it_should_hold(tmp_path: Path) -> None:
    message = error_of(aeb.pages, tmp_path)
    assert f"missing: {tmp_path / 'ground-truth.json'}" in message
    assert f"missing: {tmp_path / 'html'}" in message
    assert aeb.EXPECTED in message


@pytest.mark.parametrize("tap", [aeb.pages, aeb.golds])
def test_a_key_that_stands_twice_is_an_error(root: Path, tap: Callable[[Path], Iterator[Page]]) -> None:
    rewrite(root, '"a": {', '"b": {')
    assert "keys that stand twice (1): b" in error_of(tap, root)


def test_a_syntax_error_is_an_error_with_its_line(root: Path) -> None:
    rewrite(root, '"a": {', '"a": [')
    message = error_of(aeb.pages, root)
    assert str(root / "ground-truth.json") in message
    assert "(at line 7, column" in message


@pytest.mark.parametrize(("text", "kind"), [("[]", "list"), ("3", "int"), ("null", "NoneType")])
def test_json_of_another_kind_is_an_error(root: Path, text: str, kind: str) -> None:
    (root / "ground-truth.json").write_text(text)
    assert f"it holds a {kind}, not an object" in error_of(aeb.pages, root)


def test_bytes_that_are_not_utf8_are_an_error_naming_the_first(root: Path) -> None:
    (root / "ground-truth.json").write_bytes(b'{"a\xff": {}}')
    assert "ground-truth.json is not UTF-8 (byte 3:" in error_of(aeb.pages, root)


def test_each_tap_asks_only_for_its_own_field(root: Path) -> None:
    rewrite(root, '"articleBody": "body of a"', '"articleBody": null')
    assert "entries without articleBody of type str (1): a" in error_of(aeb.golds, root)
    assert [page.id for page in aeb.pages(root)] == NAMES
    rewrite(root, '"articleBody": null', '"articleBody": "x"')
    rewrite(root, '"url": "https://www.b.example/x"', '"link": 1')
    assert "entries without url of type str (1): b" in error_of(aeb.pages, root)
    assert [gold.page_id for gold in aeb.golds(root)] == NAMES


def test_an_entry_that_is_no_object_is_an_error(root: Path) -> None:
    truth = json.loads((root / "ground-truth.json").read_text()) | {"a": None}
    (root / "ground-truth.json").write_text(json.dumps(truth))
    assert "entries without url of type str (1): a" in error_of(aeb.pages, root)


def test_an_address_without_host_is_an_error(root: Path) -> None:
    rewrite(root, "https://www.a.example/x", "a.example/x")
    assert "the url 'a.example/x' names no host" in error_of(aeb.pages, root)
