"""How fast words and shingles in common are counted, beside references written from the peers' definitions.

Run by hand on a quiet machine, since it times: .venv/bin/python tests/benches/peer_speed_overlap.py [--data DIR]

All ratios are of CPU time, taken in turn in one run, each the least of ROUNDS; values are compared in the same run.
The pairs are AEB's 181 golds with the answers of the ten systems in `predictions_upstream`, gold by gold, as scores are
made in a run, and WCXB's sample pages with their whole visible text and with their own body as answers.

1. AEB's shingle counts (scrapinghub/article-extraction-benchmark, evaluate.py at 4a3bc97): `re.findall` and a Counter
   of tuples of four for every gold and every prediction, then a loop over the union of both.
2. WCXB's five values (Murrough-Foley/web-content-extraction-benchmark, evaluate.py at c039d5e): Counters of lower-cased
   words, and snippets searched for.
3. AEB's evaluation as a whole process: reading, counting, accuracy, P, R and F1 of ten systems, and the standard
   deviation of each over 1,000 resamples of pages, which the peer takes with `statistics.mean`; ours in the plain way,
   and in the compiled way with an empty and with a filled cache of compiled code.
4. The same table made again from stored scores in a process that has its libraries loaded.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

# One thread, as the references have it: idle threads that wait for a busy core would be counted as work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

AEB = "article-extraction-benchmark, evaluate.py, written anew"
AEB_AT = "4a3bc97"
WCXB = "web-content-extraction-benchmark, evaluate.py, written anew"
WCXB_AT = "c039d5e"
ROUNDS = 5
"""Times that each way is timed."""
RESAMPLES = 1000
NEAR = 1e-12
"""How far means may differ, which are summed in another order."""
SPREAD = 0.16
"""How far standard deviations over 1,000 resamples may differ: five times the standard error of their ratio."""

Row = dict[str, object]
Table = dict[str, dict[str, float]]
"""System -> name of the figure -> figure; the standard deviation of `f1` is called `f1_sd`."""


class Pair(NamedTuple):
    """A gold, as peers store it, and an answer."""

    body: str
    answer: str
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


# the references ---------------------------------------------------------------------------------------------------


def reference_shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words, or the one shorter run of a shorter text."""
    words = re.findall(r"\w+", text)
    size = min(4, len(words))
    return Counter(tuple(words[start : start + size]) for start in range(len(words) - size + 1)) if size else Counter()


def reference_counts(body: str, answer: str) -> tuple[int, int, int]:
    """True positives, false positives and false negatives among shingles."""
    wanted, found = reference_shingles(body), reference_shingles(answer)
    tp = fp = fn = 0
    for shingle in set(wanted) | set(found):
        tp += min(wanted[shingle], found[shingle])
        fp += max(0, found[shingle] - wanted[shingle])
        fn += max(0, wanted[shingle] - found[shingle])
    return tp, fp, fn


def reference_words(pair: Pair) -> tuple[float, ...]:
    """WCXB's precision, recall, F1, with_rate and without_rate."""
    wanted = Counter(re.findall(r"\w+", pair.body.lower()))
    found = Counter(re.findall(r"\w+", pair.answer.lower()))
    text = pair.answer.lower()
    kept, leaked = (
        sum(snippet.lower() in text for snippet in snippets) / len(snippets) if snippets else 1.0
        for snippets in (pair.present, pair.absent)
    )
    if not wanted or not found:
        same = float(not wanted and not found)
        return same, same, same, kept, leaked
    both = (wanted & found).total()
    precision, recall = both / found.total(), both / wanted.total()
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return precision, recall, f1, kept, leaked


def reference_table(bodies: Sequence[str], answers: Mapping[str, Sequence[str]]) -> Table:
    """AEB's table, one page after the other."""
    drawn = random.Random(1)
    table: Table = {}
    for system, texts in answers.items():
        pages = [_reference_page(body, text) for body, text in zip(bodies, texts, strict=True)]
        resamples = [_reference_means(drawn.choices(pages, k=len(pages))) for _ in range(RESAMPLES)]
        means = _reference_means(pages)
        spread = {f"{name}_sd": statistics.stdev(one[name] for one in resamples) for name in means}
        table[system] = means | spread
    return table


