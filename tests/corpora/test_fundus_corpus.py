"""The loader of the Fundus evaluation set."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.corpora import fundus
from benchmark.errors import UsageError
from benchmark.records import Gold, Page

NAMES = ["News_1", "Daily_0", "News_0"]
BODY = ["[lead]", "one\ntwo\r\nthree", "a [b] c", "[[x]", "[half", "[]"]


@pytest.fixture(scope="module")
def sample() -> Path:
    places = [os.environ.get("BOILERBENCH_DATA"), Path(__file__).parents[2].parent / "shared" / "corpora"]
    for place in places:
        if place and (Path(place) / "fundus").is_dir():
            return Path(place) / "fundus"
    pytest.skip(f"no sample of fundus in $BOILERBENCH_DATA or {places[1]}")


def make(root: Path, bodies: dict[str, object]) -> Path:
    html = root / "dataset" / "html"
    html.mkdir(parents=True, exist_ok=True)
    truth = {}
    for name, body in bodies.items():
        publisher = name.partition("_")[0].lower()
        truth[f"{name}.html.gz"] = {
            "body": body,
            "url": f"https://www.{publisher}.example/x",
            "crawl_date": "2024-02-28",
        }
        (html / f"{name}.html.gz").write_bytes(gzip.compress(f"<p>{name}".encode()))
    (root / "dataset" / "ground_truth.json").write_text(json.dumps(truth, indent=1))
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make(tmp_path, dict.fromkeys(NAMES, BODY))


def error_of(tap: Callable[[Path], Iterator[Page] | Iterator[Gold]], root: Path) -> str:
    with pytest.raises(UsageError) as caught:
        list(tap(root))
    return str(caught.value)


def rewrite(root: Path, old: str, new: str) -> None:
    file = root / "dataset" / "ground_truth.json"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_sample_has_80_articles_and_one_site_for_each_of_16_publishers(sample: Path) -> None:
    pages = list(fundus.pages(sample))
    pairs = {(page.attributes["publisher"], page.attributes["site"]) for page in pages}
    assert len(pages) == 80
    assert len(pairs) == len(dict(pairs)) == len({site for _, site in pairs}) == 16
    assert {(page.corpus, page.charset, page.attributes["page_type"]) for page in pages} == {
        ("fundus", "utf-8", "article")
    }
    assert [page.id for page in pages] == sorted(page.id for page in pages)
    assert [page.id for page in pages if page.attributes["language"] != "en"] == ["Reuters_4"]


def test_61_golds_of_the_sample_have_106_optional_paragraphs_of_2205(sample: Path) -> None:
    golds = list(fundus.golds(sample))
    assert [gold.page_id for gold in golds] == [page.id for page in fundus.pages(sample)]
    assert sum(bool(gold.optional) for gold in golds) == 61
    assert sum(len(gold.optional) for gold in golds) == 106
    assert sum(len(gold.body.split("\n")) for gold in golds) == 2205
    assert all(gold.body.split("\n") == gold.body.splitlines() for gold in golds)
    assert {gold.provenance for gold in golds} == {"human"}


@pytest.mark.parametrize(
    ("number", "record"),
    [
        (
            0,
            (
                "APNews_0",
                "https://apnews.com/article/fact-check-mossad-air-force-enemy-israel-596187204627",
                "apnews.com",
                "2024-02-28 13:06:44.083593",
                "9f4b3a63936a874e284cc14b62ab622d4de3b1f3355678ea0f49d1b23db89c73",
                "2f8b90cda4ca1c6eb8974c1df755b939955dad2aef8b4bd9329c7b06213266de",
                "CLAIM: Israel’s Mossad intelligence",
                "fact-checking at AP.",
                (12,),
            ),
        ),
        (
            9,
            (
                "CNBC_4",
                "https://www.cnbc.com/2024/02/28/these-are-the-2024-cnbc-changemakers.html",
                "cnbc.com",
                "2024-02-28 13:16:11.756690",
                "5e7148cfe300366601facb26a017672aa613af24f89ea845871656ff17fd3d60",
                "570ed9003ec297ed46575b5d0243dc40ef9a303997ed9c0280c3d639b63e8687",
                "Women in leadership are",
                "2024 CNBC Changemakers",
                (4,),
            ),
        ),
        (
            79,
            (
                "iNews_4",
                "https://inews.co.uk/news/health/mouth-cancer-children-no-teeth-nhs-emergency-dentist-2931517",
                "inews.co.uk",
                "2024-03-02 18:11:36.701796",
                "8595e953b750e0cd8b2a246708f4a344f9425215c2d822ce2e98c18a42d669f5",
                "69a2c6992f07bc4f63b45a5a2fdb1531ac3fdc3eb2239d9c1460c0484f7938cc",
                "Working in one of",
                "lot of people.”",
                (0,),
            ),
        ),
    ],
)
def test_records_of_the_sample_are_pinned(sample: Path, number: int, record: tuple[object, ...]) -> None:
    (page,) = fundus.pages(sample, number, number + 1)
    gold = list(fundus.golds(sample))[number]
    words = gold.body.split()
    body = hashlib.sha256(gold.body.encode()).hexdigest(), " ".join(words[:4]), " ".join(words[-3:])
    assert (
        page.id,
        page.url,
        page.attributes["site"],
        page.attributes["crawl_date"],
        page.sha256,
        *body,
        gold.optional,
    ) == record
    assert gold.page_id == page.id


def test_the_repository_and_its_dataset_folder_are_the_same_corpus(root: Path) -> None:
    assert list(fundus.pages(root)) == list(fundus.pages(root / "dataset"))
    assert list(fundus.golds(root)) == list(fundus.golds(root / "dataset"))


def test_pages_are_sorted_and_named_without_suffix(root: Path) -> None:
    assert [page.id for page in fundus.pages(root)] == sorted(NAMES)
    attributes = {
        "site": "daily.example",
        "publisher": "Daily",
        "language": "en",
        "page_type": "article",
        "crawl_date": "2024-02-28",
    }
    page = Page("Daily_0", "fundus", b"<p>Daily_0", "https://www.daily.example/x", "utf-8", attributes)
    assert list(fundus.pages(root, 0, 1)) == [page]


def test_paragraphs_in_brackets_are_optional_and_lose_one_pair_of_them(root: Path) -> None:
    assert next(fundus.golds(root)) == Gold("Daily_0", "lead\none two three\na [b] c\n[x\n[half\n", optional=(0, 3, 5))


@settings(deadline=None)  # a loaded machine's disk is nobody's fault
@given(st.lists(st.text(min_size=1), max_size=5))
def test_every_paragraph_keeps_its_words_on_a_line_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, paragraphs: list[str]
) -> None:
    root = make(tmp_path_factory.mktemp("law"), {"News_0": [*paragraphs, "[end]"]})
    (gold,) = fundus.golds(root)
    lines = gold.body.split("\n")
    assert len(lines) == len(paragraphs) + 1
    assert gold.optional[-1] == len(paragraphs)
    for number, (line, paragraph) in enumerate(zip(lines, paragraphs, strict=False)):
        assert line.split() == (paragraph[1:-1] if number in gold.optional else paragraph).split()


@pytest.mark.parametrize(("start", "stop"), [(0, None), (0, 0), (0, 2), (1, 2), (2, None), (3, 9), (2, 1)])
def test_a_slice_is_the_slice_of_the_list(root: Path, start: int, stop: int | None) -> None:
    assert list(fundus.pages(root, start, stop)) == list(fundus.pages(root))[start:stop]


def test_pages_before_the_slice_are_not_read(root: Path) -> None:
    (root / "dataset" / "html" / "Daily_0.html.gz").write_bytes(b"damaged")
    assert [page.id for page in fundus.pages(root, 1)] == ["News_0", "News_1"]


def test_a_truncated_page_is_an_error_naming_it(root: Path) -> None:
    file = root / "dataset" / "html" / "News_0.html.gz"
    file.write_bytes(file.read_bytes()[:-5])
    assert f"{file} is not a whole gzip file" in error_of(fundus.pages, root)
    assert len(list(fundus.golds(root))) == 3, "the golds never look into a page"


@pytest.mark.parametrize("tap", [fundus.pages, fundus.golds])
def test_missing_and_surplus_pages_are_named_together(root: Path, tap: Callable[[Path], Iterator[Page]]) -> None:
    (root / "dataset" / "html" / "News_0.html.gz").rename(root / "dataset" / "html" / "News_7.html.gz")
    with pytest.raises(UsageError) as caught:
        tap(root)  # not one record was asked for
    assert "pages missing (1): News_0.html.gz" in str(caught.value)
    assert "pages without an entry (1): News_7.html.gz" in str(caught.value)


def test_an_empty_folder_shows_what_it_should_hold(tmp_path: Path) -> None:
    message = error_of(fundus.pages, tmp_path)
    assert f"missing: {tmp_path / 'ground_truth.json'}" in message
    assert fundus.EXPECTED in message


def test_a_key_that_names_no_publisher_is_an_error(tmp_path: Path) -> None:
    make(tmp_path, {"News_0": BODY, "article": BODY})
    assert "keys that are not <Publisher>_<n>.html.gz (1): article.html.gz" in error_of(fundus.golds, tmp_path)


@pytest.mark.parametrize("tap", [fundus.pages, fundus.golds])
def test_a_key_that_stands_twice_is_an_error(root: Path, tap: Callable[[Path], Iterator[Page]]) -> None:
    rewrite(root, '"News_1.html.gz"', '"News_0.html.gz"')
    assert "keys that stand twice (1): News_0.html.gz" in error_of(tap, root)


def test_a_syntax_error_is_an_error_with_its_line(root: Path) -> None:
    rewrite(root, '"url": ', '"url" ')
    message = error_of(fundus.golds, root)
    assert str(root / "dataset" / "ground_truth.json") in message
    assert "(at line 11, column" in message


@pytest.mark.parametrize("body", [[""], ["one", 2], [None]])
def test_a_paragraph_that_is_empty_or_no_string_is_an_error(tmp_path: Path, body: list[object]) -> None:
    make(tmp_path, {"News_0": body})
    assert "News_0.html.gz: its body holds an empty paragraph" in error_of(fundus.golds, tmp_path)
    assert [page.id for page in fundus.pages(tmp_path)] == ["News_0"], "the pages never look into a gold"


def test_fields_of_another_type_are_named_together(root: Path) -> None:
    rewrite(root, '"url": "https://www.news.example/x"', '"url": 1')
    rewrite(root, '"crawl_date": "2024-02-28"', '"date": "2024-02-28"')
    message = error_of(fundus.pages, root)
    assert "entries without url of type str (1): News_1.html.gz" in message
    assert "entries without crawl_date of type str (1): News_1.html.gz" in message
    assert len(list(fundus.golds(root))) == 3
