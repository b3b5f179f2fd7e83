"""What the reports of a large run cost: a made-up run of many pages and adapters, its report, and views of some pages.

    .venv/bin/python tests/benches/big_report.py --pages 1000 --adapters 40 --views 40

Every answer is the page's text with some words left out, drawn by a fixed seed; every metric of the default scorers has
a value for every answer, drawn as well. Summaries and comparisons are made by the real stage. Each step is a process of
its own; its time, its CPU time and its largest resident memory are printed.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmark import pipeline, rooms, views
from benchmark.plan import Corpus, Plan, default_scorers
from benchmark.records import EDITION, FORMAT, Extraction, Manifest, Metric, Page, Score
from benchmark.store import Run, Shard, write_json

WORDS = 1500
"""Tokens of a page, as many as the median page of AEB has."""


def main() -> None:
    """Make the run, then time the steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--adapters", type=int, default=40)
    parser.add_argument("--views", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="where the run is kept, and found again")
    parser.add_argument("--step", choices=STEPS, help="one step alone, on the run in --folder")
    given = parser.parse_args()
    if given.step:
        begun = time.perf_counter()
        STEPS[given.step](Run(given.folder / "run"), given)
        wall, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
        print(f"{given.step:<22} {wall:7.1f} s, CPU {time.process_time():7.1f} s {used.ru_maxrss / 1024:7.0f} MB")
        return
    with tempfile.TemporaryDirectory() as spare:
        folder = given.folder or Path(spare)
        sizes = [f"--{name}={getattr(given, name)}" for name in ("pages", "adapters", "views")]
        done = (folder / "run" / "summary.json").is_file()
        for step in STEPS:
            if not done or step not in {"make", "summarize"}:
                subprocess.run([sys.executable, __file__, *sizes, f"--folder={folder}", f"--step={step}"], check=True)


def make(run: Run, given: argparse.Namespace) -> None:
    """Write a run as the stages would have left it."""
    corpus = run.folder.parent / "corpus"
    corpus.mkdir(parents=True)
    texts = {f"p{number:05}": _text(number) for number in range(given.pages)}
    for page_id, text in texts.items():
        third = len(text) // 3
        (corpus / f"{page_id}.html").write_text("".join(f"<p>{line}</p>" for line in text), encoding="utf-8")
        (corpus / f"{page_id}.txt").write_text("\n".join(text[third : 2 * third]), encoding="utf-8")
    adapters = [f"adapter-{number:02}" for number in range(given.adapters)]
    about: dict[str, Mapping[str, object]] = {
        name: {"version": "1", "form": "text", "category": "extractor"} for name in adapters
    }
    machine = {"processor": "none", "cores": 1}
    manifest = Manifest(
        "big", FORMAT, EDITION, "0", None, "2026-01-01T00:00:00Z", 1, machine, {}, "none", {},
        {"corpus": {"pages": given.pages, "fingerprint": "none"}}, about,
    )  # fmt: skip
    scorers = default_scorers()
    metrics = [metric for name in scorers for metric in rooms.load("scorers", name).METRICS]
    run.write_pages(
        Page(page_id, "corpus", (corpus / f"{page_id}.html").read_bytes(), attributes={"site": f"s{number // 3}"})
        for number, page_id in enumerate(texts)
    )
    run.write_manifest(manifest)
    plan = Plan((Corpus("corpus", "folder", corpus),), tuple(adapters), tuple(scorers))
    write_json(run.folder / "plan.json", plan.to_json())
    for number, name in enumerate(adapters):
        rows = [Extraction(page_id, name, "1", _answer(text, number), "text", "ok") for page_id, text in texts.items()]
        run.write_part(Shard(name, "corpus", 0, 0, given.pages), rows, [], {})
    run.write_outcomes(manifest)
    run.write_metrics("metrics.json", metrics)
    run.write_scores("scores.parquet", _scores(metrics, list(texts), adapters))


def _text(number: int) -> list[str]:
    rng = random.Random(number)
    words = rng.choices([f"word{one}" for one in range(4000)], k=WORDS)
    return [" ".join(words[start : start + 15]) for start in range(0, WORDS, 15)]


def _answer(text: list[str], number: int) -> str:
    rng = random.Random(number)
    third = len(text) // 3
    kept = [line for place, line in enumerate(text) if rng.random() < (0.9 if third <= place < 2 * third else 0.1)]
    return "\n".join(kept)


def _scores(metrics: list[Metric], pages: list[str], adapters: list[str]) -> Iterator[Score]:
    rng = random.Random(0)
    for page_id in pages:
        for number, adapter in enumerate(adapters):
            for metric in metrics:
                value = min(1.0, rng.random() * (0.5 + number / len(adapters)))
                yield Score("corpus", page_id, adapter, metric.name.partition(".")[0], metric.name, value)


def report(run: Run, given: argparse.Namespace) -> None:
    """All reports that stand in the room, with the views asked for."""
    done = pipeline.report(run, pages=given.views)
    size = sum((run.folder / file).stat().st_size for one in done for file in one.files)
    print(
        f"  {sum(len(one.files) for one in done)} files, {size / 1e6:.1f} MB; largest of each report: "
        + ", ".join(
            f"{one.name} {max((run.folder / file).stat().st_size for file in one.files) / 1e6:.2f} MB"
            for one in done
            if one.files
        )
    )


STEPS = {
    "make": make,
    "summarize": lambda run, _: pipeline.summarize(run),
    "index of pages": lambda run, _: print(f"  {len(views.entries(run))} pages"),
    "results": lambda run, _: print(f"  {len(pipeline.results(run, 0).summaries)} summaries"),
    "views": lambda run, given: print(f"  {sum(1 for _ in pipeline.results(run, given.views).views)} views"),
    "report": report,
}

if __name__ == "__main__":
    main()
