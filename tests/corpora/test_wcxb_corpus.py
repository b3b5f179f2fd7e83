"""The loader of WCXB, and what its snippets are worth to the scorers."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmark.corpora import wcxb
from benchmark.errors import UsageError
from benchmark.records import Snippets
from benchmark.scorers import segments, word

KINDS = {"article", "forum", "product", "collection", "listing", "documentation", "service"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two splits that share a page; one gold was drafted by a rival, one page's type has an alias."""
    about = {"1": ("article", "a.example"), "2": ("category", "b.example"), "3": ("forum", None)}
    files = {name: {"page_type": kind, "domain": site} for name, (kind, site) in about.items()}
    (tmp_path / "metadata.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    for split, name in (("dev", "2"), ("dev", "1"), ("test", "2"), ("test", "3")):
        write(tmp_path, split, name, {"main_content": f"{split} {name}", "with": ["a"], "without": None})
    write(tmp_path, "test", "3", {"main_content": None}, _internal={"source": "rs-trafilatura-draft"})
    return tmp_path


def write(root: Path, split: str, name: str, truth: dict[str, Any] | None, **more: object) -> None:
    for folder in ("ground-truth", "html"):
        (root / split / folder).mkdir(parents=True, exist_ok=True)
    gold = {"url": f"https://www.{name}.example/x", "ground_truth": truth, **more}
    (root / split / "ground-truth" / f"{name}.json").write_text(json.dumps(gold), encoding="utf-8")
    (root / split / "html" / f"{name}.html.gz").write_bytes(gzip.compress(f"<p>{split}".encode()))


def test_the_sample_has_30_pages_of_each_type_with_lists_of_snippets(data: Path) -> None:
    sample = data / "wcxb-sample"
    pages, golds = list(wcxb.pages(sample)), list(wcxb.golds(sample))
    assert [page.id for page in pages] == [gold.page_id for gold in golds]
    assert Counter(page.attributes["page_type"] for page in pages) == dict.fromkeys(KINDS, 30)
    assert {gold.provenance for gold in golds} == {"silver"}
    assert all(gold.snippets.present and gold.snippets.absent and gold.snippets.comments is None for gold in golds)
    first = json.loads((sample / "dev" / "ground-truth" / f"{golds[0].page_id}.json").read_text(encoding="utf-8"))
    assert golds[0].body == first["ground_truth"]["main_content"]
    assert golds[0].snippets.present == tuple(first["ground_truth"]["with"])
    assert pages[0].url == first["url"]


def test_snippets_of_the_sample_give_wcxbs_rates_and_trafilaturas_segments(data: Path) -> None:
    gold = next(wcxb.golds(data / "wcxb-sample"))
    found = word.against(gold)(gold.body)
    inside = [one.lower() in gold.body.lower() for one in gold.snippets.present or ()]
    assert found["word.wcxb_with_rate"] == found["word.snippets_kept"] == sum(inside) / len(inside)
    assert segments.against(gold)(gold.body)["segments.all"] == len(inside) + len(gold.snippets.absent or ())


def test_pages_of_both_splits_come_once_and_dev_first(root: Path) -> None:
    pages, golds = list(wcxb.pages(root)), list(wcxb.golds(root))
    assert [(page.id, page.attributes, page.html) for page in pages] == [
        ("1", {"site": "a.example", "page_type": "article", "split": "dev"}, b"<p>dev"),
        ("2", {"site": "b.example", "page_type": "collection", "split": "dev"}, b"<p>dev"),
        ("3", {"site": "3.example", "page_type": "forum", "split": "test"}, b"<p>test"),
    ]
    assert [(gold.page_id, gold.body, gold.provenance) for gold in golds] == [
        ("1", "dev 1", "silver"),
        ("2", "dev 2", "silver"),
        ("3", "", "circular"),
    ]
    assert [gold.snippets for gold in golds] == [Snippets(("a",), ()), Snippets(("a",), ()), Snippets((), ())]
    assert list(wcxb.pages(root, 1, 2)) == pages[1:2]


@pytest.mark.parametrize("facts", [{"page_type": None, "domain": None}, {}])
def test_a_page_whose_type_and_site_are_not_told_has_neither_for_an_attribute(
    root: Path, facts: dict[str, Any]
) -> None:
    (root / "metadata.json").write_text(json.dumps({"files": {"1": facts}}), encoding="utf-8")
    (page,) = wcxb.pages(root, 0, 1)
    assert page.attributes == {"site": "1.example", "split": "dev"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: (root / "dev" / "html" / "1.html.gz").unlink(), "dev: pages missing (1): 1"),
        (lambda root: (root / "dev" / "ground-truth" / "1.json").unlink(), "dev: golds missing (1): 1"),
        (lambda root: (root / "metadata.json").unlink(), "missing: "),
        (lambda root: (root / "metadata.json").write_text("[]"), "no object `files`"),
        (lambda root: write(root, "dev", "1", None), "no ground_truth with a main_content"),
        (lambda root: write(root, "dev", "1", {"with": [1]}), "with is no list of strings"),
        (lambda root: (root / "dev" / "ground-truth" / "1.json").write_text("[]"), "it holds a list, not an object"),
    ],
)
def test_what_is_not_as_expected_is_told(root: Path, spoil: Any, said: str) -> None:
    spoil(root)
    with pytest.raises(UsageError) as caught:
        [*wcxb.pages(root), *wcxb.golds(root)]
    assert said in str(caught.value)
    assert wcxb.EXPECTED in str(caught.value)
