"""A diff for a notebook: the page in its order as HTML, coloured, and marked by signs as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby, islice

from .diff import LEAKED, LEFT_OUT, LOST, Diff, Line, stretches
from .diffsheet import MARKS, MEANINGS
from .records import Extraction, Tally
from .text import spelt_out

CLASSES = "boilerbench-diff tex2jax_ignore mathjax_ignore"
"""Classes of a diff: its own, and those by which MathJax 2 and 3 leave out what they would typeset between `$`."""
LINES = 300
"""Lines of the page that a diff shows; the rest is counted."""
PARTS = 60
"""Stretches of a line that are shown."""
LONGEST = 1_000
"""Characters of a stretch that are shown."""
STYLE = """<style>
.boilerbench-diff { font-family: ui-monospace, monospace; font-size: .85em; line-height: 1.5; white-space: pre-wrap }
.boilerbench-diff table { font: inherit; white-space: normal; border-collapse: collapse }
.boilerbench-diff td { text-align: left; padding: 0 .8em 0 0 }
.boilerbench-diff .kind { opacity: .7 }
.boilerbench-diff .lost { text-decoration: line-through; text-decoration-color: #d55e00 }
.boilerbench-diff .leaked { background: #e69f00; color: #000 }
.boilerbench-diff .repeated { background: #56b4e9; color: #000 }
.boilerbench-diff .invented { background: #cc79a7; color: #000 }
.boilerbench-diff .doubtful { text-decoration: underline dotted }
.boilerbench-diff .left-out { opacity: .6 }
</style>"""
"""Colours of Okabe and Ito (2008); signs around the words say the same."""


def render(marks: Diff, answer: Extraction, scores: Mapping[str, float | None]) -> str:
    """A fragment of HTML without scripts and links, in which everything of the page is escaped."""
    title = " · ".join(filter(None, (answer.page_id, answer.adapter, answer.version, answer.outcome, answer.error)))
    values = " · ".join(f"{name} {'undefined' if value is None else f'{value:.3f}'}" for name, value in scores.items())
    used = {state for line in (*marks.lines, *marks.invented) for state in set(line.states)}
    legend = "  ".join(_marked(meaning, state) for state, meaning in MEANINGS.items() if state in used)
    lost = f"{marks.astray} words of the gold's body stand nowhere on the page\n" if marks.astray else ""
    invented = f"\nlines of the answer that hold invented words:\n{_lines(marks.invented)}" if marks.invented else ""
    return (
        f'{STYLE}<div class="{CLASSES}"><b>{_safe(title)}</b>\n{_safe(values)}\n{_tallies(marks)}{_safe(lost)}'
        f"marks: {legend}\n\n{_lines(marks.lines)}{invented}</div>"
    )


def _tallies(marks: Diff) -> str:
    if not marks.tallies:
        return "nothing lost, leaked, printed again or invented\n"
    rows = "".join(
        f"<tr><td>{one.words:,}</td><td>{_safe(one.state)}</td><td>{_safe(one.kind)}</td>"
        f"<td>{one.words / one.of:.0%} of {_whole(one)}</td></tr>"
        for one in marks.tallies
    )
    return f"<table>{rows}</table>"


def _whole(tally: Tally) -> str:
    """What a tally is a part of: words of the page of its kind, or else the answer."""
    return f"the page's {tally.of:,}" if tally.state in (LOST, LEAKED) else f"the answer's {tally.of:,}"


def _lines(lines: Sequence[Line]) -> str:
    """The lines, those in a row of which nothing was to be kept and nothing was as one; then a count of the rest."""
    shown = []
    for left_out, group in groupby(lines[:LINES], key=lambda line: set(line.states) == {LEFT_OUT}):
        found = list(group)
        if left_out and len(found) > 1:
            words = sum(len(line.states) for line in found)
            numbers = f"{found[0].number}-{found[-1].number}"
            shown.append(f'<span class="left-out">{numbers:>9} … {words:,} words left out</span>')
        else:
            shown += [_line(line) for line in found]
    if len(lines) > LINES:
        words = sum(len(line.states) for line in lines[LINES:])
        shown.append(f"… {len(lines) - LINES:,} more lines of {words:,} words are not shown")
    return "\n".join(shown)


def _line(line: Line) -> str:
    parts = list(islice(stretches(line), PARTS))
    left = len(line.states) - sum(part.words for part in parts)
    body = "".join(_marked(_cut(part.text), part.state) for part in parts)
    kinds = ", ".join(dict.fromkeys(part.kind for part in parts))
    rest = f" … {left:,} words more" if left else ""
    return f'{line.number:>9} <span class="kind">{_safe(kinds)}</span>  {body}{rest}'


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _marked(text: str, state: str) -> str:
    before, behind = MARKS.get(state, ("", ""))
    words, tail = text.rstrip(), text[len(text.rstrip()) :]
    marked = f"{escape(before)}{_safe(words)}{escape(behind)}"
    return f'<span class="{escape(state.replace(" ", "-"))}">{marked}</span>{_safe(tail)}' if before else _safe(text)


def _safe(text: str) -> str:
    return escape("\n".join(map(spelt_out, text.split("\n"))))
