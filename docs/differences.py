"""Which pages make the difference where a figure of others on AEB is not ours, and whether its stated cause is it.

`docs/measure.py aeb-differences` calls it. Three readings are held against each other page by page, all by our scorer
`shingle`, which gives AEB's own values (docs/parity.md):

- *theirs*: the answers that AEB's repository holds (`predictions` in docs/aeb-figures.toml), where it holds any;
- *ours*: the published run in results/aeb;
- *remade*: the adapter run anew with the stated cause taken away (`remade` there): with other pins in its environment,
  or with its HTML made into text by another adapter.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmark import rooms
from benchmark.corpora import aeb
from benchmark.scorers import shingle
from benchmark.store import Run, write

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "aeb-figures.toml"
MEASURES = ("f1", "precision", "recall")
NEGLIGIBLE = 1e-9
"""Values closer than this differ by the order of adding alone."""

Values = tuple[float | None, ...]
Row = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """What one set of answers to AEB's pages scores."""

    pages: Mapping[str, Values]
    """Page id -> F1, precision and recall; None where undefined."""
    outcomes: Mapping[str, str]
    """Page id -> how the extraction ended; empty where nobody says."""

    def corpus(self) -> list[float]:
        """F1, precision and recall over all pages, as AEB aggregates them."""
        precision, recall = (
            fmean(values[at] for values in self.pages.values() if values[at] is not None) for at in (1, 2)
        )
        return [2 * precision * recall / (precision + recall) if precision + recall else 0.0, precision, recall]


def differences(data: Path) -> list[Row]:
    """One row for each figure whose answers are at hand or whose difference has a stated cause."""
    listed = [
        one
        for one in tomllib.loads(FIGURES.read_text(encoding="utf-8"))["figure"]
        if {"predictions", "note"} & set(one)
    ]
    published = Run.open(ROOT / "results" / "aeb")
    with tempfile.TemporaryDirectory() as place:
        remade = _remake([one for one in listed if "remade" in one], data, Path(place))
    return [
        _row(
            one,
            _of_run(published, one["adapter"]),
            _of_answers(data / "aeb", one["predictions"]) if "predictions" in one else None,
            remade.get(one["adapter"]),
        )
        for one in listed
    ]


def _row(listed: Mapping[str, Any], ours: Reading, theirs: Reading | None, remade: Reading | None) -> Row:
    """The figure with every page on which one of the readings is not ours."""
    others = [one for one in (theirs, remade) if one]
    pages = [page for page in ours.pages if any(_apart(one.pages[page], ours.pages[page]) for one in others)]
    failed = [page for page, outcome in ours.outcomes.items() if outcome not in {"ok", "empty"} and page not in pages]
    shown = sorted({*pages, *failed}, key=lambda page: (-_moved(others, ours, page), page))
    return {
        "adapter": listed["adapter"],
        "version": listed["version"],
        "source": listed["source"],
        "note": listed.get("note"),
        "figure": [listed[name] for name in MEASURES],
        "ours": ours.corpus(),
        "theirs": theirs and theirs.corpus(),
        "remade": remade and remade.corpus(),
        "predictions": listed.get("predictions"),
        "with": _told(listed["remade"]) if "remade" in listed else None,
        "pages_in_all": len(ours.pages),
        "pages": [
            {
                "page": page,
                "theirs": theirs and theirs.pages[page],
                "remade": remade and remade.pages[page],
                "ours": ours.pages[page],
                "outcome": ours.outcomes[page],
                "remade_outcome": remade and remade.outcomes[page],
            }
            for page in shown
        ],
    }


def _told(remade: Mapping[str, Any]) -> str:
    """What is otherwise in the run that was made anew, in words."""
    return ", ".join([*remade.get("pins", ()), *([f"text by {remade['reader']}"] if "reader" in remade else [])])


def _apart(one: Values, other: Values) -> bool:
    return any(
        (a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > NEGLIGIBLE)
        for a, b in zip(one, other, strict=True)
    )


def _moved(others: Sequence[Reading], ours: Reading, page: str) -> float:
    return max((abs((one.pages[page][0] or 0.0) - (ours.pages[page][0] or 0.0)) for one in others), default=0.0)


def _of_answers(folder: Path, name: str) -> Reading:
    """The answers of one system in AEB's repository, scored by us."""
    stored = json.loads((folder / "predictions_upstream" / f"{name}.json").read_text(encoding="utf-8"))
    answers = stored["output"] if stored.keys() == {"version", "output"} else stored
    pages = {}
    for gold in aeb.golds(folder):
        found = shingle.against(gold)(answers[gold.page_id]["articleBody"] or "")
        pages[gold.page_id] = tuple(found[f"shingle.{one}"] for one in MEASURES)
    return Reading(pages, dict.fromkeys(pages, ""))


