"""One page and one answer, marked word by word: what was kept, lost, leaked, left out, printed again and invented."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain, groupby, islice
from typing import NamedTuple, TypeVar

from rich.console import Console
from rich.text import Text
from selectolax.lexbor import LexborHTMLParser

from .attribution import INVENTED as UNTRACED
from .attribution import Attribution, Tracer, attribute
from .errors import UsageError
from .printings import counted_as, printed_again
from .records import Extraction, Gold, Region, Tally
from .regions import KINDS, TEXT, walk
from .text import BLOCKS, spelt_out, tokens

# What became of a word -----------------------------------------------------------------------------------------

KEPT, LOST, LEAKED, LEFT_OUT = "kept", "lost", "leaked", "left out"
REPEATED, DOUBTFUL, INVENTED = "repeated", "doubtful", "invented"
MOVED = "moved"
"""Stands in the answer, but out of the page's order: counted, not marked."""

ROLES = {**{name: kind.role for name, kind in KINDS.items()}, "optional": "optional", "other": "boilerplate"}
"""Kind -> role; `optional` and `other` are the kinds of a page of which only the body is known, beside `main`."""


@dataclass(frozen=True)
class Line:
    """One line of visible text; `kinds` and `states` have an entry for each token of it."""

    number: int
    """Number of the line, counted from 1, as `boilerbench blocks` numbers the lines of a page."""
    text: str
    """The line as printed, runs of white space as one space."""
    kinds: Sequence[str]
    """Of which kind each token is."""
    states: Sequence[str]
    """What became of it: KEPT and so on."""


class Stretch(NamedTuple):
    """Words of one kind in a row that fared alike."""

    text: str
    """The words as printed, with the punctuation and white space behind them."""
    kind: str
    state: str
    words: int
    """Number of its tokens."""


@dataclass(frozen=True)
class Diff:
    """A page and an answer, held against each other."""

    lines: tuple[Line, ...]
    """The page's lines that hold a token, in document order."""
    invented: tuple[Line, ...]
    """Lines of the answer, numbered as they stand there, that hold invented words; the other words are KEPT."""
    tallies: tuple[Tally, ...]
    """What went wrong, most words first."""
    astray: int
    """Words of the gold's body that stand nowhere on the page, so that nobody can keep them."""


# Page, gold, answer -> Diff ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Page:
    """A page's tokens and what the gold says of each."""

    words: list[str]
    regions: Sequence[Region]
    owners: list[int]
    """Token -> number of its region."""
    kinds: list[str]
    blocks: list[str]
    """Type of block; empty where only the body is known."""
    prints: list[int]
    """Token -> the token it counts as, see `printings.counted_as`."""
    astray: int = 0


@dataclass(frozen=True)
class _Found:
    """What of a page stands in the answer, a byte for each page token."""

    itself: bytearray
    """Whether it was printed."""
    counted: bytearray
    """Whether it, or one that counts as the same, was printed."""
    again: bytearray
    """Whether it was printed beyond one printing."""
    doubtful: bytearray
    """Whether it was printed, unless that was another word of another kind."""


@dataclass(frozen=True)
class Marked:
    """One answer, held against a page."""

    states: list[str]
    """What became of each token of the page, in document order."""
    invented: tuple[Line, ...]
    """As in `Diff`."""
    tallies: tuple[Tally, ...]
    """As in `Diff`."""
    words: int
    """Number of tokens of the answer."""


class Marker:
    """A page and its gold, read once; any number of answers can be held against them.

    Counted as the scorer `regions` counts: words traced by `attribution`, a copy of the main text as good as the
    original, best estimates where the source is doubtful. Where the gold has no regions, `main` is its body as traced
    onto the page, its optional lines are `optional` and all else `other`; of a body that the page prints twice, one
    print is `main`. Raises `UsageError` where the gold's tokens are not those of the page.
    """

    def __init__(self, html: str, gold: Gold) -> None:
        """Read a decoded page by its gold."""
        self._texts, self._lines = _tokenised(_page_lines(html))
        self._page = _annotated(self._lines, gold) if gold.tokens else _traced(self._lines, gold)
        kinds = {kind: number for number, kind in enumerate(ROLES)}
        self._tracer = Tracer(self._page.words, [kinds[kind] for kind in self._page.kinds])

    @property
    def kinds(self) -> list[str]:
        """Of which kind each token is."""
        return self._page.kinds

    @property
    def astray(self) -> int:
        """Words of the gold's body that stand nowhere on the page."""
        return self._page.astray

    @property
    def lines(self) -> list[tuple[str, int]]:
        """The page's lines that hold a token, as printed with runs of white space as one space, and their tokens."""
        return [(" ".join(text.split()), len(words)) for (_, text), words in zip(self._texts, self._lines, strict=True)]

    def against(self, answer: str) -> Marked:
        """Mark the words of the page, and of an answer as plain text, by what became of them."""
        page = self._page
        texts, lines = _tokenised(answer.splitlines())
        output = list(chain.from_iterable(lines))
        trace = self._tracer.attribute(output)
        again = printed_again(page.words, page.owners, page.regions, output, trace)
        found = _found(page, trace, again)
        return Marked(
            states=_states(page, found),
            invented=tuple(_invented(texts, lines, trace)),
            tallies=tuple(sorted(_tallies(page, trace, found, again), key=lambda one: -one.words)),
            words=len(output),
        )