def _reference_page(body: str, answer: str) -> tuple[float | None, float | None, float]:
    tp, fp, fn = reference_counts(body, answer)
    same = re.findall(r"\w+", body) == re.findall(r"\w+", answer)
    return tp / (tp + fp) if tp + fp else None, tp / (tp + fn) if tp + fn else None, float(same)


def _reference_means(pages: Sequence[tuple[float | None, float | None, float]]) -> dict[str, float]:
    precision = statistics.mean(page[0] for page in pages if page[0] is not None)
    recall = statistics.mean(page[1] for page in pages if page[1] is not None)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "accuracy": statistics.mean(page[2] for page in pages),
    }


# ours -------------------------------------------------------------------------------------------------------------


@contextmanager
def taking(path: str) -> Iterator[None]:
    """Let all scorers go the plain or the fast way, whatever the number of characters."""
    from benchmark.scorers import _overlap

    before = _overlap.WORTH_COMPILING
    _overlap.WORTH_COMPILING = 0 if path == "fast" else sys.maxsize
    try:
        yield
    finally:
        _overlap.WORTH_COMPILING = before


def our_counts(golds: Sequence[Sequence[Pair]]) -> list[tuple[int, int, int]]:
    """The counts of the reference, gold by gold."""
    from benchmark.scorers import _overlap

    counts = []
    for pairs in golds:
        overlap = _overlap.shingles(pairs[0].body)
        for pair in pairs:
            both, answered, wanted = overlap(pair.answer)
            counts.append((both, answered - both, wanted - both))
    return counts


def our_words(golds: Sequence[Sequence[Pair]]) -> list[tuple[float | None, ...]]:
    """The five values of the reference, gold by gold; our scorer gives two more."""
    from benchmark.records import Gold, Snippets
    from benchmark.scorers import word

    names = ("word.precision", "word.recall", "word.f1", "word.wcxb_with_rate", "word.wcxb_without_rate")
    found = []
    for pairs in golds:
        score = word.against(Gold("", pairs[0].body, snippets=Snippets(pairs[0].present, pairs[0].absent)))
        for pair in pairs:
            values = score(pair.answer)
            found.append(tuple(values[name] for name in names))
    return found


METRICS = {"precision": "shingle.precision", "recall": "shingle.recall", "f1": "shingle.f1", "accuracy": "exact.match"}
"""AEB's figures by the names of ours."""


def our_scores(bodies: Sequence[str], answers: Mapping[str, Sequence[str]]) -> list[tuple[int, str, str, float]]:
    """Page, system, metric and value (NaN where undefined), from our scorers."""
    from benchmark.records import Gold
    from benchmark.scorers import exact, shingle

    rows = []
    for page, body in enumerate(bodies):
        scorers = [module.against(Gold("", body)) for module in (shingle, exact)]
        for system, texts in answers.items():
            values = scorers[0](texts[page]) | scorers[1](texts[page])
            for name in METRICS.values():
                value = values[name]
                rows.append((page, system, name, float("nan") if value is None else value))
    return rows


def our_table(values: Mapping[str, Any], systems: Sequence[str]) -> Table:
    """AEB's table from a matrix (systems by pages) for each metric, by the room of statistics."""
    import numpy as np

    from benchmark.scorers import exact, shingle
    from benchmark.stats import aggregates, weights

    declared = {metric.name: metric for metric in (*shingle.METRICS, *exact.METRICS)}
    pages = next(iter(values.values())).shape[1]
    starts = np.arange(pages)  # every page is drawn for itself, as AEB does it
    draws = weights.resamplings(pages, RESAMPLES, np.random.SeedSequence(1))
    table: Table = {system: {} for system in systems}
    for name, metric in METRICS.items():
        means = aggregates.estimates(declared[metric], declared, values, starts)
        totals = aggregates.cluster_totals(declared[metric], declared, values, starts)
        columns = weights.on_grid(totals).reshape(-1, pages).T
        sums = np.vstack([draw.shifts(columns) + columns.sum(axis=0) for draw in draws])
        resampled = aggregates.harmonic(aggregates.ratios(sums.T.reshape(*totals.shape[:-1], -1)))
        for system, mean, spread in zip(systems, means, resampled.std(axis=1, ddof=1), strict=True):
            table[system] |= {name: float(mean), f"{name}_sd": float(spread)}
    return table


