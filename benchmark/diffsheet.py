"""A diff to be read, in a terminal or a log: what went wrong, then the page in its order, folded where all is alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from itertools import chain, groupby, islice
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from .diff import (
    DOUBTFUL,
    INVENTED,
    KEPT,
    LEAKED,
    LEFT_OUT,
    LOST,
    REPEATED,
    ROLES,
    Diff,
    Line,
    Stretch,
    stretches,
)
from .records import Extraction
from .text import spelt_out

MARKS = {
    LOST: ("[-", "-]"),
    LEAKED: ("{+", "+}"),
    REPEATED: ("{=", "=}"),
    DOUBTFUL: ("{~", "~}"),
    INVENTED: ("{?", "?}"),
    LEFT_OUT: ("(.", ".)"),
}
"""What stands around words in text without colours."""
STYLES = {
    LOST: "strike #d55e00",
    LEAKED: "#000000 on #e69f00",
    REPEATED: "#000000 on #56b4e9",
    DOUBTFUL: "italic underline",
    INVENTED: "#000000 on #cc79a7",
    LEFT_OUT: "dim",
    "main": "bold #009e73",
    "optional": "#56b4e9",
    "boilerplate": "#e69f00",
}
"""Colours that the colour-blind tell apart (M. Okabe & K. Ito, "Color Universal Design", 2008), never colour alone."""
MEANINGS = {
    LOST: "lost",
    LEAKED: "leaked",
    REPEATED: "printed again",
    DOUBTFUL: "fits text of another kind as well",
    INVENTED: "invented: nowhere on the page",
    LEFT_OUT: "left out",
}
SHOWN = {KEPT: (1, 1), LEFT_OUT: (0, 0)}
"""How many of the lines in a row that fared alike are shown, from the beginning and from the end."""
SHOWN_OTHERWISE = (3, 1)
QUIET = 160
"""Characters of a stretch of kept or left out words that are shown."""
LOUD = 480
"""Characters of any other stretch that are shown."""
PARTS = 100
"""Stretches of a line that are shown, each cut as above."""
ABOUT = 48
"""Characters that say what a fold holds."""
ROWS = 200
"""Rows of the page, and as many of the answer, after which only counts follow."""
KINDS_WIDTH = max(map(len, ROLES))
NARROWEST = 40


class _Row(NamedTuple):
    """What of a line is of one kind."""

    number: int
    kind: str
    parts: tuple[Stretch, ...]

    @property
    def state(self) -> str | None:
        """What became of all of it; None where that differs."""
        return self.parts[0].state if len(self.parts) == 1 else None

    @property
    def words(self) -> int:
        return sum(part.words for part in self.parts)


def render(diff: Diff, extraction: Extraction, scores: Mapping[str, float | None], *, colour: bool, width: int) -> str:
    """A diff to be read: what went wrong, most words first, then the page in its order, then what was invented.

    `scores` are printed by name. With `colour` for terminals (ANSI, 256 colours), else for logs with MARKS. `width` in
    columns, no less than 40. Lines in a row that fared alike are folded; of a long page the beginning is shown and the
    rest counted, so that size and time are bounded. Characters that steer a terminal are spelt out.
    """
    sheet = _Sheet(colour, max(NARROWEST, width))
    sheet.write(_heading(extraction))
    if scores:
        sheet.write(Text(" · ".join(f"{name} {_figure(value)}" for name, value in scores.items())))
    sheet.write(Text(""))
    for line in _summary(diff):
        sheet.write(line)
    used = {state for line in chain(diff.lines, diff.invented) for state in set(line.states)}
    legend = [sheet.marked(MEANINGS[state], state) for state in MARKS if state in used]
    if legend:
        sheet.write(Text(""), Text("marks: ") + Text("  ").join(legend))
    sheet.write(Text(""))
    _write_lines(sheet, diff.lines)
    if diff.invented:
        sheet.write(Text(""), Text("lines of the answer that hold invented words:"))
        _write_lines(sheet, diff.invented)
    return sheet.text()


Entry = tuple[int, int, str, Text]
"""First line, last line, kind, and what is shown of them."""


class _Sheet:
    """What has been written so far."""

    def __init__(self, colour: bool, width: int) -> None:
        self.colour = colour
        self.width = width
        self.rows = 0
        # The caller has decided on colour: nothing of the environment is asked again.
        self.console = Console(
            file=StringIO(),
            width=width,
            force_terminal=colour,
            color_system="256" if colour else None,
            no_color=not colour,
            _environ={},
        )

    def write(self, *lines: Text, margin: Text | None = None) -> None:
        """Write lines, broken at the sheet's width; the margin stands left of the first one."""
        indent = Text(" " * (len(margin) if margin else 0))
        for line in lines:
            broken = line.wrap(self.console, self.width - len(indent)) or [line]
            for number, part in enumerate(broken):
                part.rstrip()
                lead = margin if margin and number == 0 else indent
                self.console.print(lead + part, soft_wrap=True)
                self.rows += 1

    def marked(self, text: str, state: str) -> Text:
        """Words with the marks or the style of what became of them; white space behind them has neither."""
        words = spelt_out(text.rstrip())
        tail = text[len(text.rstrip()) :]
        if self.colour:
            return Text(words, STYLES.get(state, "")) + Text(tail)
        before, behind = MARKS.get(state, ("", ""))
        return Text(before + words + behind + tail)

    def entry(self, row: _Row) -> Entry:
        """A row, its words marked."""
        text = Text().join(self.marked(_shortened(part), part.state) for part in row.parts)
        return row.number, row.number, row.kind, text

    def margin(self, number: int, last: int, kind: str) -> Text:
        """Number of the lines and kind of their words."""
        numbers = str(number) if number == last else f"{number}-{last}"
        return Text(f"{numbers:>9} ") + Text(f"{kind:<{KINDS_WIDTH}}  ", STYLES.get(ROLES.get(kind, ""), ""))

    def text(self) -> str:
        """All of it."""
        assert isinstance(self.console.file, StringIO)
        return self.console.file.getvalue()


