"""What doses and dialects do to each extractor: answers, Markdown tables, tidy CSVs; empty for a run without doses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields

from ..records import CLUSTERS_NEEDED, Contrast, Drill, Response, Results, Slope
from ._foreign import visible
from ._markup import escape

_HEADS = {"f1": "F1", "precision": "P", "recall": "R"}
CPU, MEMORY = "speed.cpu_ms", "speed.peak_rss_mb"
TOLD = {
    **{f"{family}.{name}": head for family in ("article", "body") for name, head in _HEADS.items()},
    CPU: "CPU time",
    MEMORY: "memory",
}
"""Measures of the table, with their heads; between R and CPU time stands the leakage of the treatment's kind."""
LEAK = "regions.leaked."
"""What the names of measures of leakage begin with."""
UNITS = {"navigation": "menu links", "player": "tracks", "comments": "comments"}
"""What the doses of the three named kinds count."""


def render(results: Results) -> dict[str, bytes]:
    """`doses.md`, `doses.csv`, `slopes.csv` and, of several dialects, `contrasts.csv`."""
    drilled = {"drills.md": (drills(results) + "\n").encode()} if results.drills else {}
    if not results.responses:
        return drilled
    parts = [answers(results), spoken(results), tables(results), contrasts(results)]
    compared = {"contrasts.csv": _csv(Contrast, results.contrasts)} if results.contrasts else {}
    return drilled | {
        "doses.md": ("\n\n".join(filter(None, parts)) + "\n").encode(),
        "doses.csv": _csv(Response, results.responses),
        "slopes.csv": _csv(Slope, results.slopes),
        **compared,
    }


# answers ------------------------------------------------------------------------------------------------------


def answers(results: Results) -> str:
    """In words, a list for each treatment, of the extractors that look for the main content.

    Who lets most through and from which dose on, who loses the body, at which dose F1 has lost half, and what the
    highest dose costs each in CPU time; each figure with its interval.
    """
    whole = [row for row in results.responses if not row.design and row.adapter not in results.counted_apart]
    groups = dict.fromkeys((row.treatment, row.dialect) for row in whole)
    several = len({dialect for _, dialect in groups}) > 1
    blocks = []
    for treatment, dialect in groups:
        rows = [row for row in whole if (row.treatment, row.dialect) == (treatment, dialect)]
        slopes = [
            row
            for row in results.slopes
            if (row.treatment, row.dialect) == (treatment, dialect) and row.adapter not in results.counted_apart
        ]
        head = f"**{treatment}**" + (f", dialect `{dialect}`" if several else "")
        said = filter(None, (_leaking(rows), _losing(rows), _halved(slopes), _costing(rows)))
        blocks.append("\n".join([f"{head}", "", *(f"- {sentence}" for sentence in said)]))
    if whole and all(row.low is None for row in whole):
        blocks.append(f"No figure has an interval: that takes {CLUSTERS_NEEDED} bodies or sites at least.")
    return "\n\n".join(blocks)


def _leaking(rows: Sequence[Response]) -> str:
    """Who lets most of the highest dose through, and how much of the lowest."""
    leaks = [row for row in rows if row.metric.startswith(LEAK) and row.change is not None]
    last = _of_highest_dose(leaks)
    if not last:
        return ""
    ranked = sorted(last, key=lambda row: -(row.change or 0))
    most = ranked[0]
    words = f"Of the words of {most.dose} {_unit(most)}"
    if not most.change:
        return f"{words} none are let through."
    first = min((row for row in leaks if row.adapter == most.adapter), key=lambda row: row.dose)
    lowest = f" (of {first.dose}: {_value(first)})" if first.dose < most.dose else ""
    others = ", ".join(f"{_name(row)} {_value(row)}" for row in ranked[1:4] if row.change)
    behind = f", then {others}" if others else ""
    return f"{words} {_name(most)} lets {'most ' if ranked[1:] else ''}through: {_value(most)}{lowest}{behind}."