def marked(html: str, gold: Gold, answer: str) -> Diff:
    """Mark the words of a decoded page, and of an answer as plain text, by what became of them; see `Marker`."""
    page = Marker(html, gold)
    found = page.against(answer)
    lines = tuple(_marked_lines(page.lines, page.kinds, found.states))
    return Diff(lines, found.invented, found.tallies, page.astray)


def stretches(line: Line) -> Iterator[Stretch]:
    """The words of a line, those in a row together that are of one kind and fared alike; the texts make up the line."""
    for (kind, state), text, words in joined(pieces(line.text, list(zip(line.kinds, line.states, strict=True)))):
        yield Stretch(text, kind, state, words)


def _page_lines(html: str) -> Iterator[str]:
    """The lines of a page as `regions.visible_text` prints them; white space within a text begins no line."""
    body = LexborHTMLParser(html).body
    line: list[str] = []
    for event, node, text in walk(body) if body is not None else ():
        if event == TEXT:
            line.append(text)
        elif node.tag in BLOCKS:
            yield "".join(line)
            line = []
    yield "".join(line)


def _tokenised(lines: Iterable[str]) -> tuple[list[tuple[int, str]], list[list[str]]]:
    """The lines that hold a token, with their number counted from 0, and the tokens of each."""
    both = [((number, line), words) for number, line in enumerate(lines) if (words := tokens(line))]
    return [line for line, _ in both], [words for _, words in both]


def _annotated(lines: Sequence[Sequence[str]], gold: Gold) -> _Page:
    words = [token.text for token in gold.tokens]
    for seen, expected in zip(chain(chain.from_iterable(lines), [None]), [*words, None], strict=False):
        if seen != expected:
            raise UsageError(
                f"page {gold.page_id} reads {seen!r} where its gold has {expected!r}; the gold was made for another "
                "page or another reading of it: `boilerbench lint` says more. Restore the page or annotate it again"
            )
    owners = [token.region for token in gold.tokens]
    kinds = [gold.regions[owner].kind for owner in owners]
    return _Page(words, gold.regions, owners, kinds, [token.block for token in gold.tokens], counted_as(gold))


def _traced(lines: Sequence[Sequence[str]], gold: Gold) -> _Page:
    """A page of which only the body is known, as one region of each kind."""
    words = list(chain.from_iterable(lines))
    regions = (Region("other"), Region("main"), Region("optional"))
    owners = [0] * len(words)
    _, body = _tokenised(gold.body.split("\n"))
    roles = [
        2 if number in gold.optional else 1 for number, line in enumerate(gold.body.split("\n")) for _ in tokens(line)
    ]
    trace = attribute(words, list(chain.from_iterable(body)))
    for role, source, length in zip(roles, trace.sources, trace.lengths, strict=True):
        owners[source : source + length] = [role] * length
    astray = sum(source == UNTRACED for source in trace.sources)
    kinds = [regions[owner].kind for owner in owners]
    return _Page(words, regions, owners, kinds, [""] * len(words), list(range(len(words))), astray)


def _found(page: _Page, trace: Attribution, again: Sequence[bool]) -> _Found:
    size = len(page.words)
    found = _Found(bytearray(size), bytearray(size), bytearray(size), bytearray(size))
    for source, length, others, more in zip(trace.sources, trace.lengths, trace.candidates, again, strict=True):
        for place in range(source, source + length):
            found.itself[place] = found.counted[page.prints[place]] = 1
            found.again[place] |= more
            found.doubtful[place] |= bool(others)
    for place, same in enumerate(page.prints):
        found.counted[place] = found.counted[same]
    return found


def _states(page: _Page, found: _Found) -> list[str]:
    roles = [ROLES[region.kind] for region in page.regions]
    copies = [region.kind == "main" and region.copy_of is not None for region in page.regions]
    states = []
    for place, owner in enumerate(page.owners):
        role = roles[owner]
        if found.again[place]:
            states.append(REPEATED)
        elif found.doubtful[place]:
            states.append(DOUBTFUL)
        elif found.itself[place] if copies[owner] else found.counted[place]:
            states.append(LEAKED if role == "boilerplate" else KEPT)
        else:
            states.append(LOST if role == "main" and not copies[owner] else LEFT_OUT)
    return states


