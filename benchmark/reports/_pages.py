"""Views of single pages as HTML: a page's text by region, beside what one answer kept, lost and let through."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from markupsafe import Markup

from ..records import Metric, PageAnswer, PageEntry, PageLine, PageView, Passage, Results, Tally
from ..regions import KINDS, NAMED
from ..text import spelt_out
from . import _shell

INDEX = "index.html"
"""Name of the report that links to the views, in the folder above them."""
LETTERS = {"kept": "k", "lost": "l", "leaked": "e", "left out": "o", "repeated": "r", "doubtful": "d"}
"""State -> its letter in the compact form that page.js reads."""
RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))))
"""Names that Windows keeps for devices, whatever follows behind a dot."""
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-.")
LONGEST_NAME = 100
"""Characters of a file's name that stay as they are; of a longer one a hash takes the end's place."""
PART = 2000
"""Lines of a page in one piece; a longer page is folded into pieces, so that a browser lays out what is looked at."""
LONGEST_TEXT = 300
"""Characters of a foreign name, address or message that are shown."""


def render_pages(results: Results) -> Iterator[tuple[str, bytes]]:
    """One file for each view, `pages/<corpus>/<page>.html`, made one after the other.

    Each opens from the disk without network under a strict content policy. The page's text and the table of tallies
    are there without JavaScript; with it `#adapter=NAME` chooses an answer, `&line=N` a line, `&show=` which
    lines are shown.
    """
    apart = frozenset(results.counted_apart)
    declared = {metric.name: metric for metric in results.metrics}
    orders: dict[str, list[PageEntry]] = {}
    for entry in results.entries:
        if entry.viewed:
            orders.setdefault(entry.corpus, []).append(entry)
    places = {(one.corpus, one.page_id): place for order in orders.values() for place, one in enumerate(order)}
    for view in results.views:
        place = places[view.corpus, view.page_id]
        yield address(view.corpus, view.page_id), _page(view, orders[view.corpus], place, apart, declared)


def address(corpus: str, page_id: str) -> str:
    """Path of a page's view, relative to the folder of the report."""
    return f"pages/{file_name(corpus)}/{file_name(page_id)}.html"


def file_name(name: str) -> str:
    """A file's name that stands for this name alone, on file systems that fold case as well.

    Letters a to z, digits, hyphens and inner dots stand for themselves, every other byte of the UTF-8 form as `_` and
    two hex digits. Of a long name the beginning is kept, and `__` with a hash of all of it.
    """
    raw = name.encode("utf-8", "surrogatepass")
    parts = [chr(byte) if byte in PLAIN else f"_{byte:02x}" for byte in raw]
    if not raw or raw.startswith(b".") or "".join(parts).partition(".")[0] in RESERVED:
        parts[:1] = [f"_{byte:02x}" for byte in raw[:1]] or ["_"]
    safe = "".join(parts)
    if len(safe) <= LONGEST_NAME:
        return safe
    return f"{safe[: LONGEST_NAME // 2]}__{hashlib.sha256(raw).hexdigest()[:32]}"


# PageView -> bytes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A line of the table of answers."""

    name: str
    """Adapter."""
    fragment: str
    """The same as part of an address."""
    answer: PageAnswer
    """Its answer."""
    apart: bool
    """Whether it is counted apart."""
    scores: tuple[float | None, ...]
    """Values of the columns."""
    leaked: tuple[int, ...]
    """Words leaked, kind by kind."""
    lost: int
    """Words of the main text lost."""
    all_leaked: int
    """Words leaked in all."""
    repeated: int
    """Words printed again."""
    invented: int
    """Words that stand nowhere on the page."""
    moved: int
    """Words of the main text out of the page's order."""


