"""The charts of a run as SVG: quality against speed, leakage, losses, differences, times, memory, growth and doses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from ..records import Results
from . import _dose_charts
from ._boards import board_of, corpora
from ._cost_charts import growth, memory, tail
from ._quality_charts import block_loss, forest, leak_map, pareto
from ._vega import Spec, light, themed

GROUND = "white"
"""A picture stands anywhere, so that it brings its ground along."""

MARKER = re.compile(r'(?<= id=")([a-z_]+)(\d+)(?=")|(?<=url\(#)([a-z_]+)(\d+)(?=\))')
"""Names that parts of an SVG give each other."""


def render(results: Results) -> dict[str, bytes]:
    """`charts/<corpus>-<chart>.svg`, and `charts/doses-<treatment>.svg` of a run with doses; none for an empty run.

    The same results give the same bytes. `vl-convert` draws them, without a browser and without a network.
    """
    import vl_convert

    return {
        f"charts/{name}.svg": renumbered(vl_convert.vegalite_to_svg(spec)).encode() for name, spec in drawings(results)
    }


def drawings(results: Results) -> Iterator[tuple[str, Spec]]:
    """File name without its ending, and chart, ready to be drawn on white."""
    for corpus in corpora(results):
        for name, spec in of_corpus(results, corpus).items():
            yield f"{quote(corpus, safe='')}-{name}", spec
    for treatment, spec in of_doses(results).items():
        yield f"doses-{quote(treatment, safe='')}", spec


def of_corpus(results: Results, corpus: str, chosen: str | None = None) -> dict[str, Spec]:
    """Name -> chart on white, of all charts of a corpus that have something to show; differences are to `chosen`.

    By default they are to the adapter that stands first in the leaderboard.
    """
    best = chosen or next(iter(board_of(results, corpus).adapters), "")
    found = {
        "pareto": pareto(results, corpus),
        "leakage": leak_map(results, corpus),
        "losses": block_loss(results, corpus),
        "differences": forest(results, corpus, best),
        "times": tail(results, corpus),
        "memory": memory(results, corpus),
        "growth": growth(results, corpus),
    }
    return {name: _on_white(spec) for name, spec in found.items() if spec is not None}


def of_doses(results: Results) -> dict[str, Spec]:
    """Treatment -> chart of its doses on white."""
    found = {treatment: _dose_charts.doses(results, treatment) for treatment in _dose_charts.treatments(results)}
    return {treatment: _on_white(spec) for treatment, spec in found.items() if spec is not None}


def _on_white(spec: Spec) -> Spec:
    return themed(spec, light(), GROUND)


def renumbered(svg: str) -> str:
    """The SVG with its markers numbered from 0: Vega counts them on from one drawing of a process to the next."""
    numbers: dict[str, int] = {}

    def renamed(found: re.Match[str]) -> str:
        stem = found[1] or found[3]
        return f"{stem}{numbers.setdefault(found[0], len(numbers))}"

    return MARKER.sub(renamed, svg)