def _losing(rows: Sequence[Response]) -> str:
    """Whose recall the highest dose lowers for sure."""
    recalls = _of_highest_dose([row for row in rows if row.metric.endswith(".recall") and row.change is not None])
    if not recalls:
        return ""
    lost = sorted((row for row in recalls if row.high is not None and row.high < 0), key=lambda row: row.change or 0)
    if lost:
        listed = ", ".join(f"{_name(row)} {_value(row, '+z.3f')}" for row in lost)
        return f"Body text is lost by {listed} of recall."
    lower = sorted((row for row in recalls if (row.change or 0) < 0), key=lambda row: row.change or 0)
    if any(row.high is None for row in lower):  # too few bodies, or all pairs alike: nothing is known of others
        listed = ", ".join(f"{_name(row)} {_value(row, '+z.3f')}" for row in lower)
        return f"Recall is lower, though not all of it with an interval, by {listed}."
    worst = min(recalls, key=lambda row: row.change or 0)
    if not worst.change or worst.change > 0:
        return "Body text is lost by none."
    return f"Body text is lost by none for sure; recall moves furthest with {_name(worst)}: {_value(worst, '+z.3f')}."


def _halved(slopes: Sequence[Slope]) -> str:
    """At which dose F1 has lost half; of whom none of these doses did that, though the interval does not exclude it."""
    rows = [row for row in slopes if row.metric.endswith(".f1")]
    if not rows:
        return ""
    known = sorted((row for row in rows if row.half_dose is not None), key=lambda row: row.half_dose or 0)
    listed = ", ".join(f"{_name(row)} {_half(row)}" for row in known)
    none = f"F1 is halved by none of these doses, the highest being {rows[0].highest}"
    told = f"F1 is halved at a dose of {listed}" if known else none
    possible = [row for row in rows if row.half_dose is None and row.half_low is not None]
    behind = ", ".join(f"{_name(row)} {_half(row)}" for row in possible)
    return f"{told}; that it is halved is not excluded for {behind}." if possible else f"{told}."


def _costing(rows: Sequence[Response]) -> str:
    """What the highest dose costs each in CPU time."""
    times = _of_highest_dose([row for row in rows if row.metric == CPU and row.change is not None])
    if not times:
        return ""
    listed = ", ".join(f"{_name(row)} {_value(row, '.2f')}×" for row in sorted(times, key=lambda row: row.change or 0))
    return f"CPU time with {times[0].dose} {_unit(times[0])} as a multiple of that without: {listed}."


def spoken(results: Results) -> str:
    """In words, of the plain pages: whose F1 each dialect changes by its own interval, and of whom that is not shown.

    Who reads class names loses where there are none; who reads text does not notice. Empty where there is no interval.
    """
    rows = [
        row
        for row in results.contrasts
        if not row.treatment and row.metric.endswith(".f1") and row.adapter not in results.counted_apart
    ]
    if all(row.low is None for row in rows):
        return ""
    blocks = []
    for dialect in dict.fromkeys(row.dialect for row in rows):
        here = sorted((row for row in rows if row.dialect == dialect), key=lambda row: row.change or 0)
        moved = [row for row in here if row.low is not None and row.high is not None and not row.low <= 0 <= row.high]
        still = ", ".join(_name(row) for row in here if row not in moved)
        listed = ", ".join(f"{_name(row)} {row.change:+z.3f}{_ends(row, '+z.3f')}" for row in moved)
        told = f"F1 moves (each interval by itself) with {listed or 'none'}"
        behind = f"; not shown to move with {still}." if still else "."
        blocks.append(f"- `{dialect}` in place of `{here[0].against}`: {told}{behind}")
    return "\n".join(["**dialects**, plain pages", "", *blocks]) if blocks else ""


def _of_highest_dose(rows: Sequence[Response]) -> list[Response]:
    highest = max((row.dose for row in rows), default=0)
    return [row for row in rows if row.dose == highest]


def _unit(row: Response) -> str:
    name, _, variant = row.treatment.partition(".")
    return UNITS.get(name, f"units of {name}") + (" printed twice" if variant.endswith("twice") else "")


def _name(row: Response | Slope | Contrast) -> str:
    """The extractor as code in a sentence: one line in which nothing is hidden and that no backtick ends early."""
    return f"`{visible(row.adapter.replace('`', ''))}`"


def _value(row: Response, form: str = "z.3f") -> str:
    return f"{row.change:{form}}{_ends(row, form)}"


# tables -------------------------------------------------------------------------------------------------------


def tables(results: Results) -> str:
    """Tables for each treatment and dialect: extractors by doses, each measure with its change and interval.

    Where a treatment has several doses, a second one of what changes each time the dose doubles; and one by designs.
    """
    blocks = []
    for treatment, dialect, lines in grids(results):
        blocks.append(f"**{treatment}**, dialect `{dialect}`\n\n{_drawn(lines)}")
        slopes = [row for row in results.slopes if (row.treatment, row.dialect) == (treatment, dialect)]
        if len({row.dose for row in results.responses if row.treatment == treatment}) > 1:
            blocks.append(f"each time 1 + dose doubles:\n\n{_drawn(_slope_grid(slopes))}")
        blocks += _by_design(results, treatment, dialect)
    return "\n\n".join(blocks)