def our_whole(bodies: Sequence[str], answers: Mapping[str, Sequence[str]]) -> Table:
    """AEB's table from texts."""
    import numpy as np

    rows = our_scores(bodies, answers)
    shape = len(bodies), len(answers), len(METRICS)
    matrix = np.array([value for *_, value in rows]).reshape(shape)
    return our_table({name: matrix[:, :, place].T for place, name in enumerate(METRICS.values())}, list(answers))


def remade(run: Any, systems: Sequence[str]) -> Table:
    """AEB's table from the scores that a run has stored."""
    scores = run.scores("scores.parquet")
    matrices = {
        name: scores[scores["metric"] == name].pivot_table(
            index="adapter", columns="page_id", values="value", dropna=False, observed=True, sort=False
        )
        for name in METRICS.values()
    }
    return our_table({name: matrix.reindex(systems).to_numpy() for name, matrix in matrices.items()}, systems)


# what is compared -------------------------------------------------------------------------------------------------


def aeb(data: Path) -> tuple[list[str], dict[str, list[str]]]:
    """The bodies of AEB's golds, and the answers of each system in the same order."""
    golds = json.loads((data / "aeb" / "ground-truth.json").read_text(encoding="utf-8"))
    answers = {}
    for file in sorted((data / "aeb" / "predictions_upstream").glob("*.json")):
        stored = json.loads(file.read_text(encoding="utf-8"))
        pages = stored["output"] if stored.keys() == {"version", "output"} else stored
        answers[file.stem] = [pages[page]["articleBody"] or "" for page in golds]
    return [gold["articleBody"] for gold in golds.values()], answers


def aeb_pairs(data: Path) -> list[list[Pair]]:
    """All pairs of AEB, gold by gold."""
    bodies, answers = aeb(data)
    return [[Pair(body, texts[page]) for texts in answers.values()] for page, body in enumerate(bodies)]


