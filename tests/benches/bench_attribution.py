"""How right and how fast attribution is, on real pages taken apart at random with the truth known.

As a benchmark (run only when named) it times the two calls on one made-up page. As a script it prints the figures that
docs quote, on the held-out pages of AEB:

    .venv/bin/python tests/benches/bench_attribution.py

Method. The lines of a page as a reader in text mode prints them are grouped into blocks of at least eight tokens; each
block gets one of six labels at random, which is harder than real pages, where neighbours share a label. A share of 45 %
of the blocks is the output; it is then disturbed in the ways of CASES. Development pages are those whose number in the
order of ids has a SHA-256 (of its decimal digits) that begins with a byte below 85; every choice was made on them.
Held out are all pages of sites that have no development page. Foreign words are drawn from all pages at hand; those
that stand on the page as well count as wrong. Times are CPU times in one process, as in use: a page is indexed once, by
us and by difflib (as its second sequence), then its outputs are traced one after another; the least of some rounds
counts.

Columns: tokens with the right label; with the very source; with candidates of another label; with the right label at
the source or a candidate; difflib's right labels; pages traced per second, how many times as fast as difflib that is,
and how many times if the page is indexed for a single output.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmark import machine
from benchmark.attribution import INVENTED, Attribution, Tracer
from benchmark.corpora import aeb
from benchmark.records import Page
from benchmark.regions import visible_text
from benchmark.text import decode, plain, tokens

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

CASES = {
    "clean": "chosen blocks in order",
    "moved": "18 % of the chosen blocks stand somewhere else",
    "repeated": "one chosen block is printed twice",
    "noise": "of the tokens 2 % lost, 1 % joined with the next, 1 % split, 1 % foreign words put in",
    "all": "moved, repeated and noise at once",
    "shuffled": "chosen blocks in random order; for comparison, nothing is claimed",
}
CHOSEN, LABELS, BLOCK = 0.45, 6, 8
MOVED = 0.18
"""Set so that difflib is right on 79 % of the development pages' tokens, which is what moves cost a plain diff."""
LOST, JOINED, SPLIT, FOREIGN = 0.02, 0.01, 0.01, 0.01


def development(number: int) -> bool:
    return hashlib.sha256(str(number).encode()).digest()[0] < 85


def split(folder: Path) -> tuple[list[Page], list[Page]]:
    """Development and held-out pages of AEB."""
    pages = sorted(aeb.pages(folder), key=lambda page: page.id)
    seen = [page for number, page in enumerate(pages) if development(number)]
    sites = {page.attributes["site"] for page in seen}
    return seen, [page for page in pages if page.attributes["site"] not in sites]


def as_plain(page: Page) -> str:
    """Lines as the field's usual reader in text mode prints them: without alternative texts of pictures."""
    return plain(decode(page.html, page.charset), "html")


def as_visible(page: Page) -> str:
    """Lines as gold regions count them: with alternative texts, which often say what a line beside them says."""
    return visible_text(decode(page.html, page.charset))


