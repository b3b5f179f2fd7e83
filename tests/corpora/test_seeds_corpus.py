"""The bundled pages and their golds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmark import goldfiles
from benchmark.corpora import seeds
from benchmark.errors import UsageError
from benchmark.records import Gold, Page, Region

PROJECT = Path(__file__).parents[2]

GOLD = {
    "page": "a",
    "sha256": "0" * 64,
    "language": "fr",
    "page_type": "article",
    "annotator": "someone",
    "guideline": "1",
    "provenance": "model",
}


def toml(**values: object) -> str:
    return "".join(f"{key} = {value!r}\n".replace("'", '"') for key, value in values.items() if value is not None)


def add(root: Path, name: str, gold: str | None = None) -> None:
    (root / "seeds").mkdir(exist_ok=True)
    (root / "goldens").mkdir(exist_ok=True)
    (root / "seeds" / f"{name}.html").write_text(f"<p>{name}")
    (root / "seeds" / f"{name}.toml").write_text(
        f'url = "https://www.{name}.example/x"\n[attributes]\nsystem = "none"\n'
    )
    (root / "goldens" / f"{name}.toml").write_text(toml(**GOLD | {"page": name}) if gold is None else gold)
    (root / "goldens" / f"{name}.txt").write_text(f"body of {name}\n")


def error_of(tap: Callable[[Path], Iterator[Page] | Iterator[Gold]], root: Path) -> str:
    with pytest.raises(UsageError) as caught:
        list(tap(root))
    return str(caught.value)


def test_a_page_and_its_gold_come_from_the_two_folders(tmp_path: Path) -> None:
    add(tmp_path, "b")
    add(tmp_path, "a")
    page = Page("a", "seeds", b"<p>a", "https://www.a.example/x", None, {"site": "a.example", "system": "none"})
    gold = Gold("a", "body of a\n", (), page_sha256="0" * 64, annotator="someone", guideline="1", provenance="model")
    assert next(seeds.pages(tmp_path)) == page
    assert next(seeds.golds(tmp_path)) == gold
    assert [page.id for page in seeds.pages(tmp_path, 1)] == ["b"]
    assert [gold.page_id for gold in seeds.golds(tmp_path)] == ["a", "b"]


REGIONS = """
[[region]]
kind = "title"
at = [{ selector = "h1" }]
[[region]]
kind = "main"
name = "body"
at = [{ selector = "#x" }]
[[region]]
kind = "comments"
part = "meta"
at = [{ selector = "li", exact = "Ann" }]
[[region]]
kind = "comments"
part = "text"
at = [{ selector = "li", exact = "No." }]
[[region]]
kind = "main"
copy_of = "body"
at = [{ selector = "body > p:nth-of-type(2)" }]
"""
PAGE = "<h1>T</h1><p id=x>Caf\xe9 noir</p><ul><li>Ann: No.</ul><p>Caf\xe9 noir"


def with_regions(root: Path, page: str = PAGE) -> None:
    add(root, "a", toml(**GOLD) + REGIONS)
    (root / "seeds" / "a.html").write_bytes(page.encode("latin-1"))


def test_regions_come_with_every_visible_word_of_the_page(tmp_path: Path) -> None:
    with_regions(tmp_path)
    (gold,) = seeds.golds(tmp_path)
    assert gold.regions == (
        Region("title"),
        Region("main"),
        Region("comments", "meta"),
        Region("comments", "text"),
        Region("main", copy_of=1),
    )
    words = [(token.text, token.region, token.line, token.block) for token in gold.tokens]
    assert words == [
        ("t", 0, 0, "heading"),
        ("café", 1, 1, "paragraph"),
        ("noir", 1, 1, "paragraph"),
        ("ann", 2, 2, "list"),
        ("no", 3, 2, "list"),
        ("café", 4, 3, "paragraph"),
        ("noir", 4, 3, "paragraph"),
    ]


def test_the_page_is_decoded_as_its_server_declared(tmp_path: Path) -> None:
    with_regions(tmp_path)
    facts = tmp_path / "seeds" / "a.toml"
    facts.write_text('charset = "iso-8859-5"\n' + facts.read_text())
    (gold,) = seeds.golds(tmp_path)
    assert gold.tokens[1].text == "cafщ"


def test_a_gold_without_regions_has_no_tokens(tmp_path: Path) -> None:
    add(tmp_path, "a")
    (gold,) = seeds.golds(tmp_path)
    assert (gold.regions, gold.tokens) == ((), ())


def test_regions_that_do_not_fit_the_page_are_all_named_with_the_file(tmp_path: Path) -> None:
    with_regions(tmp_path, "<h2>T</h2><p id=x>a</p><ul><li>Ann: No, no.</ul><p>b<p>c")
    message = error_of(seeds.golds, tmp_path)
    assert str(tmp_path / "goldens" / "a.toml") in message
    assert message.count("\n- region 1: 'h1' matches 0 elements") == 1
    assert message.count("\n- region 4: 'No.' in 'li' stands there 2 times") == 1
    assert "\n- words in no region: 't a " in message
    assert "\n- the page is not the one it was made for" in message


def test_a_bad_region_is_named_with_its_line(tmp_path: Path) -> None:
    add(
        tmp_path,
        "a",
        toml(**GOLD) + '[[region]]\nkind = "main"\nat = [{ selector = "p" }]\n[[region]]\nkind = "shar"\n',
    )
    message = error_of(seeds.golds, tmp_path)
    assert "\n- line 11: region 2: unknown kind 'shar'; did you mean 'share'?" in message
    assert "\n- line 11: region 2: at is missing" in message


def test_documents_hidden_files_and_raw_annotations_are_passed_over(tmp_path: Path) -> None:
    add(tmp_path, "a")
    (tmp_path / "seeds" / "document.txt").write_text("x")
    (tmp_path / "seeds" / "._a.html").write_text("x")
    (tmp_path / "goldens" / "annotations" / "a").mkdir(parents=True)
    (tmp_path / "goldens" / "annotations" / "a" / "a.toml").write_text("x")
    assert [gold.provenance for gold in seeds.golds(tmp_path)] == ["model"]
    assert [page.id for page in seeds.pages(tmp_path)] == ["a"]


@pytest.mark.parametrize("tap", [seeds.pages, seeds.golds])
def test_all_missing_halves_are_named(tmp_path: Path, tap: Callable[[Path], Iterator[Page]]) -> None:
    names = [f"{number:02}" for number in range(12)]
    for name in [*names, "nogold", "nopage", "notoml"]:
        add(tmp_path, name)
    gone = [f"goldens/{name}.txt" for name in names]
    gone += ["goldens/nogold.toml", "goldens/nogold.txt", "seeds/nopage.html", "seeds/nopage.toml", "seeds/notoml.toml"]
    for file in gone:
        (tmp_path / file).unlink()
    with pytest.raises(UsageError) as caught:
        tap(tmp_path)  # not one record was asked for
    assert f"files missing ({len(gone)}): {', '.join(sorted(gone))}\n" in str(caught.value)


@pytest.mark.parametrize("tap", [seeds.pages, seeds.golds])
def test_a_root_without_pages_shows_what_it_should_hold(tmp_path: Path, tap: Callable[[Path], Iterator[Page]]) -> None:
    assert "for each page seeds/<id>.html and .toml, goldens/<id>.toml and .txt" in error_of(tap, tmp_path)


@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        (toml(**GOLD, licence="x"), "unknown key 'licence'"),
        (
            toml(**GOLD | {"guideline": None}, guidelines="1"),
            "line 7: unknown key 'guidelines'; did you mean 'guideline'?",
        ),
        (toml(**GOLD | {"annotator": None}), "annotator is missing"),
        (toml(**GOLD | {"guideline": 1}), "guideline is not a string: 1"),
        (toml(**GOLD | {"page": "b"}), "page is 'b', but the file belongs to 'a'"),
        (toml(**GOLD | {"sha256": "ABC"}), "sha256 is 'ABC', not 64 lower-case hex digits"),
        (toml(**GOLD | {"provenance": "guess"}), "provenance is 'guess', none of those known"),
        (toml(**GOLD) + "regions = ?\n", "line 8: not TOML: Invalid value at column"),
        (toml(**GOLD) + 'page = "a"\n', "line 8: not TOML: Cannot overwrite a value at column"),
    ],
)
def test_a_malformed_gold_is_an_error_with_file_and_reason(tmp_path: Path, gold: str, reason: str) -> None:
    add(tmp_path, "a", gold)
    message = error_of(seeds.golds, tmp_path)
    assert str(tmp_path / "goldens" / "a.toml") in message
    assert reason in message
    assert goldfiles.EXPECTED in message
    assert [page.id for page in seeds.pages(tmp_path)] == ["a"], "the pages never look into a gold"


def test_all_flaws_of_a_gold_are_named_at_once(tmp_path: Path) -> None:
    add(tmp_path, "a", 'licence = "x"\nguideline = 1\n')
    assert error_of(seeds.golds, tmp_path).count("\n- ") == 8
    add(tmp_path, "a", toml(**GOLD | {"page": "b", "sha256": "", "provenance": ""}))
    assert error_of(seeds.golds, tmp_path).count("\n- ") == 3


def test_a_page_toml_is_read_as_in_a_folder_of_pairs(tmp_path: Path) -> None:
    add(tmp_path, "a")
    (tmp_path / "seeds" / "a.toml").write_text('uri = "x"\n')
    assert "unknown key 'uri', did you mean 'url'?" in error_of(seeds.pages, tmp_path)


def test_a_gold_of_other_bytes_is_left_to_the_caller(tmp_path: Path) -> None:
    add(tmp_path, "a")
    (page,), (gold,) = seeds.pages(tmp_path), seeds.golds(tmp_path)
    assert gold.page_sha256 != page.sha256


def test_every_bundled_page_has_a_gold_with_a_body() -> None:
    pages, golds = list(seeds.pages(PROJECT)), list(seeds.golds(PROJECT))
    assert [page.id for page in pages] == [gold.page_id for gold in golds] != []
    assert all(gold.body.strip() and gold.page_sha256 and gold.annotator and gold.guideline for gold in golds)
    assert all(page.html and page.attributes["site"] for page in pages)