def _by_design(results: Results, treatment: str, dialect: str) -> list[str]:
    """Extractors by designs: what the highest dose changes in F1 and lets through; of the first dialect alone."""
    rows = [row for row in results.responses if row.design and row.treatment == treatment]
    rows = _of_highest_dose([row for row in rows if row.dialect == rows[0].dialect == dialect])
    if not rows:
        return []
    changes = {(row.adapter, row.design): row for row in rows if row.metric.endswith(".f1")}
    leaks = {(row.adapter, row.design): row for row in rows if row.metric.startswith(LEAK)}
    pairs = {design: max(row.pairs for (_, one), row in changes.items() if one == design) for _, design in changes}
    lines = [
        ["adapter", *(f"{design} ({pairs[design]})" for design in sorted(pairs))],
        *(
            [
                adapter,
                *(
                    f"{_short(changes.get((adapter, one)), '+z.2f')} / {_short(leaks.get((adapter, one)), 'z.2f')}"
                    for one in sorted(pairs)
                ),
            ]
            for adapter in dict.fromkeys(row.adapter for row in rows)
        ),
    ]
    return [f"by design (pairs), with dose {rows[0].dose}: change of F1 / leaked:\n\n{_drawn(lines)}"]


def _short(row: Response | None, form: str) -> str:
    return "–" if row is None or row.change is None else f"{row.change:{form}}"


def grids(results: Results) -> Iterable[tuple[str, str, list[list[str]]]]:
    """Treatment, dialect, and the cells of its table line by line, the head first."""
    whole = [row for row in results.responses if not row.design]
    for treatment, dialect in dict.fromkeys((row.treatment, row.dialect) for row in whole):
        rows = [row for row in whole if (row.treatment, row.dialect) == (treatment, dialect)]
        slopes = [row for row in results.slopes if (row.treatment, row.dialect) == (treatment, dialect)]
        yield treatment, dialect, _grid(rows, slopes)


def contrasts(results: Results) -> str:
    """Extractors by dialects: what changes against the first dialect in F1 and, of treated pages, in leakage."""
    blocks = []
    for treatment, dose, metric, against in dict.fromkeys(
        (row.treatment, row.dose, row.metric, row.against) for row in results.contrasts
    ):
        if not metric.endswith(".f1") and not metric.startswith(LEAK):
            continue
        rows = [row for row in results.contrasts if (row.treatment, row.dose, row.metric) == (treatment, dose, metric)]
        what = "F1" if metric.endswith(".f1") else f"leaked {metric.removeprefix(LEAK)}"
        on = f"{treatment} {dose}" if treatment else "plain pages"
        dialects = list(dict.fromkeys(row.dialect for row in rows))
        cells = {(row.adapter, row.dialect): row for row in rows}
        reference = {row.adapter: row.reference for row in rows}
        lines = [
            ["adapter", f"`{against}`", *(f"`{one}`" for one in dialects)],
            *(
                [adapter, f"{reference[adapter]:z.3f}", *(_difference(cells.get((adapter, one))) for one in dialects)]
                for adapter in reference
            ),
        ]
        blocks.append(f"**{on}**, {what} in dialect `{against}`, and what other dialects change\n\n{_drawn(lines)}")
    return "\n\n".join(blocks)


def drills(results: Results) -> str:
    """Extractors by drills: pages whose text changed, of pages compared, and for sensitivities the change of F1."""
    return _drawn(drill_grid(results))


def drill_grid(results: Results) -> list[list[str]]:
    """The cells of that table line by line, the head first."""
    names = list(dict.fromkeys(row.drill for row in results.drills))
    must = {row.drill: row.must_hold for row in results.drills}
    cells = {(row.adapter, row.drill): row for row in results.drills}
    return [
        ["adapter", *(name if must[name] else f"{name} (sensitivity)" for name in names)],
        *(
            [adapter, *(_drilled(cells[adapter, name]) for name in names)]
            for adapter in dict.fromkeys(row.adapter for row in results.drills)
        ),
    ]


