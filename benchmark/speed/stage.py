"""Times adapters one call at a time, in random order, each call beside a reference parse of the same page.

Blocks of calls drift with the load of the machine; calls that alternate see the same load, and their ratio keeps
still (docs/design/timing.md has the figures). Nothing runs in parallel here: while one worker works, the others wait.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from math import ceil
from pathlib import Path
from statistics import median
from time import monotonic

from ..errors import EnvironmentFault, UsageError
from ..records import Page
from ..workers.declaration import Declaration
from ..workers.environments import Environment
from ..workers.supervisor import Answer, CannotStart, Worker
from . import growth
from .growth import Growth
from .timings import Measured, StartUp, Timed, Timing

REFERENCE = Path(__file__).with_name("reference.py")
"""The adapter file of the pinned reference worker."""
OPEN_WORKERS = 12
"""Adapters whose workers are open together; more are measured in groups, since idle workers hold memory."""
GROWTH_SHARE = 0.2
"""Part of the time box for growing pages."""
GROWTH_SECONDS = 10.0
"""What growing takes at most for each adapter, where the time box is long but shared by many."""
LONG_BOX = 60
"""Seconds from which on as many pages are grown as `growth` wants; in a shorter box it is one."""
MEMORY_PAGES = 5
"""Pages, spread over the sizes, that are given to processes of their own to read their memory; the largest beside."""
FRESH_STARTS = 3
"""Workers that each adapter is started in to time its start-up; the last one goes on to the rounds."""
WARM_PAGES = 8
"""Pages of the warm-up where nothing but pairs of pages is compared (`paired`)."""
SHORT_NS = 2_000_000
"""A call that takes less CPU time is made again, and the second counts: the first finds the processor's caches as the
other workers left them, which costs some 0.1 ms, a seventh of a 1 ms call and next to nothing of a long one."""


def measure(
    pages: Callable[[], Iterable[Page]],
    entrants: Sequence[tuple[Declaration, Environment]],
    reference: tuple[Declaration, Environment],
    *,
    seconds: float,
    rounds: int,
    seed: int,
    timeout_s: float,
    scratch: Path,
    failed: Mapping[str, Mapping[str, str]] | None = None,
    hidden: Sequence[Path] = (),
    done: Callable[[str], None] = lambda _: None,
    paired: bool = False,
    sittings: int = 1,
) -> Measured:
    """Time every adapter on every page of one corpus: a warm-up round, then up to `rounds` counted ones.

    Args:
        pages: gives the pages of one corpus afresh for every round, in the same order; one is held at a time.
        entrants: the adapters, each with its environment.
        reference: what every call is paired with, see REFERENCE.
        seconds: time box, start-up and warm-up included. Where it gets short rounds are left out, never pages:
            a round begins only if the one before would still fit, but one counted round always runs. A fifth of the
            box is for growing pages (`growth`).
        rounds: counted rounds wanted, 1 or more.
        seed: of the order of adapters, which is drawn anew for each page and round.
        timeout_s: longest wait for one answer.
        scratch: folder below which workers may write.
        failed: adapter -> page -> outcome of pages known to fail; they are counted as failed and not tried.
        hidden: what no worker may read, see `supervisor.Worker`.
        done: told a label after each page of each round, the warm-up included.
        paired: pages are compared with the pages that stand beside them, as in an experiment with doses. So the calls
            alone are timed: no reference beside them, no start-up, no growth, and the warm-up is of WARM_PAGES pages.
        sittings: how many workers of each adapter share the rounds, each of them warmed up first.

    A call fails by error, timeout, lack of memory or crash; an empty answer is none. A page on which an adapter failed
    in any round is left out of that adapter's timings, and not tried again. Raises UsageError for no page, pages of
    two corpora or no round, EnvironmentFault where the reference cannot run.
    """
    if rounds < 1:
        raise UsageError(f"{rounds} rounds to time; give 1 or more")
    first = next(iter(pages()), None)
    if first is None:
        raise UsageError("no page to time; give a corpus that has one, or a larger --limit")
    session = _Session(
        *(pages, first, rounds, seed, timeout_s, scratch, failed or {}, hidden, done, seconds, len(entrants), paired),
        sittings,
    )
    deadline = monotonic() + seconds * (1 if paired else 1 - GROWTH_SHARE)
    timed: list[Timed] = []
    yardstick = ""
    for start in range(0, len(entrants), OPEN_WORKERS):
        group = entrants[start : start + OPEN_WORKERS]
        share = (deadline - monotonic()) * len(group) / (len(entrants) - start)
        yardstick, found = _measure_group(session, group, reference, monotonic() + share)
        timed += found
    return Measured(first.corpus, session.sizes, tuple(timed), yardstick, seconds, rounds, seed)


@dataclass
class _Session:
    """What all groups share."""

    pages: Callable[[], Iterable[Page]]
    first: Page
    rounds: int
    seed: int
    timeout_s: float
    scratch: Path
    failed: Mapping[str, Mapping[str, str]]
    hidden: Sequence[Path]
    done: Callable[[str], None]
    seconds: float
    entrants: int
    paired: bool
    sittings: int
    sizes: dict[str, int] = field(default_factory=dict)

    def worker(self, declaration: Declaration, environment: Environment) -> Worker:
        return Worker(declaration, environment, self.timeout_s, self.scratch, None, self.hidden, attempts=1)

    @property
    def grown(self) -> int:
        """How many pages are grown."""
        return growth.PAGES if self.seconds >= LONG_BOX else 1

    def walk(self) -> Iterable[tuple[int, Page]]:
        for index, page in enumerate(self.pages()):
            if page.corpus != self.first.corpus:
                raise UsageError(f"pages of {self.first.corpus!r} and {page.corpus!r}; time one corpus at a time")
            self.sizes[page.id] = len(page.html)
            yield index, page


@dataclass
class _Entrant:
    """One adapter, or the reference, while it is being measured."""

    name: str
    worker: Worker
    start_up: StartUp | None = None
    unable: str | None = None
    cold: bool = False
    calls: dict[str, list[Timing]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    growth: dict[str, Growth] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)

    def ask(self, page: Page) -> Answer:
        """The call that counts: not a short one on cold caches (SHORT_NS), nor the first of a worker started anew."""
        cold = self.cold
        answer = self._call(page)
        again = not answer.extraction.failed and (cold or answer.costs["cost.cpu_ns"] < SHORT_NS)
        return self._call(page) if again else answer

    def _call(self, page: Page) -> Answer:
        answer = self.worker.extract(page)
        self.cold = answer.extraction.failed
        return answer


def _measure_group(
    session: _Session,
    group: Sequence[tuple[Declaration, Environment]],
    reference: tuple[Declaration, Environment],
    deadline: float,
) -> tuple[str, list[Timed]]:
    """Distribution and version of the reference, and the timings of a few adapters whose workers are open together."""
    with ExitStack() as workers:
        yardstick = _open_reference(session, workers, *reference)
        entrants = [_open(session, workers, *entrant) for entrant in group]
        for entrant in entrants:
            entrant.failed |= session.failed.get(entrant.name, {})
        number, lasted = 0, 0.0
        while number < 2 or (number <= session.rounds and monotonic() + lasted <= deadline):
            begun = monotonic()
            if number > 1 and (number - 1) % ceil(session.rounds / session.sittings) == 0:
                _sit_anew([*entrants, yardstick])
                _run_round(session, entrants, yardstick, 0)
            _run_round(session, entrants, yardstick, number)
            lasted = monotonic() - begun
            number += 1
        if not session.paired:
            _grow(session, entrants)
        _sample_memory(session, entrants)
    return yardstick.name, [_timed(entrant, number - 1) for entrant in entrants]


def _open_reference(
    session: _Session, workers: ExitStack, declaration: Declaration, environment: Environment
) -> _Entrant:
    worker = workers.enter_context(session.worker(declaration, environment))
    try:
        version = worker.start().version
    except CannotStart as error:
        raise EnvironmentFault(f"the reference worker cannot start: {error}; see `boilerbench doctor`") from error
    return _Entrant(" ".join(filter(None, (declaration.distribution or declaration.name, version))), worker)


def _open(session: _Session, workers: ExitStack, declaration: Declaration, environment: Environment) -> _Entrant:
    """Start an adapter a few times over, and keep the last worker open."""
    worker = workers.enter_context(session.worker(declaration, environment))
    entrant = _Entrant(declaration.name, worker)
    imports, first_calls = [], []
    try:
        for _ in range(1 if session.paired else FRESH_STARTS):
            worker.close()
            imports.append(worker.start().import_ns)
            if session.first.id in session.failed.get(declaration.name, {}):
                continue
            answer = worker.extract(session.first)
            entrant.cold = answer.extraction.failed
            if not entrant.cold:
                first_calls.append(answer.costs["cost.cpu_ns"])
    except CannotStart as error:
        entrant.unable = str(error)
        return entrant
    entrant.start_up = StartUp(min(imports), int(median(first_calls)) if first_calls else None)
    return entrant


def _sit_anew(entrants: Sequence[_Entrant]) -> None:
    """Start every worker anew: where a process happens to lie in memory moves all its times by about one per cent."""
    for entrant in entrants:
        if not entrant.unable:
            entrant.worker.close()
            entrant.cold = True


def _run_round(session: _Session, entrants: Sequence[_Entrant], reference: _Entrant, number: int) -> None:
    """Give every page to every adapter; round 0 is the warm-up."""
    label = f"round {number}" if number else "warm-up"
    for index, page in islice(session.walk(), WARM_PAGES if session.paired and number == 0 else None):
        # Before on one page and after on the next, and the other way round in the next round, so that what a call
        # leaves in the caches favours neither side.
        reference_first = (index + number) % 2 == 0
        order = _shuffled(entrants, session.seed, number, page.id)
        timings = _time_page(order, None if session.paired else reference, page, reference_first)
        if number:
            for entrant, timing in timings:
                entrant.calls.setdefault(page.id, []).append(timing)
        session.done(f"{label}: {page.id}")


def _grow(session: _Session, entrants: Sequence[_Entrant]) -> None:
    """Repeat the bodies of a few pages; each adapter has a share of the time, whatever the others take.

    A slow adapter spends its share on the first page: one page grown far enough tells more than three that are not.
    """
    share = GROWTH_SHARE * session.seconds / max(1, session.entrants)
    if session.seconds >= LONG_BOX:
        share = max(share, GROWTH_SECONDS)
    left = dict.fromkeys((entrant.name for entrant in entrants if not entrant.unable), share)
    for page in growth.chosen(session.pages(), session.sizes, session.grown):
        for entrant in entrants:
            if left.get(entrant.name, 0) > 0 and page.id not in entrant.failed:
                begun = monotonic()
                entrant.growth[page.id] = growth.measure(entrant.worker.extract, page, begun + left[entrant.name])
                left[entrant.name] -= monotonic() - begun


def _sample_memory(session: _Session, entrants: Sequence[_Entrant]) -> None:
    """Give single pages to fresh processes, for adapters whose calls do not tell their memory."""
    silent = [one for one in entrants if one.calls and not _tells_memory(one)]
    if not silent:
        return
    by_size = sorted(session.sizes, key=session.sizes.__getitem__)
    wanted = {by_size[len(by_size) * step // MEMORY_PAGES] for step in range(MEMORY_PAGES)} | {by_size[-1]}
    for page in session.pages():
        for entrant in silent if page.id in wanted else ():
            if page.id in entrant.calls:
                entrant.worker.close()
                answer = entrant.worker.extract(page)
                peak = entrant.worker.peak_rss_bytes()
                if peak is not None and not answer.extraction.failed:
                    entrant.memory[page.id] = peak


def _tells_memory(entrant: _Entrant) -> bool:
    return any(call.peak_rss_bytes is not None for calls in entrant.calls.values() for call in calls)


def _shuffled(entrants: Sequence[_Entrant], seed: int, number: int, page_id: str) -> list[_Entrant]:
    """The adapters in an order that depends on nothing but seed, round and page."""
    order = random.Random(f"{seed} {number} {page_id}")  # noqa: S311 - an order of work, no secret
    return order.sample(entrants, len(entrants))


def _time_page(
    order: Sequence[_Entrant], reference: _Entrant | None, page: Page, reference_first: bool
) -> list[tuple[_Entrant, Timing]]:
    """One call of each adapter, each beside a reference call, if there is a reference.

    Adapters that fail, or have failed here, have none.
    """
    answers: list[tuple[_Entrant, Answer]] = []
    beside: list[Answer] = []
    for entrant in order:
        if entrant.unable:
            entrant.failed[page.id] = "error"
        if page.id in entrant.failed:
            continue
        if reference and reference_first:
            beside.append(reference.ask(page))
        answer = entrant.ask(page)
        if reference and not reference_first:
            beside.append(reference.ask(page))
        if answer.extraction.failed:
            entrant.failed[page.id] = answer.extraction.outcome
            entrant.calls.pop(page.id, None)
        else:
            answers.append((entrant, answer))
    # One yardstick for all: its noise is less than that of a single call, and cancels out between two adapters.
    known = [answer.costs["cost.cpu_ns"] for answer in beside if not answer.extraction.failed]
    yardstick = median(known) if known else None
    return [(entrant, _timing(answer, yardstick)) for entrant, answer in answers]


def _timing(answer: Answer, reference_cpu_ns: float | None) -> Timing:
    return Timing(
        cpu_ns=answer.costs["cost.cpu_ns"],
        wall_ns=answer.costs["cost.wall_ns"],
        decode_ns=answer.costs.get("cost.decode_ns", 0),
        peak_rss_bytes=answer.costs.get("cost.peak_rss_bytes"),
        reference_cpu_ns=reference_cpu_ns,
    )


def _timed(entrant: _Entrant, rounds: int) -> Timed:
    version = entrant.worker.greeting.version if entrant.worker.greeting else None
    return Timed(
        entrant.name,
        version,
        entrant.start_up,
        entrant.unable,
        rounds,
        entrant.calls,
        entrant.failed,
        entrant.growth,
        entrant.memory,
    )