def blocks(text: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if len(found[-1]) >= BLOCK:
            found.append([])
        found[-1] += tokens(line)
    return [block for block in found if block]


@dataclass(frozen=True)
class Trial:
    """A page, an output made of it, and where each token of the output came from."""

    page: list[str]
    labels: list[int]
    output: list[str]
    truth: list[int]


def labelled(parts: Sequence[Sequence[str]], seed: str) -> list[int]:
    order = random.Random(seed)
    return [label for part in parts for label in [order.randrange(LABELS)] * len(part)]


def disturbed(parts: Sequence[Sequence[str]], case: str, foreign: Sequence[str], seed: str) -> Trial:
    """An output of the page with these blocks; `foreign` are the words that noise may put in."""
    order = random.Random(f"{case} {seed}")
    starts = [sum(map(len, parts[:number])) for number in range(len(parts))]
    page = [token for part in parts for token in part]
    labels = labelled(parts, seed)
    chosen = [number for number in range(len(parts)) if order.random() < CHOSEN] or [0]
    if case == "shuffled":
        order.shuffle(chosen)
    if case in {"moved", "all"}:
        away = [number for number in chosen if order.random() < MOVED]
        chosen = [number for number in chosen if number not in away]
        for number in away:
            chosen.insert(order.randrange(len(chosen) + 1), number)
    if case in {"repeated", "all"}:
        chosen.insert(order.randrange(len(chosen) + 1), order.choice(chosen))
    truth = [starts[number] + offset for number in chosen for offset in range(len(parts[number]))]
    if case not in {"noise", "all"}:
        return Trial(page, labels, [page[place] for place in truth], truth)
    printed = noisy(page, truth, foreign, order)
    return Trial(page, labels, [token for token, _ in printed], [place for _, place in printed])


def noisy(
    page: Sequence[str], truth: Sequence[int], foreign: Sequence[str], order: random.Random
) -> list[tuple[str, int]]:
    printed = []
    ahead = list(reversed(truth))
    while ahead:
        place = ahead.pop()
        word, draw = page[place], order.random()
        if draw < LOST:
            continue
        draw -= LOST
        if draw < JOINED and ahead:
            word += page[ahead.pop()]
        elif JOINED <= draw < JOINED + SPLIT and len(word) > 1:
            cut = order.randrange(1, len(word))
            printed.append((word[:cut], place))
            word = word[cut:]
        elif JOINED + SPLIT <= draw < JOINED + SPLIT + FOREIGN:
            printed.append((order.choice(foreign), INVENTED))
        printed.append((word, place))
    return printed


def trials(parts: Sequence[Sequence[Sequence[str]]], case: str, draws: int = 1) -> list[Trial]:
    """Trials of each page, given as blocks; first one for every page, then the next."""
    foreign = [token for part in parts for block in part for token in block]
    return [
        disturbed(part, case, foreign, f"{draw} {number}") for draw in range(draws) for number, part in enumerate(parts)
    ]


@dataclass(frozen=True)
class Figures:
    """Shares of all tokens of all outputs."""

    label: float
    """Traced to a token of the right label, or rightly called invented."""
    place: float
    """Traced to the very token."""
    ambiguous: float
    """With candidates of another label."""
    covered: float
    """With the right label at the source or at a candidate."""


def figures(given: Sequence[Trial], traced: Sequence[Attribution]) -> Figures:
    label = place = ambiguous = covered = total = 0
    for trial, found in zip(given, traced, strict=True):
        labels = [*trial.labels, INVENTED]  # the last is that of INVENTED, -1
        for source, others, truth in zip(found.sources, found.candidates, trial.truth, strict=True):
            label += labels[source] == labels[truth]
            place += source == truth
            ambiguous += any(labels[other] != labels[source] for other in others)
            covered += labels[truth] in {labels[other] for other in (source, *others)}
        total += len(trial.truth)
    return Figures(label / total, place / total, ambiguous / total, covered / total)


def by_difflib(trial: Trial, matcher: SequenceMatcher[str]) -> Attribution:
    """What the standard library's diff makes of it; the matcher knows the page already."""
    matcher.set_seq1([*trial.output])  # a copy, since the matcher remembers what it did with the same list
    sources = [INVENTED] * len(trial.output)
    for tag, start, end, place, _ in matcher.get_opcodes():
        if tag == "equal":
            sources[start:end] = range(place, place + end - start)
    none: list[tuple[int, ...]] = [()] * len(sources)
    return Attribution(sources, [1] * len(sources), none, [False] * len(sources))


def indexed(trial: Trial) -> Tracer:
    tracer = Tracer(trial.page, trial.labels)
    tracer.places  # noqa: B018 - made when first needed, and part of the index all the same
    return tracer


def matcher_of(trial: Trial) -> SequenceMatcher[str]:
    return SequenceMatcher(None, "", trial.page, autojunk=False)


Seconds = dict[str, float]
"""Case, or `index` -> CPU seconds summed over pages."""


def speeds(pages: Sequence[Mapping[str, Trial]], rounds: int) -> tuple[Seconds, Seconds]:
    """Of ours and of difflib; the least of some rounds for each page and case.

    As in use: a page is indexed once, then its outputs are traced one after another. Cases take turns in being first.
    """
    ours, theirs = dict.fromkeys(["index", *CASES], 0.0), dict.fromkeys(["index", *CASES], 0.0)
    for page in pages:
        one = page["clean"]
        for spent, index, trace in ((ours, indexed, by_us), (theirs, matcher_of, by_difflib)):
            least = dict.fromkeys(spent, float("inf"))
            for turn in range(rounds):
                ready, least["index"] = timed(index, one, least=least["index"])
                for case in (*CASES, *CASES)[turn % len(CASES) :][: len(CASES)]:
                    _, least[case] = timed(trace, page[case], ready, least=least[case])
            for case, took in least.items():
                spent[case] += took
    return ours, theirs


def by_us(trial: Trial, tracer: Tracer) -> Attribution:
    return tracer.attribute(trial.output)


def timed(call: Callable[..., Any], *arguments: object, least: float) -> tuple[Any, float]:
    begun = time.process_time()
    result = call(*arguments)
    return result, min(least, time.process_time() - begun)


@pytest.fixture(scope="module")
def made_up() -> Trial:
    order = random.Random(1)
    words = [f"w{number}" for number in range(600)]
    page = [order.choices(words, k=order.randrange(8, 40)) for _ in range(60)]
    return disturbed(page, "all", words, "1")


@pytest.mark.benchmark(max_time=0.5, min_rounds=5, warmup=True, warmup_iterations=1)
def test_indexing_a_page(benchmark: BenchmarkFixture, made_up: Trial) -> None:
    assert benchmark(indexed, made_up).page == made_up.page


@pytest.mark.benchmark(max_time=0.5, min_rounds=5, warmup=True, warmup_iterations=1)
def test_tracing_an_output(benchmark: BenchmarkFixture, made_up: Trial) -> None:
    found = benchmark(indexed(made_up).attribute, made_up.output)
    assert figures([made_up], [found]).label > 0.95


HEADER = "label   place   ambig.  covered  difflib   pages/s  x difflib  x with index"


def table(parts: Sequence[Sequence[Sequence[str]]], draws: int, rounds: int) -> str:
    cases = {case: trials(parts, case, draws) for case in CASES}
    first = [dict(zip(CASES, page, strict=True)) for page in zip(*cases.values(), strict=True)][: len(parts)]
    ours, theirs = speeds(first, rounds)
    lines = [f"{'':10}{HEADER}\n"]
    for case, given in cases.items():
        here = figures(given, [by_us(trial, indexed(trial)) for trial in given])
        there = figures(given, [by_difflib(trial, matcher_of(trial)) for trial in given])
        once = (theirs[case] + theirs["index"]) / (ours[case] + ours["index"])
        lines.append(
            f"{case:10}{here.label:.4f}  {here.place:.4f}  {here.ambiguous:.4f}  {here.covered:.4f}   {there.label:.4f}"
            f"  {len(parts) / ours[case]:8.0f} {theirs[case] / ours[case]:10.1f} {once:13.1f}\n"
        )
    total = sum(theirs[case] for case in CASES) / sum(ours[case] for case in CASES)
    return "".join([*lines, f"{'together':10}{'':>50}{total:11.1f}\n"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--development", action="store_true", help="the pages on which choices are made")
    parser.add_argument("--draws", type=int, default=4, help="outputs drawn of each page for each case")
    parser.add_argument("--rounds", type=int, default=6, help="of timing; the least counts")
    options = parser.parse_args()
    folder = Path(os.environ.get("BOILERBENCH_DATA", Path(__file__).parents[3] / "shared" / "corpora")) / "aeb"
    seen, held_out = split(folder)
    pages = seen if options.development else held_out
    about = machine.describe()
    say = sys.stdout.write
    say(f"{time.strftime('%Y-%m-%d')}, {about['processor']}, {about['python']}, load {os.getloadavg()[0]:.1f}\n")
    for lines in (as_plain, as_visible):
        parts = [blocks(lines(page)) for page in pages]
        sizes = [sum(map(len, part)) for part in parts]
        say(f"\n{'development' if options.development else 'held-out'} pages: {len(pages)}; lines {lines.__name__}; ")
        say(f"median {statistics.median(map(len, parts)):.0f} blocks, {statistics.median(sizes):.0f} tokens\n")
        say(table(parts, options.draws, options.rounds))


if __name__ == "__main__":
    main()
