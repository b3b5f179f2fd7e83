"""What people see on a terminal: progress, lines, tables."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import groupby
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from .checks.doctor import Finding
from .text import spelt_out

if TYPE_CHECKING:
    from .checks.compare import Comparison
    from .checks.gate import Verdict

SHOWN = 10
"""Names or lines of a list in a complaint that a terminal shows."""
LIST = re.compile(r"(?P<label>.* \((?P<count>\d+)\): )(?P<names>.*)")
"""A line of `reading.listed`."""
REST = "(all of them in a file: 2> FILE)"
LOG_WIDTH = 180
"""Columns of a table that goes into a file or a pipe."""

console = Console()
complaints = Console(stderr=True)


class Lines:
    """Progress for logs: one line where a stage begins, nothing in between."""

    def stage(self, name: str, total: int) -> None:
        """Print the name of the stage."""
        complaints.print(f"{name}: {total}", highlight=False)

    def step(self, label: str) -> None:
        """Say nothing."""

    def note(self, line: str) -> None:
        """Print the line."""
        complaints.print(f"note: {line}", highlight=False, markup=False, soft_wrap=True)


class Bars:
    """Progress for people: one bar a stage."""

    def __init__(self) -> None:
        columns = TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self._bar = Bar(*columns, TextColumn("[dim]{task.fields[label]}"), console=complaints)
        self._bar.start()

    def stage(self, name: str, total: int) -> None:
        """Begin a bar."""
        self._task = self._bar.add_task(name, total=total, label="")

    def step(self, label: str) -> None:
        """Move the bar on."""
        self._bar.update(self._task, advance=1, label=label)

    def note(self, line: str) -> None:
        """Print a line above the bars."""
        self._bar.console.print(f"note: {line}", highlight=False, markup=False)

    def close(self) -> None:
        """Leave the bars as they are."""
        self._bar.stop()


@contextlib.contextmanager
def open_progress() -> Iterator[Lines | Bars]:
    """Bars on a terminal, quiet lines elsewhere."""
    if not complaints.is_terminal:
        yield Lines()
        return
    bars = Bars()
    try:
        yield bars
    finally:
        bars.close()


def complain(message: str) -> None:
    """Print why a command ends: whole into a file or a pipe, on a terminal with long lists cut short."""
    shown = shortened(message) if complaints.is_terminal else message
    complaints.print(f"boilerbench: {shown}", highlight=False, markup=False, soft_wrap=True)


def shortened(message: str) -> str:
    """A complaint of which no list is longer than `SHOWN`, with how many more there are and how to see them."""
    lines: list[str] = []
    for indented, block in groupby(message.split("\n"), lambda line: line.startswith("  ")):
        block_lines = list(block)
        if indented and len(block_lines) > SHOWN + 1:
            lines += [*block_lines[:SHOWN], f"  … and {len(block_lines) - SHOWN} more {REST}"]
        else:
            lines += map(_shortened_line, block_lines)
    return "\n".join(lines)


def _shortened_line(line: str) -> str:
    found = LIST.fullmatch(line)
    names = found["names"].split(", ") if found else []
    if found is None or len(names) <= SHOWN or len(names) < int(found["count"]):
        return line
    return f"{found['label']}{', '.join(names[:SHOWN])} … and {int(found['count']) - SHOWN} more {REST}"


def say(line: str) -> None:
    """Print a line as it is, without markup or wrapping, and nothing of a hostile page that moves the cursor."""
    visible = "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in line)
    console.print(visible, highlight=False, markup=False, soft_wrap=True)


def tell(line: str) -> None:
    """Print what may hold names of others as one line, whatever is in them: a CI runner obeys lines that begin `::`."""
    say(spelt_out(line))


def heading(text: str) -> None:
    """Print one line in bold, below an empty one."""
    console.print(f"\n{spelt_out(text)}", style="bold", highlight=False, markup=False, soft_wrap=True)


def print_table(table: Table) -> None:
    """Print a table as wide as the terminal, or wide enough for a file."""
    wide = console if console.is_terminal else Console(width=LOG_WIDTH, file=console.file)
    wide.print(table)


def figure(value: float | None, sign: str = "") -> str:
    """A value to four decimals, or a dash where it is undefined."""
    return "–" if value is None else f"{value:{sign}.4f}"


def breakable(name: str) -> str:
    """The name of a metric with its parts below each other."""
    return name.replace(".", ".\n").replace("_", "_\n")


def drawn(lines: list[str]) -> Table:
    """A Markdown table drawn for the terminal: names whole, figures folded where it is narrow."""
    head, _, *rows = [[unescape(cell.strip()) for cell in line.strip("|").split("|")] for line in lines]
    drawn = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, name in enumerate(head):
        # A column is as wide as its figures; the parts of a metric's name stand below each other.
        drawn.add_column(
            breakable(name),
            no_wrap=number == 0,
            overflow="fold",
            justify="right" if number > 1 else "left",
        )
    for row in rows:
        drawn.add_row(*map(Text, row))
    return drawn


def show_comparison(before: str, after: str, found: "Comparison", shown: int) -> None:
    """What changed in the whole, then the pages that moved most."""
    heading(f"{before} → {after}")
    say(f"{len(found.moved)} of {found.pages} answers differ")
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("corpus", "metric", "before", "after", "change", "95 % interval", "told from zero", "pages changed"):
        table.add_column(name, overflow="fold", justify="left" if name in ("corpus", "metric") else "right")
    for one in found.changes:
        interval = "–" if one.low is None or one.high is None else f"[{one.low:+.4f}, {one.high:+.4f}]"
        told = {None: "too few sites", True: "yes", False: "no"}[one.separated]
        row = (
            spelt_out(one.corpus),
            breakable(one.metric.name),
            figure(one.before),
            figure(one.after),
            figure(one.difference, "+"),
        )
        table.add_row(*map(Text, (*row, interval, told, f"{one.changed} of {one.pages}")))
    print_table(table)
    for page in found.moved[: shown or None]:
        moved = {name: ends for name, ends in page.values.items() if ends[0] != ends[1]}
        values = ", ".join(f"{name} {figure(old)} → {figure(new)}" for name, (old, new) in moved.items())
        ended = "" if page.outcomes == ("ok", "ok") else f" ({' → '.join(page.outcomes)})"
        tell(f"{page.corpus} {page.page_id}{ended}: {values or 'no value of these metrics differs'}")
    if shown and len(found.moved) > shown:
        say(f"… and {len(found.moved) - shown} more; --pages 0 names all")


def show_verdict(verdict: "Verdict", shown: int) -> None:
    """What changed for each adapter, what was not judged, and last what is worse than the limits allow."""
    for one in verdict.held:
        if one.comparison:
            changes = tuple(change for change in one.comparison.changes if change.changed)
            ranked = {change.metric.name for change in changes if not change.metric.group}
            moved = tuple(
                replace(page, values={name: ends for name, ends in page.values.items() if name in ranked})
                for page in one.comparison.moved
            )
            show_comparison(one.before, one.after, replace(one.comparison, changes=changes, moved=moved), shown)
    same = [one.after for one in verdict.held if not one.comparison]
    if same:
        say("")
        tell(f"every score is the same: {', '.join(same)}")
    show_findings(verdict, shown)


def show_findings(verdict: "Verdict", shown: int) -> None:
    """Notes, then what is worse than the limits allow, adapter by adapter."""
    for line in verdict.notes:
        tell(f"note: {line}")
    for name in dict.fromkeys(one.adapter for one in verdict.findings):
        own = [one for one in verdict.findings if one.adapter == name]
        heading(f"worse: {name}")
        for rule, found in groupby(own, lambda one: one.rule):
            some = list(found)
            for one in some[: shown or None]:
                tell(f"  {rule}: {one.message}")
            if shown and len(some) > shown:
                say(f"  … and {len(some) - shown} more of {rule}; --pages 0 names all")


def finding_table(findings: list[Finding]) -> Table:
    """What doctor found, one line each, with what to type where something is missing."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name, fold in (("what", False), ("state", False), ("found", True), ("try", True)):
        table.add_column(name, overflow="fold", no_wrap=not fold)
    for one in findings:
        state = "not ok" if not one.well else "ok" if one.available else "missing"
        found = f"{one.state} ({one.detail})" if one.detail else one.state
        table.add_row(*map(Text, (one.subject, state, found, "" if state == "ok" else one.remedy)))
    return table
