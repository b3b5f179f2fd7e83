"""Scores and times of composed pages -> what each dose does, page by page beside the plain page (`stats/responses`)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .compose import experiment
from .compose.page import Spec, dose, parse_id, treatment
from .compose.twists import MUST_NOT, TWISTS
from .errors import UsageError
from .records import Drill, Extraction
from .stats.responses import COLUMNS
from .store import Run
from .text import plain, tokens

if TYPE_CHECKING:
    import pandas as pd

QUALITY = tuple(f"{family}.{name}" for family in ("article", "body") for name in ("f1", "precision", "recall"))
"""Measures of quality that are told of every dose, those of `body` where pages have no regions; beside them the leakage
of the treatment's own kind."""
IN_VIVO = "in vivo"
"""What stands for the dialect of pages that were not composed."""
CPU, MEMORY = "speed.cpu_ms", "speed.peak_rss_mb"
TIMES = (CPU,)
"""Measures that are compared by ratios; memory is compared by differences, since most of it is the extractor itself."""


def respond(run: Run) -> None:
    """Work out the responses of an experiment and write them; UsageError where the run's pages are none."""
    from .stats import responses

    table = measurements(run)
    seed = run.manifest().seed
    run.write_doses(
        responses.responses(table, TIMES, seed),
        responses.slopes(table, TIMES, seed),
        responses.contrasts(table, (*TIMES, MEMORY), seed),
    )
    # What a dose does is told above; a mean over plain and treated pages would say nothing.
    run.write_summary([], [])


def drill(run: Run) -> None:
    """Hold the answers to twisted pages against those to the plain ones, and write how many changed.

    Texts are compared word by word after the form normaliser, so that white space itself counts for nothing.
    """
    specs = [parse_id(row["page_id"]) for row in run.pages()]
    scores = run.scores("scores.parquet")
    f1 = scores[scores["metric"] == QUALITY[0]].set_index(["adapter", "page_id"])["value"]
    rows = []
    for adapter, about in run.manifest().adapters.items():
        if "unavailable" in about:
            continue
        answers = {row.page_id: _said(row) for row in run.extractions(adapter, experiment.CORPUS)}
        for name, must_hold, pairs in _drills(specs):
            changed = sum(answers[one] != answers[other] for one, other in pairs)
            moved = [float(f1[adapter, other] - f1[adapter, one]) for one, other in pairs]
            known = [value for value in moved if not math.isnan(value)]
            mean = sum(known) / len(known) if known else None
            rows.append(Drill(adapter, name, must_hold, len(pairs), changed, mean))
    run.write_drills(rows)
    run.write_summary([], [])


def _drills(specs: Sequence[Spec]) -> list[tuple[str, bool, list[tuple[str, str]]]]:
    """Name of each drill, whether the text must hold, and the pages compared: before and after."""
    here = {spec.id for spec in specs}
    bases = [spec for spec in specs if spec == replace(spec, dialect=experiment.DIALECT, doses=())]
    nothing = set(map(dose, experiment.NOTHING))
    empty = {(one.design, one.body): one.id for one in specs if one.doses and nothing.issuperset(one.doses)}
    found = [
        ("dose 0", True, [(one.id, empty.get((one.design, one.body), "")) for one in bases]),
        *(
            (twist, twist in MUST_NOT, [(one.id, replace(one, dialect=f"{one.dialect}.{twist}").id) for one in bases])
            for twist in TWISTS
        ),
    ]
    for name, (before, after) in {
        "menu moved": experiment.SENSITIVE[:2],
        "comments doubled": experiment.SENSITIVE[2:],
    }.items():
        pairs = [(replace(one, doses=(dose(before),)).id, replace(one, doses=(dose(after),)).id) for one in bases]
        found.append((name, False, [pair for pair in pairs if here.issuperset(pair)]))
    return [(name, must_hold, [pair for pair in pairs if here.issuperset(pair)]) for name, must_hold, pairs in found]


def _said(answer: Extraction) -> tuple[str, list[str]]:
    return answer.outcome, tokens(plain(answer.text, answer.form)) if answer.text else []


def measurements(run: Run) -> pd.DataFrame:
    """The tidy table of an experiment (`stats.responses.COLUMNS`), one row per adapter, page and measure.

    Leakage is that of the kinds that the experiment's treatments add, and of a treated page only that of its own.
    """
    import pandas as pd

    pages = pd.DataFrame([_page(row["page_id"], row["attributes"]) for row in run.pages()])
    tables = [run.scores(name) for name in ("scores.parquet", "speed/scores.parquet") if run.has(name)]
    scores = pd.concat(tables, ignore_index=True).astype({"page_id": str, "adapter": str, "metric": str})
    family = "article." if scores.loc[scores["metric"] == QUALITY[0], "value"].notna().any() else "body."
    leaks = {_leak(name) for name in set(pages["treatment"]) if name}
    wanted = {*(name for name in QUALITY if name.startswith(family)), *leaks, *TIMES, MEMORY}
    table = scores[scores["metric"].isin(wanted)].merge(pages, on="page_id", validate="m:1")
    other = table["metric"].isin(leaks) & (table["dose"] > 0) & (table["treatment"].map(_leak) != table["metric"])
    tidy: pd.DataFrame = table.loc[~other, list(COLUMNS)].reset_index(drop=True)
    return tidy


def _leak(name: str) -> str:
    """The leakage of the kind that a treatment adds."""
    return f"regions.leaked.{treatment(name.partition('.')[0]).KIND}" if name else ""


def _page(page_id: str, labels: Mapping[str, str]) -> dict[str, object]:
    """What a page of an experiment is, by its labels."""
    treated = "" if (written := labels.get("treatment", "")) == "plain" else written
    if "+" in treated or not written:
        raise UsageError(f"{page_id}: expected a plain page or one treatment, found {written or 'no label'!r}")
    name, _, amount = treated.partition("=")
    design, cluster = labels.get("design", ""), labels.get("site", "")
    pair = labels.get("page", f"{design}/{cluster}")
    dialect = labels.get("dialect", IN_VIVO)
    facts = {"pair": pair, "design": design, "cluster": cluster, "dialect": dialect}
    return {"page_id": page_id, **facts, "treatment": name, "dose": int(amount or 0)}
