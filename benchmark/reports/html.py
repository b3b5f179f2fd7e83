"""A page for people: who is best and how sure that is, which boilerplate leaks, and where each extractor fails."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard
from urllib.parse import quote

import vl_convert
from markupsafe import Markup

from ..records import CLUSTERS_NEEDED, SEPARATED, Metric, PageEntry, Results
from . import _dose_charts, _pages, _quality_charts, _shell, doses
from ._boards import amount, corpora, figure, options_of, quantile_notes
from ._cost_charts import growth, memory, tail
from ._foreign import on_one_line
from ._quality_charts import block_loss, leak_map, pareto
from ._sections import Section, about, section_of
from ._vega import Spec, dark, light

TITLE = "boilerbench report"

DRAWN: Mapping[str, tuple[Callable[[Results, str], Spec | None], str, str]] = {
    "pareto": (
        pareto,
        "Quality against speed",
        "Up is better, left is faster (each step of the scale multiplies). The line joins those none beats in both.",
    ),
    "leak_map": (
        leak_map,
        "What leaks, by kind",
        "Each cell is the share of the page's words of one kind that the extractor lets through; 0 is best.",
    ),
    "block_loss": (
        block_loss,
        "What is lost, by type of block",
        "Each cell is the share of the main text's words in blocks of one type that the extractor has lost; 0 is best.",
    ),
    "tail": (
        tail,
        "Time of a page, to the slowest",
        "The mark furthest to the right is the slowest page: what a crawler has to wait for.",
    ),
    "memory": (memory, "Memory", "Largest memory of the extractor's process on a page."),
    "growth": (
        growth,
        "Growth with the size of a page",
        "Exponent of time as a page's body is repeated: 1 grows in step with the page, 2 with its square.",
    ),
}
"""Name in addresses -> what makes the chart, its title, and how to read it."""

WHOLE = ("pages",)
"""Folders that hold this report's files alone, so that views which an earlier one made do not outlive it."""

IN_TABLE = {"pareto": "main", "leak_map": "leakage", "block_loss": "leakage"}
"""Chart -> end of the id of the table with the same figures; those of the others stand in that of costs."""


@dataclass(frozen=True)
class Chart:
    """A chart with the words that stand for it."""

    key: str
    """Its id on the page."""
    title: str
    """What it shows."""
    hint: str
    """How it is read."""
    spec: object
    """Its Vega-Lite specification, packed."""
    table: str
    """Id of the table with the same figures."""


def render(results: Results) -> Iterator[tuple[str, bytes]]:
    """`index.html`, which opens from disk, asks the network for nothing and runs only its own scripts; then its pages.

    It states the verdict in words, then for each corpus its tables, charts and pages, then doses, drills, and how all
    was measured. `pages/<corpus>/<page>.html` are the views that it links to, made one after the other.
    """
    yield "index.html", index(results).encode("utf-8", "backslashreplace")
    yield from _pages.render_pages(results)


def index(results: Results) -> str:
    """The report as one HTML page."""
    sections = [section_of(results, corpus, f"c{number}") for number, corpus in enumerate(corpora(results))]
    sections.sort(key=lambda one: one.ours)  # real pages first
    styles = [_shell.source("base.css"), _shell.source("index.css")]
    scripts = [_bundle(), _shell.source("index.js")]
    template = _shell.environment().get_template("index.html.j2")
    return template.render(
        title=TITLE,
        results=results,
        manifest=results.manifest,
        sections=sections,
        charts={section.key: list(_drawn(results, section)) for section in sections},
        forests={section.key: _forest_spec(results, section) for section in sections},
        themes={"light": light(), "dark": dark()},
        policy=_shell.policy(styles, scripts),
        styles=[_shell.style(one) for one in styles],
        scripts=[_shell.script(one) for one in scripts],
        data=_shell.data,
        figure=figure,
        amount=amount,
        about=about,
        breakable=breakable,
        needed=CLUSTERS_NEEDED,
        of_quantiles=" ".join(quantile_notes(results.metrics, "sites")),
        bar=figure(SEPARATED, "share"),
        href=href,
        views=_views(results),
        declared=_declared(results),
        facts=list(_facts(results)),
        doses=list(_doses(results)),
        drills=_drills(results),
    )