def _page(
    view: PageView, order: Sequence[PageEntry], place: int, apart: frozenset[str], declared: Mapping[str, Metric]
) -> bytes:
    entry, kinds = order[place], _kinds(view)
    columns = _columns(entry)
    lower = bool(columns) and columns[0] in declared and declared[columns[0]].direction == "lower"
    rows = [_row(one, entry, kinds, columns, apart=one.adapter in apart) for one in view.answers]
    rows.sort(key=lambda row: _rank(row, lower=lower))
    worst = next((row.name for row in rows if row.answer.adapter == entry.worst), rows[0].name if rows else "")
    sheets, code = [_shell.source("base.css"), _shell.source("page.css")], _shell.source("page.js")
    page = (
        _shell.environment()
        .get_template("page.html")
        .render(
            policy=_shell.policy(sheets, [code]),
            styles=[_shell.style(sheet) for sheet in sheets],
            script=_shell.script(code),
            data=_shell.data("answers", [_data(row, entry) for row in rows]),
            page=_short(view.page_id),
            corpus=_short(view.corpus),
            url=_short(view.url or ""),
            site=_short(entry.attributes.get("site", "")),
            facts=[(_short(key), _short(told)) for key, told in entry.attributes.items() if told and key != "site"],
            note=_short(view.note),
            index=f"../../{INDEX}",
            before=_neighbour(order, place - 1),
            behind=_neighbour(order, place + 1),
            place=place + 1,
            places=len(order),
            measure=entry.measure,
            disagreement=entry.disagreement,
            columns=columns,
            kinds=kinds,
            named=[kind for kind in NAMED if kind in view.roles],
            rows=rows,
            chosen=worst,
            gold_only="other" in view.roles,
            astray=view.astray,
            text=Markup(_text(view.lines)),  # noqa: S704 - each passage is escaped
        )
    )
    return page.encode("utf-8", "backslashreplace")


def _short(text: str) -> str:
    """A foreign text that cannot steer what shows it, nor fill the page."""
    whole = spelt_out(text)
    return whole if len(whole) <= LONGEST_TEXT else whole[:LONGEST_TEXT] + "…"


def _neighbour(order: Sequence[PageEntry], place: int) -> dict[str, str] | None:
    if not 0 <= place < len(order):
        return None
    return {"href": f"{file_name(order[place].page_id)}.html", "name": _short(order[place].page_id)}


# The page's text -----------------------------------------------------------------------------------------------


def _text(lines: Sequence[PageLine]) -> str:
    """The lines as a list; of a long page as several, of which all but the first are folded away."""
    parts = [lines[start : start + PART] for start in range(0, len(lines), PART)]
    if len(parts) < 2:
        return "".join(map(_list, parts))
    return "".join(
        f'<details class="part"{" open" if part is parts[0] else ""}><summary>lines {part[0].number:,} to '
        f"{part[-1].number:,}<span></span></summary>{_list(part)}</details>\n"
        for part in parts
    )


def _list(lines: Sequence[PageLine]) -> str:
    count = sum(len(line.passages) for line in lines)
    return f'<ol data-passages="{count}">\n{"".join(_lines(lines))}</ol>'


def _lines(lines: Sequence[PageLine]) -> Iterator[str]:
    """The lines as list items: number and kinds, then the text; `same` where the kinds are those of the line before."""
    before = None
    for line in lines:
        kinds = tuple(dict.fromkeys(one.kind for one in line.passages))
        text = "".join(_passage(one, several=len(kinds) > 1) for one in line.passages)
        label = escape(", ".join(kinds).replace("_", " "))
        names = f"{_class(kinds[0])} same" if kinds == before else _class(kinds[0])
        yield f'<li id="L{line.number}" class="{names}"><b>{line.number} {label}</b><p dir="auto">{text}</p></li>\n'
        before = kinds


def _passage(passage: Passage, *, several: bool) -> str:
    own = f' class="{_class(passage.kind)}" title="{escape(passage.kind)}"' if several else ""
    return f"<span{own}>{escape(spelt_out(passage.text))}</span>"


def _class(kind: str) -> str:
    return f"k-{kind}" if kind in NAMED else f"k-{_ROLES.get(kind, 'boilerplate')}"