def wcxb_pairs(data: Path) -> list[list[Pair]]:
    """The sample of WCXB with its snippets: the whole visible text of each page, and its own body, as answers."""
    from benchmark import text

    folder = data / "wcxb-sample" / "dev"
    golds = []
    for file in sorted((folder / "ground-truth").glob("*.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))["ground_truth"]
        page = text.decode(gzip.decompress((folder / "html" / f"{file.stem}.html.gz").read_bytes()), None)
        snippets = [tuple(truth.get(name) or ()) for name in ("with", "without")]
        body = truth["main_content"] or ""
        golds.append([Pair(body, answer, *snippets) for answer in (text.plain(page, "html"), body)])
    return golds


def least(ways: Mapping[str, Callable[[], Any]], rounds: int = ROUNDS) -> tuple[dict[str, float], dict[str, Any]]:
    """CPU seconds of each way, the least of some rounds in turn, and what each gave."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    found = {}
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.process_time()
            found[name] = way()
            spent[name].append(time.process_time() - begun)
    return {name: min(times) for name, times in spent.items()}, found


def _row(work: str, pairs: int, whose: tuple[str, str], spent: tuple[float, float], path: str, equal: bool) -> Row:
    return {
        "work": work,
        "pairs": pairs,
        "reference": whose[0],
        "reference_version": whose[1],
        "reference_s": spent[0],
        "ours_s": spent[1],
        "path": path,
        "ratio": spent[0] / spent[1],
        "equal": equal,
    }


def _in_process(
    work: str,
    whose: tuple[str, str],
    golds: Sequence[Sequence[Pair]],
    reference: Callable[[Pair], Any],
    ours: Callable[[Sequence[Sequence[Pair]]], list[Any]],
) -> list[Row]:
    def way(path: str) -> Callable[[], list[Any]]:
        def run() -> list[Any]:
            with taking(path):
                return ours(golds)

        return run

    pairs = [pair for group in golds for pair in group]
    way("fast")()  # compiles, or loads what has been compiled
    spent, found = least(
        {"reference": lambda: [reference(pair) for pair in pairs], "plain": way("plain"), "fast": way("fast")}
    )
    return [
        _row(work, len(pairs), whose, (spent["reference"], spent[path]), path, found[path] == found["reference"])
        for path in ("plain", "fast")
    ]


def counting(data: Path) -> list[Row]:
    """Points 1 and 2."""
    ours, theirs = aeb_pairs(data), wcxb_pairs(data)
    return [
        *_in_process(
            "AEB shingle counts", (AEB, AEB_AT), ours, lambda pair: reference_counts(pair.body, pair.answer), our_counts
        ),
        *_in_process("WCXB five values, AEB's pairs", (WCXB, WCXB_AT), ours, reference_words, our_words),
        *_in_process("WCXB five values, WCXB's sample", (WCXB, WCXB_AT), theirs, reference_words, our_words),
    ]


def whole(data: Path) -> list[Row]:
    """Point 3."""
    spent: dict[str, list[float]] = {}
    found: dict[str, Table] = {}
    with tempfile.TemporaryDirectory() as bytecode:
        for name in ("reference", "fast"):
            _process(name, data, bytecode, bytecode)  # leaves the bytecode that any installed library has
        for _ in range(3):
            with tempfile.TemporaryDirectory() as empty:
                for name in ("reference", "plain", "fast, cold cache", "fast, warm cache"):
                    seconds, found[name] = _process(name, data, bytecode, empty)
                    spent.setdefault(name, []).append(seconds)
    pairs = sum(map(len, aeb(data)[1].values()))
    reference = min(spent.pop("reference"))
    return [
        _row(
            "AEB whole process",
            pairs,
            (f"{AEB}, {RESAMPLES} resamples", AEB_AT),
            (reference, min(times)),
            name,
            agree(found[name], found["reference"]),
        )
        for name, times in spent.items()
    ]


def _process(name: str, data: Path, bytecode: str, compiled: str) -> tuple[float, Table]:
    """CPU seconds of a process from its start to its end, and the table that it printed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, __file__, "--data", str(data), "--process", name.partition(",")[0]],
        env={**kept, "PYTHONPYCACHEPREFIX": bytecode, "NUMBA_CACHE_DIR": compiled},
        capture_output=True,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, json.loads(done.stdout)


def again(data: Path) -> list[Row]:
    """Point 4; the ratio is that of the reference's time without its start and its reading."""
    from benchmark.records import Score
    from benchmark.store import Run

    bodies, answers = aeb(data)
    systems = list(answers)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder))
        rows = our_scores(bodies, answers)
        run.write_scores(
            "scores.parquet",
            [
                Score("aeb", f"{page:03}", system, metric.partition(".")[0], metric, None if isnan(value) else value)
                for page, system, metric, value in rows
            ],
        )
        remade(run, systems)  # loads what it needs
        spent, found = least({"ours": lambda: remade(run, systems)})
        reference, theirs = least({"reference": lambda: reference_table(bodies, answers)}, rounds=1)
    equal = agree(found["ours"], theirs["reference"])
    times = (reference["reference"], spent["ours"])
    return [_row("AEB table from stored scores", len(rows) // len(METRICS), (AEB, AEB_AT), times, "plain", equal)]


def agree(ours: Table, theirs: Table) -> bool:
    """Whether two tables have the same figures, and the same standard deviations but for other random draws."""
    return ours.keys() == theirs.keys() and all(
        abs(value - ours[system][name]) <= (SPREAD * value if name.endswith("_sd") else NEAR)
        for system, figures in theirs.items()
        for name, value in figures.items()
    )


def rows(data: Path) -> list[Row]:
    """Everything, one row per work and path."""
    return [*counting(data), *whole(data), *again(data)]


def main() -> None:
    """Print the rows, or be one of the processes that are timed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("BOILERBENCH_DATA", "../shared/corpora")))
    options.add_argument("--process", choices=("reference", "plain", "fast"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.process == "reference":
        print(json.dumps(reference_table(*aeb(given.data))))
    elif given.process:
        with taking(given.process):
            print(json.dumps(our_whole(*aeb(given.data))))
    else:
        for row in rows(given.data):
            print(
                f"{row['work']}, {row['path']}: {row['ratio']:.1f} times as fast "
                f"({row['reference_s']:.3f} s, {row['ours_s']:.4f} s CPU for {row['pairs']} pairs); "
                f"values {'equal' if row['equal'] else 'DIFFER'}"
            )
        print(f"load average {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores")


if __name__ == "__main__":
    main()