def href(entry: PageEntry, adapter: str | None = None) -> str | None:
    """Address of a page's view, opened at an adapter's answer; None where the run has no view of it."""
    if not entry.viewed:
        return None
    place = f"#adapter={quote(adapter, safe='')}" if adapter else ""
    return _pages.address(entry.corpus, entry.page_id) + place


def breakable(name: str) -> Markup:
    """A name that may go on in the next line behind each dot and underscore."""
    return Markup("<wbr>").join(re.split(r"(?<=[._])", on_one_line(name)))


@functools.cache
def _bundle() -> str:
    """The library that draws, whole: it has an interpreter, so that no string is ever run as code."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def _drawn(results: Results, section: Section) -> Iterable[Chart]:
    for name, (drawn, title, hint) in DRAWN.items():
        spec = drawn(results, section.corpus)
        if spec is not None:
            key = section.key
            yield Chart(f"{key}-{name}", title, hint, packed(spec), f"{key}-{IN_TABLE.get(name, 'costs')}")


def packed(part: object) -> object:
    """A specification with its data as a list of keys and rows of values, and floats to six digits: a third of it."""
    if isinstance(part, float):
        return float(f"{part:.6g}")
    if isinstance(part, list):
        return [packed(one) for one in part]
    if not isinstance(part, Mapping):
        return part
    return {
        key: _columns(value) if key == "values" and _are_rows(value) else packed(value) for key, value in part.items()
    }


def _are_rows(value: object) -> TypeGuard[list[Mapping[str, object]]]:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _columns(rows: list[Mapping[str, object]]) -> Mapping[str, object]:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return {"keys": keys, "rows": [[packed(row.get(key)) for key in keys] for row in rows]}


def _forest_spec(results: Results, section: Section) -> Mapping[str, object] | None:
    """The chart of differences, without rows: the script puts in those for the extractor that is chosen."""
    if section.forest is None or section.lead is None:
        return None
    spec = _quality_charts.forest(results, section.corpus, section.lead.best, every=True)
    return None if spec is None else {**spec, "data": {"values": {"keys": [], "rows": []}}}


def _views(results: Results) -> Mapping[str, Sequence[Sequence[str]]]:
    """Page id -> corpus and address of each page of that name which has a view, for links into the report."""
    found: dict[str, list[list[str]]] = {}
    for entry in results.entries:
        if entry.viewed:
            found.setdefault(entry.page_id, []).append([entry.corpus, _pages.address(entry.corpus, entry.page_id)])
    return found


def _declared(results: Results) -> list[Metric]:
    with_value = {row.metric for row in results.summaries if row.estimate is not None}
    return [metric for metric in results.metrics if metric.name in with_value]


def _facts(results: Results) -> Iterable[tuple[str, str]]:
    """What the manifest says, in words."""
    manifest = results.manifest
    machine = {name: value for name, value in manifest.machine.items() if value is not None}
    if isinstance(memory := machine.pop("memory_bytes", None), int):
        machine["memory"] = f"{memory / 2**30:.1f} GiB"
    yield "run", manifest.run
    yield "began", manifest.created
    revision = f", git revision {manifest.revision}" if manifest.revision else ""
    yield "program", f"boilerbench {manifest.boilerbench}{revision}"
    yield "edition of pages and golds", f"{manifest.edition}; run format {manifest.format}"
    yield "machine", ", ".join(f"{name} {value}" for name, value in machine.items())
    yield "sandbox", manifest.sandbox
    yield "options", ", ".join(f"{name} {value}" for name, value in options_of(results).items())
    yield "seed of everything random", str(manifest.seed)
    yield "libraries", ", ".join(f"{name} {version}" for name, version in sorted(manifest.libraries.items()))


def _doses(results: Results) -> Iterable[Mapping[str, object]]:
    for number, (treatment, dialect, (head, *lines)) in enumerate(doses.grids(results)):
        yield {
            "key": f"dose-{number}",
            "title": f"{treatment}, dialect {dialect}",
            "spec": packed(_dose_charts.doses(results, treatment)),
            "head": head,
            "lines": lines,
        }


def _drills(results: Results) -> list[list[str]]:
    if not results.drills:
        return []
    return [[cell.replace("**", "") for cell in line] for line in doses.drill_grid(results)]