def _drilled(row: Drill) -> str:
    if row.must_hold:
        return "pass" if row.changed == 0 else f"**fail** ({row.changed} of {row.pages})"
    moved = "" if row.f1 is None else f", F1 {row.f1:+z.3f}"
    return f"{row.changed} of {row.pages}{moved}"


def _grid(rows: Sequence[Response], slopes: Sequence[Slope]) -> list[list[str]]:
    present = _told(rows)
    gone = {row.adapter for row in rows if row.metric.endswith(".f1") and not row.plain}  # nothing to lose half of
    half = {row.adapter: row for row in slopes if row.metric.endswith(".f1") and row.adapter not in gone}
    lines = [["adapter", "dose", "pairs", *map(_head, present), "F1 halved at"]]
    cells = {(row.adapter, row.dose, row.metric): row for row in rows}
    for adapter in dict.fromkeys(row.adapter for row in rows):
        doses = sorted({row.dose for row in rows if row.adapter == adapter})
        for dose in doses:
            found = [cells.get((adapter, dose, metric)) for metric in present]
            pairs = max(one.pairs for one in found if one)
            halved = _half(half[adapter]) if adapter in half else "–"
            lines.append([adapter, str(dose), str(pairs), *map(_cell, found), halved if dose == doses[-1] else ""])
    return lines


def _told(rows: Sequence[Response | Slope]) -> list[str]:
    """The measures that some rows tell of, in the order of the table's columns."""
    leaked = next((row.metric for row in rows if row.metric.startswith(LEAK)), None)
    quality = [name for name in TOLD if not name.startswith("speed.")]
    metrics = [*quality, *([leaked] if leaked else []), *(name for name in TOLD if name not in quality)]
    return [one for one in metrics if any(row.metric == one for row in rows)]


def _head(metric: str) -> str:
    return TOLD.get(metric, f"leaked {metric.removeprefix(LEAK)}")


def _slope_grid(slopes: Sequence[Slope]) -> list[list[str]]:
    present = _told(slopes)
    cells = {(row.adapter, row.metric): row for row in slopes}
    return [
        ["adapter", *map(_head, present)],
        *(
            [adapter, *(_difference(cells.get((adapter, name))) for name in present)]
            for adapter in dict.fromkeys(row.adapter for row in slopes)
        ),
    ]


def _cell(row: Response | None) -> str:
    """A change with its interval: a share of treated pages and how far it moved, or by how much a time has grown."""
    if row is None or row.treated is None:
        return "–"
    if row.metric.startswith("speed."):
        return _difference(row)
    if row.metric.startswith(LEAK):
        return f"{row.treated:z.3f}{_ends(row, 'z.3f')}"
    return (
        f"{row.treated:z.3f} ({row.change:+z.3f}{_ends(row, '+z.3f')})"
        if row.change is not None
        else f"{row.treated:z.3f}"
    )


def _difference(row: Response | Slope | Contrast | None) -> str:
    """How far a measure has moved: a share, times by how much they have grown, memory in megabytes."""
    value = None if row is None else row.slope if isinstance(row, Slope) else row.change
    if row is None or value is None:
        return "–"
    if row.metric == CPU:
        return f"{value:.2f}×{_ends(row, '.2f')}"
    if row.metric == MEMORY:
        return f"{value:+z.1f} MB{_ends(row, '+z.1f')}"
    return f"{value:+z.3f}{_ends(row, '+z.3f')}"


def _half(row: Slope) -> str:
    """The dose at which F1 has lost half, with its interval; what lies above the highest dose is said to."""
    beyond = f"> {row.highest}"
    at = beyond if row.half_dose is None else f"{row.half_dose:.0f}"
    if row.half_low is None:
        return at
    return f"{at} [{row.half_low:.0f}, {beyond if row.half_high is None else f'{row.half_high:.0f}'}]"


def _ends(row: Response | Slope | Contrast, form: str) -> str:
    return "" if row.low is None or row.high is None else f" [{row.low:{form}}, {row.high:{form}}]"


def _drawn(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells, the head first, as a Markdown table."""
    head, *rest = lines
    rule = ["---", *["--:"] * (len(head) - 1)]
    rest = [[escape(line[0]), *line[1:]] for line in rest]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *rest))


def _csv(kind: type[Response] | type[Slope] | type[Contrast], rows: Iterable[Response | Slope | Contrast]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.name for field in fields(kind)])
    writer.writerows(astuple(row) for row in rows)
    return out.getvalue().encode()
