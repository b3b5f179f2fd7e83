"""Says what is wrong with pages and golds before anybody is scored by them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby, pairwise
from pathlib import Path
from typing import Any

from .. import goldfiles
from ..errors import EnvironmentFault
from ..records import Page, PageToken, Region
from ..regions import KINDS, Resolved, resolve, visible_text
from ..text import decode, tokens

COLLECTIONS = (("seeds", "goldens"), ("seeds/composed", "goldens/composed"))
"""Folders of pages and of their golds, below the root."""
COMPOSED = "seeds/composed"
"""Pages that share bodies on purpose, and so may be nearly the same."""
SHARED_LABELS = ("language", "page_type")
"""What page and gold both state."""
MARKS = re.compile(
    r"(?<![\w-])(?:cc-select|mark-selected|data-label|__boilernet_label|x-nc-sel\d*|data-anno-uid)(?![\w-])|<marked-",
    re.IGNORECASE,
)
"""Traces of annotation tools in a page: of WebMainBench, L3S-GN1, BoilerNet and their kin."""
SHINGLE = 4
"""How many consecutive words make a shingle."""
ALIKE = 0.8
"""Jaccard similarity of shingles from which two pages are near-duplicates."""
REPEATED = 0.8
"""Share of an original's words that a copy repeats at least (guideline, rule 12)."""
QUOTED = 40
"""Most words of a page that one quote of an overlay may hold."""
SHOWN = 100
"""How many problems of one gold's regions are shown."""
REMEDIES = {
    "is not a CSS selector": "correct the selector",
    "elements, not one": "write a selector that matches exactly one element",
    "is not there": "quote words that stand in that element, in their order",
    "stands there": "add prefix or suffix",
    "words in no region": "add them to a region",
    "words in several regions": "leave them in one region",
    "holds no word": "point it at words of the page, or remove it",
    "stands before": "list regions in document order",
}
"""What helps against a problem that `regions.resolve` names so."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a page or its gold."""

    file: str
    """File it was found in, relative to the root."""
    line: int | None
    """Line of the file, counted from 1, where it is known."""
    message: str
    """What is wrong."""
    remedy: str
    """What to do about it."""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.message}; {self.remedy}"


@dataclass(frozen=True)
class _Case:
    """One page with its gold: names of the four files, and what could be read of them."""

    page: str
    facts: str
    gold: str
    body: str
    html: str | None
    sha256: str | None
    labels: Mapping[str, object]
    toml: str
    record: goldfiles.GoldFile | None
    lines: tuple[list[str], ...]
    """Tokens of each line of the body; empty where there is no body."""


def lint(root: Path) -> list[Finding]:
    """All that is wrong with the pages and golds below a root that holds `seeds/` and `goldens/`, sorted.

    Missing files, TOML that cannot be used, bytes that are not those that were annotated, regions that do not fit
    their page or break the guideline, bodies that differ from their main regions or hold words the page lacks, traces
    of annotation tools in a page, pages that are nearly the same. `EnvironmentFault` for a file the system will not
    read.
    """
    findings: list[Finding] = []
    shingles: dict[str, set[int]] = {}
    for pages, golds in COLLECTIONS:
        names = _names(root, pages, golds)
        if not names and pages != COMPOSED:
            findings.append(Finding(pages, None, "it holds no pages", f"give a folder that holds {pages}/<id>.html"))
        for name in names:
            case = _read(root, pages, golds, name, findings)
            words = _check(case, findings)
            if pages != COMPOSED:
                shingles[case.page] = _shingles(words)
    findings += _near_duplicates(shingles)
    return sorted(findings, key=lambda finding: (finding.file, finding.line or 0, finding.message))