_ROLES = {"optional": "optional", **{name: kind.role for name, kind in KINDS.items()}}


def _kinds(view: PageView) -> list[tuple[str, int]]:
    """The kinds of boilerplate on the page with their words, the named ones first, then those of most words."""
    counts = Counter[str]()
    for line in view.lines:
        for passage in line.passages:
            counts[passage.kind] += passage.words
    found = [(kind, words) for kind, words in counts.most_common() if view.roles[kind] == "boilerplate"]
    return sorted(found, key=lambda one: NAMED.index(one[0]) if one[0] in NAMED else len(NAMED))


# The answers ---------------------------------------------------------------------------------------------------


def _columns(entry: PageEntry) -> list[str]:
    """The measure that pages are ordered by, then the other headline metrics of its scorer."""
    if not entry.measure:
        return []
    family = entry.measure.partition(".")[0] + "."
    return [entry.measure, *(name for name in entry.values if name.startswith(family) and name != entry.measure)]


def _row(
    answer: PageAnswer, entry: PageEntry, kinds: Sequence[tuple[str, int]], columns: Sequence[str], *, apart: bool
) -> _Row:
    words, totals = Counter[tuple[str, str]](), Counter[str]()
    for tally in answer.tallies:
        words[tally.state, tally.kind] += tally.words
        totals[tally.state] += tally.words
    return _Row(
        name=spelt_out(answer.adapter),
        fragment=quote(spelt_out(answer.adapter), safe="@"),
        answer=answer,
        apart=apart,
        scores=tuple(entry.values.get(name, {}).get(answer.adapter) for name in columns),
        leaked=tuple(words["leaked", kind] for kind, _ in kinds),
        lost=totals["lost"],
        all_leaked=totals["leaked"],
        repeated=totals["repeated"],
        invented=totals["invented"],
        moved=totals["moved"],
    )


def _rank(row: _Row, *, lower: bool) -> tuple[bool, float, str]:
    value = row.scores[0] if row.scores else None
    return row.apart, math.inf if value is None else value if lower else -value, row.name


def _data(row: _Row, entry: PageEntry) -> dict[str, object]:
    """What page.js reads of one answer."""
    answer = row.answer
    scores = [(_short(name), values.get(answer.adapter)) for name, values in entry.values.items()]
    told = [f"{name} {value:.3f}" for name, value in scores if value is not None]
    head = " ".join(part for part in (row.name, _short(answer.version or "")) if part)
    return {
        "name": row.name,
        "head": f"{head} · {answer.outcome}" + (f" · {_short(answer.error)}" if answer.error else ""),
        "scores": " · ".join(told),
        "tallies": [[one.state, _told(one)] for one in answer.tallies],
        "states": "".join(f"{LETTERS[state]}{count if count > 1 else ''}" for state, count in answer.states),
        "invented": [
            [line.number, [[spelt_out(text), int(state == "invented")] for text, state in line.parts]]
            for line in answer.invented
        ],
        "left": answer.invented_left,
    }


def _told(tally: Tally) -> str:
    """A tally in words."""
    kind, share = _short(tally.kind).replace("_", " "), f"{tally.words / tally.of:.0%}"
    noun = "word" if tally.words == 1 else "words"
    if tally.state in {"lost", "leaked"}:
        what = f"{noun} of the main text" if kind == "main" else f"{kind} {noun}"
        blocks = ", ".join(f"{_short(name)} {count:,}" for name, count in Counter(tally.blocks).most_common())
        head = f"{tally.words:,} of {tally.of:,} {what} {tally.state} ({share})"
        return f"{head}: {blocks}" if blocks else head
    meaning = {
        "repeated": f"{'main text' if kind == 'main' else kind} {noun} printed again",
        "doubtful": f"{noun} that would fit text of another kind as well",
        "invented": f"{noun} of the answer nowhere on the page",
        "moved": f"{noun} of the main text out of the page's order",
    }[tally.state]
    return f"{tally.words:,} {meaning} ({share} of the answer)"