def _of_run(run: Run, adapter: str, corpus: str = "aeb") -> Reading:
    """The scores of one adapter in a run."""
    return _readings(run)[adapter, corpus]


@cache
def _readings(run: Run) -> dict[tuple[str, str], Reading]:
    """Every reading of a run, by adapter and corpus."""
    ends: dict[tuple[str, str], dict[str, str]] = {}
    for row in run.outcomes():
        ends.setdefault((row["adapter"], row["corpus"]), {})[row["page_id"]] = row["outcome"]
    wanted = [f"shingle.{one}" for one in MEASURES]
    scores = run.scores("scores.parquet")
    scores = scores[scores["metric"].isin(wanted)]
    columns = (scores[name] for name in ("adapter", "corpus", "page_id", "metric", "value"))
    table = {(*key, page, metric): value for *key, page, metric, value in zip(*columns, strict=True)}
    return {
        key: Reading({page: tuple(_known(table.get((*key, page, one))) for one in wanted) for page in pages}, pages)
        for key, pages in ends.items()
    }


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124 - NaN


def _remake(listed: Sequence[Mapping[str, Any]], data: Path, place: Path) -> dict[str, Reading]:
    """The readings with the stated causes taken away, by the name of the adapter in the published run."""
    names = {one["adapter"]: _otherwise(one["adapter"], one["remade"], place) for one in listed}
    run = _boilerbench(place, "remade", ["aeb"], names.values(), data)
    called = {given: given.removeprefix("./").replace(".py", "").replace("_", "-") for given in names.values()}
    found = {adapter: _of_run(run, called[given]) for adapter, given in names.items()}
    read = [one for one in listed if "reader" in one["remade"]]
    for reader in sorted({one["remade"]["reader"] for one in read}):
        wanted = [one["adapter"] for one in read if one["remade"]["reader"] == reader]
        folders = [_as_pages(run, called[names[adapter]], data, place) for adapter in wanted]
        again = _boilerbench(place, f"read-by-{reader}", [f"./{name}" for name in folders], [reader], data)
        found |= {adapter: _of_run(again, reader, corpus) for adapter, corpus in zip(wanted, folders, strict=True)}
    return found


def _otherwise(adapter: str, remade: Mapping[str, Any], place: Path) -> str:
    """What to type for an adapter with other pins in its environment, and perhaps a file more at its end."""
    pins = remade.get("pins", ())
    if not pins:
        return adapter
    name, more = re.fullmatch(r"([^@=]+)(.*)", adapter).groups()  # type: ignore[union-attr]
    source = rooms.path("adapters", name).read_text(encoding="utf-8")
    (line,) = re.findall(r"^# dependencies = (\[.*\])$", source, re.MULTILINE)
    replaced = {_bare(pin) for pin in pins}
    kept = [pin for pin in json.loads(line) if _bare(pin) not in replaced]
    source = source.replace(line, json.dumps([*kept, *pins]))
    if "also" in remade:
        source += (ROOT / remade["also"]).read_text(encoding="utf-8")
    file = f"{name.replace('-', '_')}_remade.py"
    write(place / file, source.encode())
    return f"./{file}{more}"


def _bare(pin: str) -> str:
    return re.split(r"[\[=<>]", pin)[0]


def _as_pages(run: Run, adapter: str, data: Path, place: Path) -> str:
    """The answers of an adapter as a corpus of pages with AEB's bodies beside them; the name of its folder."""
    folder = place / re.sub(r"\W", "-", adapter)
    bodies = {gold.page_id: gold.body for gold in aeb.golds(data / "aeb")}
    for one in run.extractions(adapter, "aeb"):
        write(folder / f"{one.page_id}.html", (one.text or "").encode())
        write(folder / f"{one.page_id}.txt", bodies[one.page_id].encode())
        write(folder / f"{one.page_id}.toml", b'charset = "utf-8"\n')
    return folder.name


def _boilerbench(place: Path, out: str, corpora: Iterable[str], adapters: Iterable[str], data: Path) -> Run:
    """A run of the real command, of quality alone."""
    named = [word for name in corpora for word in ("--corpus", name)]
    named += [word for name in dict.fromkeys(adapters) for word in ("--adapter", name)]
    options = ["--data", str(data), "--scorer", "shingle", "--speed-seconds", "0", "--out", out]
    command = [str(Path(sys.executable).with_name("boilerbench")), "run", *named, *options]
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
    return Run.open(place / out)