def lint_overlay(root: Path, corpus: str, name: str, page: Page | None) -> list[Finding]:
    """All that is wrong with the regions laid over one page of a corpus that is not ours.

    Without the page, since the corpus is not on this disk, only the file itself is looked at.
    """
    file = f"goldens/overlays/{corpus}/{name}.toml"
    findings: list[Finding] = []
    toml = _utf8(file, _bytes(root / file), findings)
    if toml is None:
        return findings
    record = goldfiles.parse(toml, name)
    html = None if page is None else decode(page.html, page.charset)
    sha256 = None if page is None else page.sha256
    case = _Case(f"{corpus} {name}", "", file, "", html, sha256, {}, toml, record, ())
    findings += [Finding(file, flaw.line, flaw.message, flaw.remedy) for flaw in record.flaws]
    findings += _stale(case, record)
    findings += _long_quotes(case, record)
    if html is not None and record.regions:
        resolved = resolve(html, record.regions)
        findings += _misfits(case, record, resolved)
        if not resolved.problems:
            findings += _against_guideline(case, record, [region for region, _ in record.regions], resolved.tokens)
    return findings


def no_such_page(corpus: str, name: str) -> Finding:
    """What is said of an overlay for a page that its corpus, which is at hand, does not have."""
    file = f"goldens/overlays/{corpus}/{name}.toml"
    return Finding(file, None, f"corpus {corpus!r} has no page with this id", "name the file after the page's id")


def _long_quotes(case: _Case, record: goldfiles.GoldFile) -> Iterator[Finding]:
    """Quotes that copy more of somebody's page than is needed to find a place in it."""
    for number, (_, places) in enumerate(record.regions):
        for place in places:
            quoted = [quote for quote in (place.exact, place.until, place.prefix, place.suffix) if quote]
            longest = max((len(tokens(quote)) for quote in quoted), default=0)
            if longest > QUOTED:
                message = f"region {number + 1} quotes {longest} words of the page"
                yield Finding(case.gold, record.lines[number], message, "quote where it begins, and `until` its end")


def _patterns(pages: str, golds: str) -> tuple[str, str, str, str]:
    return f"{pages}/{{}}.html", f"{pages}/{{}}.toml", f"{golds}/{{}}.toml", f"{golds}/{{}}.txt"


def _names(root: Path, pages: str, golds: str) -> list[str]:
    """Names of all pages of which at least one file is there; a given document beside the pages is none of them."""
    found = (file for pattern in _patterns(pages, golds) for file in root.glob(pattern.format("[!.]*")))
    return sorted({file.stem for file in found if file.is_file()})


def _read(root: Path, pages: str, golds: str, name: str, findings: list[Finding]) -> _Case:
    page, facts, gold, body = (pattern.format(name) for pattern in _patterns(pages, golds))
    raw = {file: _bytes(root / file) for file in (page, facts, gold, body)}
    findings += [
        Finding(file, None, "the file is missing", f"add it, or remove the others of {name}")
        for file, data in raw.items()
        if data is None
    ]
    html, toml, text = raw[page], _utf8(gold, raw[gold], findings), _utf8(body, raw[body], findings)
    stated = _stated(facts, _utf8(facts, raw[facts], findings), findings)
    charset, labels = stated.get("charset"), stated.get("attributes")
    return _Case(
        page=page,
        facts=facts,
        gold=gold,
        body=body,
        html=None if html is None else decode(html, charset if isinstance(charset, str) else None),
        sha256=None if html is None else hashlib.sha256(html).hexdigest(),
        labels=labels if isinstance(labels, dict) else {},
        toml=toml or "",
        record=None if toml is None else goldfiles.parse(toml, name),
        lines=() if text is None else tuple(tokens(line) for line in text.split("\n")),
    )


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes() if file.is_file() else None
    except OSError as error:
        raise EnvironmentFault(
            f"{file} cannot be read ({error.strerror}); check the disk and its permissions"
        ) from error


def _utf8(file: str, data: bytes | None, findings: list[Finding]) -> str | None:
    try:
        return None if data is None else data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        findings.append(Finding(file, line, f"it is not UTF-8 ({error.reason})", "save it as UTF-8"))
        return None


def _stated(file: str, text: str | None, findings: list[Finding]) -> dict[str, Any]:
    """What the TOML beside a page states."""
    try:
        stated = tomllib.loads(text or "")
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        findings.append(
            Finding(file, int(line[1]) if line else None, f"not TOML: {error}", "correct what stands there")
        )
        return {}
    wrong = [("charset", str, "string"), ("url", str, "string"), ("attributes", dict, "table")]
    findings += [
        Finding(file, None, f"{key} is no {kind}: {stated[key]!r}", f"make it a {kind}")
        for key, type_, kind in wrong
        if not isinstance(stated.get(key, type_()), type_)
    ]
    return stated


