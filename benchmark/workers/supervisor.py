"""Keeps one adapter's process alive, gives it pages under a hard time limit, and writes down how each ended."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from ..errors import EnvironmentFault
from ..records import Aggregate, Extraction, Metric, Page
from . import frames
from .declaration import Declaration
from .environments import Environment

MEDIAN = Aggregate("median")
HIGHEST = Aggregate("max")
PACKAGE = Path(__file__).parents[1]
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
        )
    )
).hexdigest()
"""Fingerprint of our own code that runs inside a worker: answers made by another are not mixed with its own."""
ANSWER_BYTES = 64 << 20
"""Longest answer taken; a longer one is an error row."""
FILE_BYTES = 256 << 20
"""Largest file a worker may write."""
START_SECONDS = 120
"""Time a worker has to import its adapter."""
TAIL_BYTES = 4096
"""How much of what a worker prints is kept, for the message of a crash."""
STOP_SECONDS = 0.2
"""How soon a call under way notices that the run is given up."""
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
)
"""What a worker notes beside each extraction; quoted speed comes from the speed stage."""
COST_NAMES = tuple(metric.name.removeprefix("cost.") for metric in COSTS)
SANDBOX = "limits-only"
"""Confinement in force: resource limits, emptied environment, own process group and scratch folder, hard time limit."""


@dataclass(frozen=True)
class Answer:
    """What came of one page."""

    extraction: Extraction
    """The row for this page, whatever happened."""
    costs: Mapping[str, int]
    """Name of a metric of COSTS -> value, as far as known."""


@dataclass(frozen=True)
class Greeting:
    """What a worker says of itself once its adapter is imported."""

    version: str | None
    """Version of the distribution it measures."""
    python: str
    """Version of its interpreter."""
    import_ns: int
    """Wall time of the import."""


class CannotStart(Exception):
    """The worker did not get as far as saying hello; the message says why."""


class _Ended(Exception):
    """The exchange with the worker broke off; outcome and message of the row that follows from it."""

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class Stopped(Exception):
    """The run is being given up; the page at hand has no outcome."""


class Worker:
    """One adapter in its own process. Use as a context manager; after a hang or crash it starts anew by itself.

    `scratch` is the folder below which the process gets a place to write; `stop` can be set from another thread
    to make a call under way raise Stopped.
    """

    def __init__(
        self,
        declaration: Declaration,
        environment: Environment,
        timeout_s: float,
        scratch: Path,
        stop: threading.Event | None = None,
    ) -> None:
        self.declaration = declaration
        self.environment = environment
        self.timeout_s = timeout_s
        self.scratch = scratch
        self.stop = stop or threading.Event()
        self.greeting: Greeting | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: Path | None = None
        self._incoming = bytearray()
        self._unsent = memoryview(b"")
        self._printed = b""

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> Greeting:
        """Start the process if none is running; raises CannotStart, or EnvironmentFault where the machine refuses."""
        if self._process is None:
            try:
                self._spawn()
            except OSError as error:
                self.close()
                raise EnvironmentFault(
                    f"cannot start a worker for {self.declaration.name}: {error}. What was finished is kept; "
                    "see to it and run the same command with --resume"
                ) from error
            try:
                header, _ = self._exchange(b"", START_SECONDS)
            except _Ended as end:
                raise CannotStart(str(end)) from end
            if "error" in header:
                self.close()
                raise CannotStart(header["error"])
            self.greeting = Greeting(header["version"], header["python"], header["import_ns"])
        assert self.greeting is not None
        return self.greeting

    def extract(self, page: Page) -> Answer:
        """Give one page; never raises for what the competitor does, only for what the machine does."""
        try:
            self.start()
            # The page's id and labels stay here: a competitor that knew them could cheat, even without meaning to.
            question = frames.pack({"url": page.url, "charset": page.charset}, page.html)
            header, payload = self._exchange(question, self.timeout_s)
        except CannotStart as error:
            return self._row(page, "error", f"could not start: {error}")
        except _Ended as end:
            return self._row(page, end.outcome, str(end))
        text = None if header["none"] else payload.decode("utf-8")
        costs = {f"cost.{name}": header[name] for name in COST_NAMES if header[name] is not None}
        return self._row(page, header["outcome"], header["error"], text, costs)

    def close(self) -> None:
        """Kill the process group and remove the scratch folder."""
        process, self._process = self._process, None
        if process is not None:
            _kill_group(process)
            for stream in (self._requests, self._answers, self._output):
                with contextlib.suppress(OSError):
                    os.close(stream)
            self._selector.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

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

    def _spawn(self) -> None:
        self.scratch.mkdir(parents=True, exist_ok=True)
        self._scratch = Path(tempfile.mkdtemp(dir=self.scratch.absolute()))
        read_fd, self._requests = os.pipe()
        self._answers, write_fd = os.pipe()
        self._output, printed_fd = os.pipe()
        config = _config(self.declaration, read_fd, write_fd)
        # Until it has a session of its own, a Ctrl-C would reach the child and look like its crash; child.py unblocks.
        unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            self._process = subprocess.Popen(
                [str(self.environment.python), "-s", str(PACKAGE / "workers" / "child.py"), config],
                stdin=subprocess.DEVNULL,
                stdout=printed_fd,
                stderr=printed_fd,
                pass_fds=(read_fd, write_fd),
                cwd=self._scratch,
                env=_clean_environment(self._scratch),
                start_new_session=True,
            )
        except OSError:
            for stream in (self._requests, self._answers, self._output):
                os.close(stream)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
            for stream in (read_fd, write_fd, printed_fd):
                os.close(stream)
        for stream in (self._requests, self._answers, self._output):
            os.set_blocking(stream, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._answers, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        self._incoming.clear()
        self._printed = b""

    def _exchange(self, question: bytes, seconds: float) -> frames.Frame:
        """Send a frame and wait for one; kills the worker and raises _Ended when that does not come about in time."""
        deadline = time.monotonic() + seconds
        self._unsent = memoryview(question)
        if question:
            self._selector.register(self._requests, selectors.EVENT_WRITE)
        try:
            while (frame := frames.unpack(self._incoming, ANSWER_BYTES)) is None:
                self._pump(deadline, seconds)
        except _Ended:
            self.close()
            raise
        except frames.BrokenFrame as error:
            self.close()
            raise _Ended("error", f"broken answer: {error}") from error
        self._finish_sending()
        return frame

    def _pump(self, deadline: float, seconds: float) -> None:
        """Move what can be moved through the three pipes; raises _Ended at the deadline or the end of the worker."""
        if self.stop.is_set():
            raise Stopped
        left = deadline - time.monotonic()
        if left <= 0:
            raise _Ended("timeout", f"no answer within {seconds:g} s")
        for key, _ in self._selector.select(min(left, STOP_SECONDS)):
            if key.fd == self._requests:
                self._send()
            elif key.fd == self._output:
                self._drain()
            elif not self._receive():
                raise _Ended("crash", self._how_it_died())

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self._requests, self._unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._unsent = self._unsent[:0]  # it died; the end of the answers says how
        if not self._unsent:
            self._finish_sending()

    def _finish_sending(self) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(self._requests)

    def _receive(self) -> bool:
        try:
            chunk = os.read(self._answers, 1 << 20)
        except BlockingIOError:
            return True
        self._incoming += chunk
        return bool(chunk)

    def _drain(self) -> None:
        """Read what the competitor prints, so that it never blocks on a full pipe; keep the end of it."""
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(self._output, 1 << 16)
            if not chunk:
                self._selector.unregister(self._output)
            self._printed = (self._printed + chunk)[-TAIL_BYTES:]

    def _how_it_died(self) -> str:
        """Signal or exit status, and the last line printed."""
        assert self._process is not None
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "closed its answers without ending"
        self._drain_rest()
        how = f"killed by {_signal_name(-status)}" if status < 0 else f"exited with status {status}"
        lines = self._printed.decode("utf-8", "replace").strip().splitlines()
        return f"{how}: {lines[-1].strip()[:300]}" if lines else how

    def _drain_rest(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            while chunk := os.read(self._output, 1 << 16):
                self._printed = (self._printed + chunk)[-TAIL_BYTES:]


def _config(declaration: Declaration, read_fd: int, write_fd: int) -> str:
    """The one argument of child.py."""
    config: dict[str, Any] = {
        "package": str(PACKAGE),
        "adapter": str(declaration.file.absolute()),
        "function": declaration.function,
        "distribution": declaration.distribution,
        "module": declaration.module,
        "command": declaration.command,
        "read_fd": read_fd,
        "write_fd": write_fd,
        "parent": os.getpid(),
        "limits": {"DATA": declaration.memory_bytes, "FSIZE": FILE_BYTES},
    }
    return json.dumps(config)


def _clean_environment(scratch: Path) -> dict[str, str]:
    """Nothing of the user's: no settings, no credentials, and one hash seed, so that same in gives same out."""
    home = str(scratch)
    fixed = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "TZ": "UTC"}
    return {**fixed, "HOME": home, "TMPDIR": home, "XDG_CACHE_HOME": home}


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL at once: a worker that hangs in C never looks at a polite signal."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has no name of its own
        return f"signal {number}"
