"""Keeps one adapter's worker alive, gives it pages, and writes down how each ended."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf
from pathlib import Path
from typing import TypeGuard

from ..errors import EnvironmentFault
from ..records import FAILURES, Aggregate, Extraction, Metric, Page
from . import frames
from .declaration import Declaration
from .environments import Environment
from .process import Ended, Process, Stopped
from .start import PACKAGE

__all__ = ["COSTS", "WORKER_CODE", "Answer", "CannotStart", "Greeting", "Stopped", "Worker"]

MEDIAN = Aggregate("median")
HIGHEST = Aggregate("max")
WORKER_CODE = hashlib.sha256(
    b"".join(
        (PACKAGE / name).read_bytes()
        for name in (
            "records.py",
            "regions.py",
            "text.py",
            "workers/child.py",
            "workers/command.py",
            "workers/frames.py",
            "workers/hosts/node.mjs",
            "workers/launcher.py",
        )
    )
).hexdigest()
"""Fingerprint of our own code that runs around a competitor: answers made by another are not mixed with its own."""
START_SECONDS = 120
"""Time a worker has to import its adapter."""
ATTEMPTS = 2
"""How often a page is given before it is marked: its first worker may have been dying already, but a page that kills a
fresh one too would kill a third."""
AHEAD = 8
"""How many pages a worker may have been given that it has not answered."""
AHEAD_BYTES = 768 << 10
"""Bytes of pages under way from which no other is given ahead of its turn: they should fit into the pipe."""
NAP_SECONDS = 0.05
"""How long answers may lie unread at most."""
LEAST_NAP_SECONDS = 0.002
"""A nap that is not worth lying down for."""
TOLD = ("ok", "empty", "error", "oom")
"""Outcomes that a host may tell; the others are what becomes of it."""
KILLS = ("timeout", "oom", "crash")
"""Outcomes after which a worker is started anew."""
COSTS = (
    Metric(
        "cost.wall_ns", "wall time of one call while extracting, diagnostic only", "lower", "ns", 0, inf, None, MEDIAN
    ),
    Metric(
        "cost.cpu_ns", "CPU time of one call and its children, diagnostic only", "lower", "ns", 0, inf, None, MEDIAN
    ),
    Metric(
        "cost.decode_ns",
        "CPU time of decoding the page, where the adapter asked for text",
        "lower",
        "ns",
        0,
        inf,
        None,
        MEDIAN,
    ),
    Metric(
        "cost.peak_rss_bytes", "largest memory of the process during one call", "lower", "bytes", 0, inf, None, HIGHEST
    ),
    Metric(
        "cost.start_ns",
        "wall time from starting a worker to its readiness; noted on the first page it was given",
        "lower",
        "ns",
        0,
        inf,
        None,
        MEDIAN,
    ),
    Metric(
        "cost.import_ns", "wall time of importing the adapter, part of start_ns", "lower", "ns", 0, inf, None, MEDIAN
    ),
    Metric(
        "cost.attempts",
        "times a page was given, 2 where the first took its worker down",
        "lower",
        "count",
        1,
        ATTEMPTS,
        None,
        HIGHEST,
    ),
)
"""What a worker notes beside each extraction; quoted speed comes from the speed stage."""
CALL_COSTS = ("wall_ns", "cpu_ns", "decode_ns", "peak_rss_bytes")
"""Costs that a worker reports with each answer."""


@dataclass(frozen=True)
class Answer:
    """What came of one page."""

    extraction: Extraction
    """The row for this page, whatever happened."""
    costs: Mapping[str, int]
    """Name of a metric of COSTS -> value, as far as known."""
    input: str | None = None
    """bytes or text, as the worker saw the adapter ask for; None where there was no answer or its host does not say."""


@dataclass(frozen=True)
class Greeting:
    """What a worker says of itself once its adapter is imported."""

    version: str | None
    """Version of the distribution it measures."""
    runtime: str
    """Name and version of its interpreter."""
    import_ns: int
    """Wall time of the import."""
    start_ns: int
    """Wall time from the start of the process to this greeting."""
    sandbox: str
    """Level of confinement that took hold of it."""


class CannotStart(Exception):
    """The worker did not get as far as saying hello; the message says why."""


class Worker:
    """One adapter in its own process. Use as a context manager; after a hang or crash it starts anew by itself.

    `scratch` is the folder below which the process gets a place to write; `stop` can be set from another thread
    to make a call under way raise Stopped; `hidden` names what not even a program of the user's own may read;
    `attempts` is how often a page is given that takes its worker down.
    """

    def __init__(
        self,
        declaration: Declaration,
        environment: Environment,
        timeout_s: float,
        scratch: Path,
        stop: threading.Event | None = None,
        hidden: Sequence[Path] = (),
        attempts: int = ATTEMPTS,
    ) -> None:
        self.declaration = declaration
        self.environment = environment
        self.timeout_s = timeout_s
        self.greeting: Greeting | None = None
        self._scratch = scratch
        self._stop = stop or threading.Event()
        self._hidden = hidden
        self._attempts = attempts
        self._process: Process | None = None
        self._asked: deque[int] = deque()
        self._served = 0
        self._pace_s = 0.0

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> Greeting:
        """Start the process if none is running; raises CannotStart, or EnvironmentFault where the machine refuses."""
        if self._process is None:
            begun = time.perf_counter_ns()
            try:
                self._process = Process(self.declaration, self.environment, self._scratch, self._stop, self._hidden)
            except OSError as error:
                raise EnvironmentFault(
                    f"cannot start a worker for {self.declaration.name}: {error}. What was finished is kept; "
                    "see to it and run the same command with --resume"
                ) from error
            try:
                header, _ = self._process.receive(START_SECONDS)
                self.greeting = self._greeted(header, time.perf_counter_ns() - begun)
            except Ended as end:
                self.close()
                raise CannotStart(str(end)) from end
            self._served = 0
        assert self.greeting is not None
        return self.greeting

    def _greeted(self, header: Mapping[str, object], start_ns: int) -> Greeting:
        assert self._process is not None
        if "error" in header:
            raise Ended("error", _text(header["error"]))
        version, import_ns = header.get("version"), header.get("import_ns")
        return Greeting(
            version=None if version is None else _text(version),
            runtime=_text(header.get("runtime", "unknown")),
            import_ns=import_ns if _amount(import_ns) else 0,
            start_ns=start_ns,
            sandbox=self._process.confinement.level,
        )

    def extract(self, page: Page) -> Answer:
        """Give one page; never raises for what the competitor does, only for what the machine does."""
        (answer,) = self.extract_all((page,))
        return answer

    def extract_all(self, pages: Iterable[Page]) -> Iterator[Answer]:
        """Give pages one after the other, a few ahead of their turn, telling the answers in order; as `extract`.

        The worker finds its next page in the pipe and goes on, and the supervisor reads several answers each time it
        wakes: waking for each of them, with caches that the extractor has emptied, cost more than all its work.
        """
        source = iter(pages)
        queue: deque[Page] = deque()
        try:
            while True:
                self._fill(queue, source)
                if not queue:
                    return
                yield self._first_of(queue)
                queue.popleft()
        finally:
            if self._asked:  # given up midway: what is still to come would count for another page
                self.close()

    def _fill(self, queue: deque[Page], source: Iterator[Page]) -> None:
        """Draw pages from the source while there is room for one more under way."""
        ahead = 1 if self.declaration.fresh else AHEAD
        while len(queue) < ahead and (not queue or sum(len(page.html) for page in queue) < AHEAD_BYTES):
            page = next(source, None)
            if page is None:
                return
            queue.append(page)

    def _first_of(self, queue: Sequence[Page]) -> Answer:
        """The answer to the first page of the queue, after as many attempts as it takes."""
        if self.declaration.fresh and self._served:
            self.close()
        answer = self._attempt(queue)
        attempts = 1
        while answer.extraction.outcome in KILLS and attempts < self._attempts:
            answer = self._attempt(queue)
            attempts += 1
        return self._marked(answer, attempts) if attempts > 1 else answer

    def _attempt(self, queue: Sequence[Page]) -> Answer:
        page = queue[0]
        try:
            greeting = self.start()
            assert self._process is not None
            for other in islice(queue, len(self._asked), None):
                self._ask(self._process, other)
            header, payload = self._process.receive(self.timeout_s, self._nap_seconds())
            if header.get("request") != self._asked.popleft():
                raise Ended("crash", "broken answer: it answered another request")
            answer = self._read(page, header, payload)
        except CannotStart as error:
            return self._row(page, "error", f"could not start: {error}")
        except Ended as end:
            self.close()
            return self._row(page, end.outcome, str(end))
        if answer.extraction.outcome in KILLS:  # a host that ran out of memory may live on, but not as it was
            self.close()
            return answer
        self._served += 1
        self._pace_s = (self._pace_s + answer.costs.get("cost.wall_ns", 0) / 1e9) / 2
        if self._served > 1:
            return answer
        starting = {"cost.start_ns": greeting.start_ns, "cost.import_ns": greeting.import_ns}
        return Answer(answer.extraction, {**answer.costs, **starting}, answer.input)

    def _ask(self, process: Process, page: Page) -> None:
        # The page's id and labels stay here: a competitor that knew them could cheat, even without meaning to.
        number = secrets.randbelow(1 << 53)
        about = frames.head({"request": number, "url": page.url, "charset": page.charset}, len(page.html))
        process.send((about, page.html))
        self._asked.append(number)

    def _nap_seconds(self) -> float:
        """How long the answers may lie: half the time that the pages asked for will take, so that none is missing."""
        nap = len(self._asked) * self._pace_s / 2
        return min(nap, NAP_SECONDS) if len(self._asked) > 1 and nap > LEAST_NAP_SECONDS else 0.0

    def _read(self, page: Page, header: Mapping[str, object], payload: bytes) -> Answer:
        """The row that an answer makes; Ended where it does not keep to the protocol (docs/protocol.md)."""
        outcome, error, none = header.get("outcome"), header.get("error"), header.get("none")
        if outcome not in TOLD or not isinstance(none, bool) or (error is None) != (outcome not in FAILURES):
            raise Ended("error", f"broken answer: outcome {outcome!r}, none {none!r}, error {error!r}")
        try:
            text = None if none else payload.decode("utf-8")
        except UnicodeDecodeError as wrong:
            raise Ended("error", f"broken answer: byte {wrong.start} of {len(payload)} is not UTF-8") from wrong
        costs = {f"cost.{name}": value for name in CALL_COSTS if _amount(value := header.get(name))}
        told = header.get("input")
        row = self._row(page, str(outcome), None if error is None else _text(error), text, costs)
        return Answer(row.extraction, row.costs, told if isinstance(told, str) else None)

    def _marked(self, answer: Answer, attempts: int) -> Answer:
        """The answer with the number of times it took to get it."""
        row = answer.extraction
        error = f"{row.error} (so did a fresh worker)" if row.outcome in KILLS else row.error
        marked = Extraction(row.page_id, row.adapter, row.version, row.text, row.form, row.outcome, error)
        return Answer(marked, {**answer.costs, "cost.attempts": attempts}, answer.input)

    def peak_rss_bytes(self) -> int | None:
        """Largest memory of the process since it was started; None where none runs or the system does not say."""
        return self._process.peak_rss_bytes() if self._process else None

    def close(self) -> None:
        """Kill the process and all that came of it, and remove its scratch folder."""
        process, self._process = self._process, None
        self._asked.clear()
        if process is not None:
            process.close()

    def _row(
        self,
        page: Page,
        outcome: str,
        error: str | None,
        text: str | None = None,
        costs: Mapping[str, int] | None = None,
    ) -> Answer:
        version = self.greeting.version if self.greeting else None
        name, form = self.declaration.name, self.declaration.form
        return Answer(Extraction(page.id, name, version, text, form, outcome, error), costs or {})


def _amount(value: object) -> TypeGuard[int]:
    """Whether a host has told a cost that can be one."""
    return type(value) is int and 0 <= value < 1 << 63


def _text(value: object) -> str:
    """What a host has told, as text that can be written; half of a surrogate pair cannot."""
    return str(value).encode("utf-8", "replace").decode()