def _check(case: _Case, findings: list[Finding]) -> list[str]:
    """Add all findings about one page and its gold; the words of the page."""
    if case.record is not None:
        findings += [Finding(case.gold, flaw.line, flaw.message, flaw.remedy) for flaw in case.record.flaws]
        findings += _stale(case, case.record)
    if case.html is None:
        return []
    findings += _marks(case, case.html)
    resolved: Resolved | None = None
    if case.record is not None and case.record.regions:
        resolved = resolve(case.html, case.record.regions)
        findings += _misfits(case, case.record, resolved)
    fits = resolved is not None and not resolved.problems
    words = [token.text for token in resolved.tokens] if resolved and fits else tokens(visible_text(case.html))
    if case.record is not None and resolved is not None and fits:
        regions = [region for region, _ in case.record.regions]
        findings += _against_guideline(case, case.record, regions, resolved.tokens)
        findings += _unlike_main(case, regions, resolved.tokens)
    findings += _absent(case, words)
    return words


def _stale(case: _Case, record: goldfiles.GoldFile) -> Iterator[Finding]:
    """Facts of a gold that are not those of its page."""
    stated = record.facts.get("sha256", "")
    if case.sha256 and re.fullmatch("[0-9a-f]{64}", stated) and stated != case.sha256:
        line = goldfiles.line_of("sha256", case.toml)
        message = f"the gold was made for other bytes: those of {case.page} have the sha256 {case.sha256}"
        yield Finding(case.gold, line, message, "bring the page back, or read it anew and state this sha256")
    for key in SHARED_LABELS:
        here, there = record.facts.get(key), case.labels.get(key)
        if here is not None and there is not None and here != there:
            line = goldfiles.line_of(key, case.toml)
            yield Finding(case.gold, line, f"{key} is {here!r}, but {there!r} in {case.facts}", "make the two agree")


def _marks(case: _Case, html: str) -> Iterator[Finding]:
    found: dict[str, list[int]] = {}
    for match in MARKS.finditer(html):
        found.setdefault(match[0].lower(), []).append(match.start())
    for mark, places in found.items():
        line = html.count("\n", 0, places[0]) + 1
        message = f"{mark!r}, a trace of an annotation tool, stands in the page ({len(places)} times)"
        yield Finding(case.page, line, message, "use the page as it was fetched")


def _misfits(case: _Case, record: goldfiles.GoldFile, resolved: Resolved) -> Iterator[Finding]:
    """Where regions and page do not fit each other."""
    for problem in resolved.problems[:SHOWN]:
        remedy = next((remedy for phrase, remedy in REMEDIES.items() if phrase in problem), "correct the region")
        number = re.match(r"(?:words in several regions, |region )(\d+)", problem)
        line = record.lines[int(number[1]) - 1] if number else None
        yield Finding(case.gold, line, problem.removesuffix(f"; {remedy}"), remedy)
    more = len(resolved.problems) - SHOWN
    if more > 0:
        yield Finding(case.gold, None, f"{more} more problems of regions", "correct those above first")


def _against_guideline(
    case: _Case, record: goldfiles.GoldFile, regions: Sequence[Region], placed: Sequence[PageToken]
) -> Iterator[Finding]:
    words: dict[int, Counter[str]] = {}
    for token in placed:
        words.setdefault(token.region, Counter())[token.text] += 1
    breaches = [*_unpartitioned(regions), *_badly_cut(regions, placed), *_bad_copies(regions, words)]
    for number, message, remedy in breaches:
        named = f"region {number + 1} ({regions[number].kind}) {message}"
        yield Finding(case.gold, record.lines[number], named, remedy)


Breach = tuple[int, str, str]
"""Number of a region, what is wrong with it, and what to do about it."""


def _unpartitioned(regions: Sequence[Region]) -> Iterator[Breach]:
    for number, region in enumerate(regions):
        if region.kind == "comments" and region.part is None:
            yield number, "has no part", "say whether it is text, meta or ui"


