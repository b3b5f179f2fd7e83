"""An annotator's decisions as lines of text, block by block, and the regions they make on a page."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from ..errors import UsageError
from ..goldfiles import Placed
from ..records import Gold, PageToken, Region
from ..regions import KINDS, PARTS
from ..text import tokens
from .blocks import read
from .selections import Pointer

EXPECTED = f"""one entry per line, # begins a comment; every word of the page in just one entry:
  1-63 navigation                            # blocks 1 to 63, as `boilerbench blocks PAGE` numbers them
  71 "By Ann Lee" byline                     # of block 71 only these words; "…"#2 where they stand in it twice
  72-77 main name=body                       # a name, so that a copy can point at it
  80-85 comments:text                        # part of comments: {", ".join(PARTS)}
  86-90 main copy_of=body                    # repeats the earlier entry with that name
  kinds: {", ".join(KINDS)}"""
QUOTATION_MARKS = "\"'“”„‟‘’‚«»‹›「"
SHOWN = 8
"""How many words of a stretch an error shows."""
_LINE = re.compile(
    r"(?P<first>[0-9]{1,9})(?:\s*-\s*(?P<last>[0-9]{1,9}))?(?!\S)\s*"
    r'(?:"(?P<quote>(?:[^"\\]|\\.)*)"(?:\s*\#(?P<nth>[0-9]{1,9})(?!\S))?(?!\S)\s*)?'
    r"(?P<rest>.*)"
)


@dataclass(frozen=True)
class Entry:
    """One line of an annotation: of which kind some blocks, or some words of one block, are."""

    line: int
    """Line of the annotation, counted from 1."""
    first: int
    """Number of the first block."""
    last: int
    """Number of the last block."""
    kind: str
    """One of the kinds in `regions.KINDS`."""
    part: str | None = None
    """Part of comments."""
    name: str | None = None
    """What a copy can point at."""
    copy_of: str | None = None
    """Name of what it repeats."""
    quote: str | None = None
    """Words of the block; None for all of it."""
    nth: int | None = None
    """Which occurrence of the words, counted from 1; None where there must be just one."""


def parse(text: str) -> list[Entry]:
    """The entries of an annotation, in its order; `UsageError` names every line that cannot be read, and why."""
    problems: list[str] = []
    entries: list[Entry] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            faults: list[str] = []
            entry = _entry(number, line.strip(), faults)
            entries += [entry] if entry and not faults else []
            problems += [f"line {number}: {fault}" for fault in faults]
    _refuse(problems)
    return entries


def regions_of(html: str, entries: Sequence[Entry]) -> list[Placed]:
    """The regions that the entries make on a decoded page, in document order, and where each of them stands.

    Neighbours of one kind, part, copy and name become one region. `UsageError` names all that is wrong: blocks and
    words that are not there, names and copies that lead nowhere, words without an entry or with several.
    """
    page = read(html)
    blocks = _spans(page.tokens)
    problems = _copy_problems(entries)
    owners: list[list[Entry]] = [[] for _ in page.tokens]
    doubtful: set[int] = set()
    for entry in entries:
        span = _span(entry, page.tokens, blocks, problems)
        if span is None:
            doubtful.update(range(entry.first, entry.last + 1))
        for owner in owners[slice(*span)] if span else []:
            owner.append(entry)
    problems += _coverage_problems(page.tokens, blocks, owners, doubtful)
    _refuse(problems)
    stretches = _stretches([entry for (entry,) in owners])
    _refuse(_name_problems(stretches))
    numbers = {entry.name: number for number, (entry, _, _) in enumerate(stretches) if entry.name}
    pointer = Pointer(page)
    return [
        (
            Region(entry.kind, entry.part, numbers[entry.copy_of] if entry.copy_of else None),
            pointer.selections(start, stop),
        )
        for entry, start, stop in stretches
    ]


def entries_of(gold: Gold) -> str:
    """The annotation that gives the regions of a gold back, so that they can be edited; names are made anew.

    Words of a block are quoted as tokens, since a gold does not hold the page's own print.
    """
    blocks = _spans(gold.tokens)
    named = _worth_a_name(gold.regions)
    lines = [f"# page {gold.page_id}"]
    for number, group in groupby(range(len(gold.tokens)), key=lambda place: gold.tokens[place].region):
        places = list(group)
        label = _label(gold.regions, number, number in named)
        named.discard(number)  # a region in several pieces has its name once
        lines += [f"{where} {label}" for where in _wheres(gold.tokens, places[0], places[-1] + 1, blocks)]
    return "\n".join([*lines, ""])


def _entry(number: int, line: str, faults: list[str]) -> Entry | None:
    """The entry on a line; its faults are added to those given."""
    match = _LINE.fullmatch(line)
    if match is None:
        faults.append(f"{line!r} cannot be read; begin with a block, or with a block and words in straight quotes")
        return None
    first, last, quote = int(match["first"]), int(match["last"] or match["first"]), match["quote"]
    if not 1 <= first <= last:
        faults.append(f"blocks {first} to {last}: write the smaller number first, from 1")
    if quote is not None and first != last:
        faults.append("words are quoted from one block at a time; write a line for each block")
    if quote is not None and not tokens(quote):
        faults.append(f'"{quote}" holds no word; quote words of the block, or leave the quote out')
    if match["nth"] and int(match["nth"]) < 1:
        faults.append("#0 after the quote; occurrences are counted from 1")
    words = list(takewhile(lambda word: not word.startswith("#"), match["rest"].split()))
    kind, colon, part = words[0].partition(":") if words else ("", "", "")
    if kind.startswith(tuple(QUOTATION_MARKS)):
        faults.append('the words cannot be read; put them in straight quotes, a quote in them as \\"')
        return None
    _check_kind(kind, part if colon else None, faults)
    options = _options(words[1:], faults)
    nth = int(match["nth"]) if match["nth"] else None
    words_quoted = None if quote is None else re.sub(r"\\(.)", r"\1", quote)
    return Entry(
        number, first, last, kind, part or None, options.get("name"), options.get("copy_of"), words_quoted, nth
    )


def _check_kind(kind: str, part: str | None, faults: list[str]) -> None:
    if not kind:
        faults.append("the kind is missing; write it behind the blocks")
    elif kind not in KINDS:
        faults.append(f"unknown kind {kind!r}; {_nearest(kind, KINDS)}")
    elif part is not None and kind != "comments":
        faults.append(f"{kind} has no parts, only comments have; write {kind} alone")
    elif part is not None and part not in PARTS:
        faults.append(f"unknown part {part!r} of comments; {_nearest(part, PARTS)}")


def _options(words: Sequence[str], faults: list[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for word in words:
        key, _, value = word.partition("=")
        if key not in {"name", "copy_of"} or not value:
            faults.append(f"{word!r} cannot be read; behind the kind stand name=… and copy_of=… or nothing")
        elif key in options:
            faults.append(f"{key} is given twice; leave one")
        options[key] = value
    return options


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise UsageError("\n".join(["cannot use the annotation:", *(f"- {one}" for one in problems), EXPECTED]))


def _spans(words: Sequence[PageToken]) -> list[tuple[int, int]]:
    """The tokens of each block, half open, in the order of blocks."""
    spans: list[tuple[int, int]] = []
    for _, group in groupby(range(len(words)), key=lambda place: words[place].line):
        places = list(group)
        spans.append((places[0], places[-1] + 1))
    return spans


def _span(
    entry: Entry, words: Sequence[PageToken], blocks: Sequence[tuple[int, int]], problems: list[str]
) -> tuple[int, int] | None:
    """The tokens an entry means, half open; a problem is added to those given where there are none."""
    if entry.last > len(blocks):
        problems.append(f"line {entry.line}: there is no block {entry.last}, the page has {len(blocks)}")
        return None
    start, stop = blocks[entry.first - 1][0], blocks[entry.last - 1][1]
    if entry.quote is None:
        return start, stop
    wanted = tokens(entry.quote)
    found = _occurrences([token.text for token in words[start:stop]], wanted)
    if entry.nth is None and len(found) > 1:
        problems.append(
            f'line {entry.line}: "{entry.quote}" stands {len(found)} times in block {entry.first}; '
            "write #1, #2 … right behind the quote to say which"
        )
    elif (entry.nth or 1) > len(found):
        times = f"only {len(found)} times" if found else "not"
        problems.append(
            f'line {entry.line}: "{entry.quote}" stands {times} in block {entry.first}, '
            f"which reads {_shown(words, start, stop)}; quote whole words of it, in its order"
        )
    else:
        at = start + found[(entry.nth or 1) - 1]
        return at, at + len(wanted)
    return None


def _occurrences(words: Sequence[str], wanted: Sequence[str]) -> list[int]:
    size = len(wanted)
    return [at for at in range(len(words) - size + 1) if list(words[at : at + size]) == list(wanted)]


def _shown(words: Sequence[PageToken], start: int, stop: int) -> str:
    return repr(" ".join(token.text for token in words[start:stop][:SHOWN]) + (" …" if stop - start > SHOWN else ""))


def _coverage_problems(
    words: Sequence[PageToken],
    blocks: Sequence[tuple[int, int]],
    owners: Sequence[Sequence[Entry]],
    doubtful: Container[int],
) -> list[str]:
    """Words without an entry or with several; blocks where an entry went astray are left out."""
    # Whole blocks go together, parts of a block stay apart from the next one.
    whole = [len({tuple(entry.line for entry in owners[place]) for place in range(*block)}) == 1 for block in blocks]

    def stretch(place: int) -> tuple[bool, tuple[int, ...], int | None]:
        line = words[place].line
        return line + 1 in doubtful, tuple(entry.line for entry in owners[place]), None if whole[line] else line

    problems: list[str] = []
    for (doubt, lines, _), group in groupby(range(len(words)), key=stretch):
        if not doubt and len(lines) != 1:
            places = list(group)
            first, last = words[places[0]].line + 1, words[places[-1]].line + 1
            where = f"block {first}" if first == last else f"blocks {first} to {last}"
            what = f"in lines {' and '.join(map(str, lines))}, leave one" if lines else "in no line, add one"
            problems.append(f"{where}, {_shown(words, places[0], places[-1] + 1)}: {what}")
    return problems


def _copy_problems(entries: Sequence[Entry]) -> list[str]:
    kinds = {entry.name: entry.kind for entry in entries if entry.name}
    problems = []
    for entry in entries:
        if entry.copy_of and entry.copy_of not in kinds:
            remedy = _nearest(entry.copy_of, kinds)
            problems.append(f"line {entry.line}: no entry has name={entry.copy_of}; {remedy}")
        elif entry.copy_of and kinds[entry.copy_of] != entry.kind:
            kind = kinds[entry.copy_of]
            problems.append(f"line {entry.line}: {entry.kind} cannot be a copy of {entry.copy_of}, which is {kind}")
    return problems


def _stretches(owners: Sequence[Entry]) -> list[tuple[Entry, int, int]]:
    """What becomes one region each: its first entry, and its tokens, half open."""

    def region(place: int) -> tuple[str | None, ...]:
        entry = owners[place]
        return entry.kind, entry.part, entry.copy_of, entry.name

    groups = (list(group) for _, group in groupby(range(len(owners)), key=region))
    return [(owners[places[0]], places[0], places[-1] + 1) for places in groups]


def _name_problems(stretches: Sequence[tuple[Entry, int, int]]) -> list[str]:
    problems = []
    named: dict[str, Entry] = {}
    for entry, _, _ in stretches:
        if entry.copy_of and entry.copy_of not in named:
            problems.append(
                f"line {entry.line}: {entry.copy_of} does not stand before its copy; the first printing is the original"
            )
        if entry.name and entry.name in named:
            problems.append(
                f"line {entry.line}: name={entry.name} is taken by line {named[entry.name].line}, which it does not "
                "touch; choose another name"
            )
        elif entry.name:
            named[entry.name] = entry
    return problems


def _worth_a_name(regions: Sequence[Region]) -> set[int]:
    """Regions that a copy points at, or that would melt into the next one without a name."""
    alike = {number for number, (one, other) in enumerate(pairwise(regions)) if one == other}
    return {region.copy_of for region in regions if region.copy_of is not None} | alike


def _label(regions: Sequence[Region], number: int, named: bool) -> str:
    region = regions[number]
    kind = f"{region.kind}:{region.part}" if region.part else region.kind
    name = f" name={region.kind}-{number + 1}" if named else ""
    copy = f" copy_of={regions[region.copy_of].kind}-{region.copy_of + 1}" if region.copy_of is not None else ""
    return kind + name + copy


def _wheres(words: Sequence[PageToken], start: int, stop: int, blocks: Sequence[tuple[int, int]]) -> Iterator[str]:
    """A stretch of tokens as blocks, and as words of those blocks of which it holds a part."""
    lines = range(words[start].line, words[stop - 1].line + 1)
    for whole, group in groupby(lines, key=lambda line: start <= blocks[line][0] and blocks[line][1] <= stop):
        members = list(group)
        if whole:
            yield f"{members[0] + 1}-{members[-1] + 1}" if len(members) > 1 else f"{members[0] + 1}"
        else:
            yield from (_quoted_words(words, start, stop, blocks[line], line) for line in members)


def _quoted_words(words: Sequence[PageToken], start: int, stop: int, block: tuple[int, int], line: int) -> str:
    first, last = max(start, block[0]), min(stop, block[1])
    wanted = [token.text for token in words[first:last]]
    found = _occurrences([token.text for token in words[slice(*block)]], wanted)
    nth = f"#{found.index(first - block[0]) + 1}" if len(found) > 1 else ""
    return f'{line + 1} "{" ".join(wanted)}"{nth}'