def _heading(extraction: Extraction) -> Text:
    name = f"{extraction.adapter} {extraction.version or ''}".rstrip()
    parts = [f"page {extraction.page_id}", name, extraction.outcome, extraction.error or ""]
    return Text(spelt_out(" · ".join(part for part in parts if part)), "bold")


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _words(number: int) -> str:
    return f"{number:,} word" if number == 1 else f"{number:,} words"


def _summary(diff: Diff) -> Iterator[Text]:
    for tally in diff.tallies:
        share = f"{tally.words / tally.of:.0%} of "
        whole = f"{share}the page's {tally.of:,}" if tally.state in {LOST, LEAKED} else f"{share}the answer"
        blocks = ", ".join(f"{name} {count:,}" for name, count in Counter(tally.blocks).most_common())
        about = whole + (f"; {blocks}" if blocks else "")
        yield Text(f"{tally.words:>9,}  {tally.state:<8}  {tally.kind:<{KINDS_WIDTH}}  {about}")
    if not diff.tallies:
        yield Text("nothing lost, leaked, printed again or invented")
    if diff.astray:
        what = "it" if diff.astray == 1 else "them"
        yield Text(f"{_words(diff.astray)} of the gold's body not on the page, so that nobody can keep {what}")


def _write_lines(sheet: _Sheet, lines: Sequence[Line]) -> None:
    """The lines, folded, until the rows are used up; then a count of what the rest holds."""
    end = sheet.rows + ROWS
    for first, last, kind, text in _entries(sheet, lines):
        if sheet.rows >= end:
            sheet.write(_rest([line for line in lines if line.number >= first]))
            return
        sheet.write(text, margin=sheet.margin(first, last, kind))


def _rest(lines: Sequence[Line]) -> Text:
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line.states)
    named = ", ".join(f"{counts[state]:,} {state}" for state in (KEPT, *MARKS) if counts[state])
    return Text(f"… lines {lines[0].number} to {lines[-1].number} are not shown; words in them: {named}")


def _entries(sheet: _Sheet, lines: Sequence[Line]) -> Iterator[Entry]:
    rows = chain.from_iterable(map(_parted, lines))
    for (_, state), group in groupby(rows, key=lambda row: (row.kind, row.state)):
        if state is None:
            yield from map(sheet.entry, group)
        else:
            yield from _folded(sheet, list(group), state)


def _parted(line: Line) -> Iterator[_Row]:
    """A line cut where the kind changes; of one that changes all the time the beginning."""
    parts = list(islice(stretches(line), PARTS))
    left = len(line.states) - sum(part.words for part in parts)
    if left:
        parts.append(Stretch(f"… {_words(left)} more in this line", parts[-1].kind, KEPT, left))
    for kind, group in groupby(parts, key=lambda part: part.kind):
        yield _Row(line.number, kind, tuple(group))


def _folded(sheet: _Sheet, rows: Sequence[_Row], state: str) -> Iterator[Entry]:
    """The first and the last of rows that fared alike, and a count of those between."""
    head, tail = SHOWN.get(state, SHOWN_OTHERWISE)
    if len(rows) == head + tail + 1 and state != LEFT_OUT:  # a fold of one row would save nothing
        head += 1
    middle = rows[head : max(head, len(rows) - tail)]
    yield from map(sheet.entry, rows[:head])
    if middle:
        words = f"… {_words(sum(row.words for row in middle))} {state}"
        text = f"{words}: {_beginning(middle[0].parts[0].text)}" if state == LEFT_OUT else words
        yield middle[0].number, middle[-1].number, middle[0].kind, Text(spelt_out(text), STYLES[LEFT_OUT])
    yield from map(sheet.entry, rows[head + len(middle) :])


def _shortened(part: Stretch) -> str:
    """The text of a stretch, without its middle where it is long."""
    most = QUIET if part.state in {KEPT, LEFT_OUT} else LOUD
    if len(part.text) <= most:
        return part.text
    end = part.text[-most // 3 :]
    space = end.find(" ", 0, len(end) // 2)
    return f"{_beginning(part.text, most * 2 // 3)} {end[space + 1 :]}"


def _beginning(text: str, most: int = ABOUT) -> str:
    """So many characters of a text, up to a space where there is one near."""
    if len(text) <= most:
        return text.rstrip()
    space = text.rfind(" ", most // 2, most)
    return f"{text[: space if space > 0 else most].rstrip()} …"