def _badly_cut(regions: Sequence[Region], placed: Sequence[PageToken]) -> Iterator[Breach]:
    """Rule 12: a region is the longest unbroken stretch of one kind; what a copy points at stays by itself."""
    runs = [number for number, _ in groupby(token.region for token in placed)]
    originals = {region.copy_of for region in regions}
    for number, times in Counter(runs).items():
        if times > 1:
            yield number, f"is cut into {times} pieces by others", "make each piece a region of its own"
    for one, other in dict.fromkeys(pairwise(runs)):
        if regions[one] == regions[other] and not originals & {one, other}:
            yield other, f"goes on where region {one + 1} of the same kind ends", "make the two one region"


def _bad_copies(regions: Sequence[Region], words: Mapping[int, Counter[str]]) -> Iterator[Breach]:
    """Rule 12: a copy repeats at least four fifths of the words of one earlier region; titles are never copies."""
    for number, region in enumerate(regions):
        original = region.copy_of
        if original is None:
            continue
        if region.kind == "title":
            yield number, "is called a copy", "titles are never copies: take copy_of away"
        elif regions[original].copy_of is not None:
            yield number, f"copies region {original + 1}, which is a copy itself", "point at the first printing"
        else:
            share = (words[original] & words[number]).total() / words[original].total()
            if share < REPEATED:
                message = f"repeats {share:.0%} of the words of region {original + 1}, not four fifths"
                yield number, message, "take copy_of away, or cut the original where its copy ends"


def _unlike_main(case: _Case, regions: Sequence[Region], placed: Sequence[PageToken]) -> Iterator[Finding]:
    """Whether the body says what the main regions say that copy no other, word for word and in order."""
    if not case.lines:
        return
    wanted = {n for n, region in enumerate(regions) if _is_main(region) and region.copy_of is None}
    main = [token.text for token in placed if token.region in wanted]
    body = [(word, line) for line, words in enumerate(case.lines, 1) for word in words]
    if main == [word for word, _ in body]:
        return
    pairs = enumerate(zip(main, body, strict=False))
    at = next((place for place, (word, (other, _)) in pairs if word != other), min(len(main), len(body)))
    here, there = " ".join(word for word, _ in body[at : at + 6]), " ".join(main[at : at + 6])
    message = (
        f"the body ({len(body)} words) differs from the main regions ({len(main)} words) from word {at + 1} on: "
        f"{here!r}, not {there!r}"
    )
    line = body[at][1] if at < len(body) else len(case.lines)
    yield Finding(case.body, line, message, "make body and main regions say the same words in the same order")


def _is_main(region: Region) -> bool:
    return region.kind in KINDS and KINDS[region.kind].role == "main"


def _absent(case: _Case, words: Sequence[str]) -> Iterator[Finding]:
    """Words of the body that the page does not hold, or not so often."""
    left = Counter(words)
    for number, line in enumerate(case.lines, 1):
        lacking = []
        for word in line:
            left[word] -= 1
            lacking += [word] if left[word] < 0 else []
        if lacking:
            more = " …" if len(lacking) > 10 else ""
            message = f"words that the page does not hold, or not so often: {' '.join(lacking[:10])}{more}"
            yield Finding(case.body, number, message, "write the body as the page prints it")


def _shingles(words: Sequence[str]) -> set[int]:
    size = min(SHINGLE, len(words))
    return {hash(shingle) for shingle in zip(*(words[start:] for start in range(size)), strict=False)}


def _near_duplicates(shingles: Mapping[str, set[int]]) -> Iterator[Finding]:
    for one, other in combinations(sorted(name for name, found in shingles.items() if found), 2):
        small, large = sorted([shingles[one], shingles[other]], key=len)
        if len(small) < ALIKE * len(large):  # the most that the two could share
            continue
        shared = len(small & large)
        similarity = shared / (len(small) + len(large) - shared)
        if similarity >= ALIKE:
            message = f"it is nearly {one}: Jaccard similarity {similarity:.2f} of runs of {SHINGLE} words"
            yield Finding(other, None, message, "keep one of the two pages")