def _marked_lines(lines: Sequence[tuple[str, int]], kinds: Sequence[str], states: Sequence[str]) -> Iterator[Line]:
    start = 0
    for number, (text, words) in enumerate(lines, 1):
        stop = start + words
        yield Line(number, text, kinds[start:stop], states[start:stop])
        start = stop


def _invented(texts: Sequence[tuple[int, str]], lines: Sequence[Sequence[str]], trace: Attribution) -> Iterator[Line]:
    start = 0
    for (number, text), words in zip(texts, lines, strict=True):
        sources = trace.sources[start : start + len(words)]
        start += len(words)
        if UNTRACED in sources:
            states = [INVENTED if source == UNTRACED else KEPT for source in sources]
            yield Line(number + 1, " ".join(text.split()), ["answer"] * len(words), states)


def _tallies(page: _Page, trace: Attribution, found: _Found, again: Sequence[bool]) -> Iterator[Tally]:
    size = len(trace.sources)
    wanted: dict[str, list[int]] = {}
    for place, kind in enumerate(page.kinds):
        if kind != "main" or page.regions[page.owners[place]].copy_of is None:
            wanted.setdefault(kind, []).append(place)
    for kind, places in wanted.items():
        printed = sum(found.counted[place] for place in places)
        if ROLES[kind] == "boilerplate" and printed:
            yield Tally(LEAKED, kind, printed, len(places), {})
        elif ROLES[kind] == "main" and printed < len(places):
            blocks = Counter(page.blocks[place] for place in places if not found.counted[place] and page.blocks[place])
            yield Tally(LOST, kind, len(places) - printed, len(places), blocks)
    repeated = Counter(page.kinds[source] for source, more in zip(trace.sources, again, strict=True) if more)
    yield from (Tally(REPEATED, kind, words, size, {}) for kind, words in repeated.items())
    rest = {
        DOUBTFUL: sum(bool(others) for others in trace.candidates),
        INVENTED: sum(source == UNTRACED for source in trace.sources),
    }
    yield from (Tally(state, "", words, size, {}) for state, words in rest.items() if words)
    moved = _moved(page, trace, again)
    if moved:
        yield Tally(MOVED, "main", moved, size, {})


def _moved(page: _Page, trace: Attribution, again: Sequence[bool]) -> int:
    """Words of the main text that must be taken out of the answer for the rest to stand in the page's order."""
    places = [
        page.prints[source]
        for source, more in zip(trace.sources, again, strict=True)
        if source != UNTRACED and not more and page.kinds[source] == "main"
    ]
    # Smallest last place of a row of each length that stands in order (patience sorting).
    ends: list[int] = []
    for place in places:
        at = bisect_right(ends, place)
        ends[at : at + 1] = [place]
    return len(places) - len(ends)


Mark = TypeVar("Mark", bound=Hashable)


def joined(found: Iterable[tuple[str, Mark, int]]) -> Iterator[tuple[Mark, str, int]]:
    """Pieces in a row that have the same mark, put together: mark, text and number of tokens."""
    for mark, group in groupby(found, key=lambda piece: piece[1]):
        same = list(group)
        yield mark, "".join(text for text, _, _ in same), sum(words for _, _, words in same)


def pieces(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, Mark, int]]:
    """The printed words of a text with mark and number of tokens, cut where the marks of its tokens change."""
    if len(set(marks)) == 1:
        yield text, marks[0], len(marks)
        return
    start = 0
    for found in re.finditer(r"\S+\s*", text):
        chunk = found[0]
        stop = start + len(tokens(chunk))
        own = marks[start:stop] or marks[max(0, start - 1) : start] or marks[:1]
        if len(set(own)) == 1:
            yield chunk, own[0], stop - start
        else:
            yield from _cut(chunk, own)
        start = stop


def _cut(word: str, marks: Sequence[Mark]) -> Iterator[tuple[str, Mark, int]]:
    start = 0
    groups = [(mark, len(list(group))) for mark, group in groupby(marks)]
    for mark, count in groups[:-1]:
        stop = _behind(word, start, count)
        yield word[start:stop], mark, count
        start = stop
    yield word[start:], *groups[-1]


def _behind(word: str, start: int, count: int) -> int:
    """Where the token begins that follows the first `count` from `start` on.

    The stretch looked at grows twofold, so that a line of one long word (Chinese has no spaces) takes n log n.
    """

    def seen(stop: int) -> int:
        return len(tokens(word[start:stop]))

    reach = start + count
    while reach < len(word) and seen(reach) <= count:
        reach = min(len(word), start + 2 * (reach - start))
    return bisect_left(range(reach + 1), count + 1, lo=start, key=seen) - 1


# Diff -> text --------------------------------------------------------------------------------------------------

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
