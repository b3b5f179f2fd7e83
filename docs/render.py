"""Renders the generated parts of README and docs from the published runs; `--check` only compares.

A generated part stands between `<!-- begin NAME ARGUMENT -->` and `<!-- end -->`; NAME is a function below.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from benchmark import pipeline, rooms
from benchmark.regions import KINDS
from benchmark.store import Run
from benchmark.workers.resolution import declared

ROOT = Path(__file__).parents[1]
PART = re.compile(r"(<!-- begin (\w+) ?([^ ]*) -->\n).*?(<!-- end -->)", re.DOTALL)


def leaderboard(corpus: str) -> str:
    """The leaderboard of a published run, with what it was measured on."""
    results = pipeline.results(Run.open(ROOT / "results" / corpus))
    markdown = rooms.load("reports", "markdown")
    return f"{markdown.tables(results, corpus)}\n\n{markdown.provenance(results, corpus)}\n"


def source(file: str) -> str:
    """A file of the project, whole."""
    return f"```python\n{(ROOT / file).read_text(encoding='utf-8').strip()}\n```\n"


def adapters(_: str) -> str:
    """Every adapter with each of its variants."""
    rows = [one for name in rooms.names("adapters") for one in declared(rooms.path("adapters", name))]
    lines = [f"| `{one.name}` | {one.form} | {one.summary} |" for one in rows]
    return "\n".join(["| adapter | form | call |", "|---|---|---|", *lines]) + "\n"


def scorers(_: str) -> str:
    """Every metric with its meaning."""
    metrics = [metric for name in rooms.names("scorers") for metric in rooms.load("scorers", name).METRICS]
    lines = [f"| `{one.name}` | {one.direction} | {one.aggregate.kind} | {one.summary} |" for one in metrics]
    return "\n".join(["| metric | better | corpus value | meaning |", "|---|---|---|---|", *lines]) + "\n"


def kinds(_: str) -> str:
    """Every kind of text with its role and meaning."""
    lines = [f"| {kind.role} | `{name}` | {kind.summary} |" for name, kind in KINDS.items()]
    return "\n".join(["| role | kind | what belongs to it |", "|---|---|---|", *lines]) + "\n"


MAKERS = {"kinds": kinds, "leaderboard": leaderboard, "source": source, "adapters": adapters, "scorers": scorers}


def rendered(text: str) -> str:
    """A document with its generated parts made anew."""
    return PART.sub(lambda part: f"{part[1]}{MAKERS[part[2]](part[3])}{part[4]}", text)


def main() -> int:
    """Render, or with `--check` name the documents that are out of date."""
    stale = []
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = file.read_text(encoding="utf-8")
        if (fresh := rendered(text)) != text:
            stale.append(str(file.relative_to(ROOT)))
            if "--check" not in sys.argv:
                file.write_text(fresh, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"out of date: {', '.join(stale)}; type: make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
