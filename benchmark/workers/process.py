"""One worker's process with its pipes: started confined, asked under a hard time limit, ended without a trace."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from ..errors import EnvironmentFault
from . import frames
from .confinement import LAUNCH, Confinement, order, took_hold
from .declaration import Declaration
from .environments import Environment
from .launcher import remove
from .resolution import runtime

ANSWER_BYTES = 64 << 20
"""Longest answer taken; a longer one is an error row."""
FILE_BYTES = 256 << 20
"""Largest file a worker may write."""
PIPE_BYTES = 1 << 20
"""Size asked for of the pipes to and from a worker: most pages fit in, and nobody is woken for a piece of one."""
TAIL_BYTES = 4096
"""How much of what a worker prints is kept, for the message of a crash."""
STOP_SECONDS = 0.2
"""How soon a call under way notices that the run is given up."""
END_SECONDS = 10
"""How long a guardian may take to clear up before it is killed itself."""
GRACE_SECONDS = 1
"""How long a worker that has closed its answers may take to end."""
REPORT_SECONDS = 20
"""How long a launcher may take to turn into the worker."""
OUT_OF_MEMORY = re.compile(
    rb"JavaScript heap out of memory|Cannot allocate memory|std::bad_alloc|memory allocation of \d+ bytes failed"
    rb"|MemoryError|java\.lang\.OutOfMemoryError"
)
"""What runtimes say when they die for lack of memory."""
HARDWARE = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Settings that old numerical libraries need on some processors, and that say nothing of the user."""
TICKS = os.sysconf("SC_CLK_TCK")


class Ended(Exception):
    """The exchange with a worker broke off; outcome and message of the row that follows from it."""

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class Stopped(Exception):
    """The run is being given up; the page at hand has no outcome."""


class Process:
    """A worker's process, running from the moment this is made until `close`.

    OSError or EnvironmentFault where the machine cannot start it.
    """

    def __init__(
        self,
        declaration: Declaration,
        environment: Environment,
        scratch: Path,
        stop: threading.Event,
        hidden: Sequence[Path] = (),
    ) -> None:
        self._stop = stop
        self._incoming = bytearray()
        self._unsent: list[memoryview] = []
        self._unanswered = 0
        self._printed = b""
        self._cpu_before: float | None = None
        scratch.mkdir(parents=True, exist_ok=True)
        self._scratch = Path(tempfile.mkdtemp(dir=scratch.absolute()))
        try:
            self.pid, self.confinement = self._spawn(declaration, environment, hidden)
        except BaseException:
            remove(str(self._scratch))
            raise
        self._poll = select.poll()  # cheaper a page than the module selectors
        for stream in (self._requests, self._answers, self._output):
            os.set_blocking(stream, False)
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError, AttributeError):  # the system allows less: pages then go in more pieces
                fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        for stream in (self._answers, self._output):
            self._poll.register(stream, select.POLLIN)
        self._asleep = select.poll()
        self._asleep.register(self._output, select.POLLIN)  # who prints much must not wait
        self._asleep.register(self._answers, 0)  # only its end wakes

    def _spawn(
        self, declaration: Declaration, environment: Environment, hidden: Sequence[Path]
    ) -> tuple[int, Confinement]:
        start = runtime(declaration.runtime).start(declaration, environment, self._scratch)
        roots = [*environment.roots, *(place for place in (environment.place, environment.weights) if place)]
        limits = {"DATA": declaration.memory_bytes, "FSIZE": FILE_BYTES}
        environ = {**clean_environment(self._scratch, environment.weights), **start.environ}
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        self._output, printed = os.pipe()
        told, report = os.pipe()
        theirs = (requests, answers, printed, report)
        try:
            said = order(start, roots, limits, environ, self._scratch, (requests, answers), report, hidden)
            self._guardian = subprocess.Popen(
                LAUNCH,
                stdin=subprocess.PIPE,
                stdout=printed,
                stderr=printed,
                pass_fds=(requests, answers, report),
                cwd=self._scratch,
                env=environ,
                start_new_session=True,
            )
        except OSError:
            self._close_pipes(told, *theirs)
            raise
        self._close_pipes(*theirs)
        assert self._guardian.stdin is not None
        try:
            with contextlib.suppress(BrokenPipeError), self._guardian.stdin as orders:  # the report says why it died
                orders.write(said)
            return self._report(told)
        except BaseException:
            self._end_guardian()
            self._close_pipes(self._requests, self._answers, self._output)
            raise
        finally:
            os.close(told)

    def _report(self, told: int) -> tuple[int, Confinement]:
        """Process id of the worker and what holds it, once it has been started."""
        said = b""
        waiting = select.poll()
        waiting.register(told, select.POLLIN)
        while waiting.poll(1000 * REPORT_SECONDS) and (chunk := os.read(told, 1 << 16)):
            said += chunk
        if not said:
            printed = os.read(self._output, TAIL_BYTES).decode("utf-8", "replace").strip()[-300:]
            raise EnvironmentFault(f"a worker could not be started: {printed or 'its launcher said nothing'}")
        return took_hold(said)

    def send(self, question: Sequence[bytes]) -> None:
        """Send a frame, given in pieces; what does not fit into the pipe goes while `receive` waits.

        Raises Ended where something has been answered that nobody asked for; this must then be closed.
        """
        if not self._unanswered:
            self._refuse_unasked()
        self._unanswered += 1
        self._unsent += [memoryview(piece) for piece in question if piece]
        self._send()
        if self._unsent:
            self._poll.register(self._requests, select.POLLOUT)

    def receive(self, seconds: float, nap_s: float = 0.0) -> frames.Frame:
        """Wait for a frame; for so long as `nap_s` answers may lie unread, so that several are read at once.

        Raises Ended where none comes in time, or something else than one; this must then be closed.
        """
        deadline = time.monotonic() + seconds
        self._cpu_before = None
        try:
            if (frame := frames.unpack(self._incoming, ANSWER_BYTES)) is None and nap_s and not self._unsent:
                self._asleep.poll(1000 * nap_s)
            while frame is None and (frame := frames.unpack(self._incoming, ANSWER_BYTES)) is None:
                self._pump(deadline, seconds)
        except frames.BrokenFrame as error:
            raise Ended("error", f"broken answer: {error}") from error
        self._unanswered = max(0, self._unanswered - 1)
        return frame

    def _refuse_unasked(self) -> None:
        """Raise Ended where something has been answered before anything was asked: it must not count for this page."""
        with contextlib.suppress(BlockingIOError):
            if self._incoming or os.read(self._answers, 1):
                raise Ended("crash", "broken answer: it came before anything was asked")

    def _cpu_seconds(self) -> float:
        """CPU time of the worker so far, all its threads together; 0 where that cannot be known."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_bytes()
        except OSError:
            return 0.0
        fields = stat.rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_rss_bytes(self) -> int | None:
        """Largest resident set of the worker so far; None where that cannot be known."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_bytes().splitlines()
        except OSError:
            return None
        return next((int(line.split()[1]) << 10 for line in lines if line.startswith(b"VmHWM:")), None)

    def _pump(self, deadline: float, seconds: float) -> None:
        """Move what can be moved through the three pipes; raises Ended at the deadline or the end of the worker."""
        if self._stop.is_set():
            raise Stopped
        left = deadline - time.monotonic()
        if left <= 0:
            raise Ended("timeout", f"no answer within {seconds:g} s")
        ready = self._poll.poll(1000 * min(left, STOP_SECONDS))
        if not ready:
            self._limit_cpu(seconds)
        for stream, _ in ready:
            if stream == self._requests:
                self._send()
            elif stream == self._output:
                self._drain()
            elif not self._receive():
                raise self._how_it_died()

    def _limit_cpu(self, seconds: float) -> None:
        """Allow as much CPU time for a page as wall time: several threads do not get more of it.

        RLIMIT_CPU would do this too, but while it is set the kernel reads a process' clock only as exactly as it ticks
        (some 4 ms), and nothing could be timed any more. A call that is not answered at once is looked at instead.
        """
        spent = self._cpu_seconds()
        if self._cpu_before is None:
            self._cpu_before = spent
        elif spent - self._cpu_before > seconds:
            raise Ended("timeout", f"used more than {seconds:g} s of CPU time")

    def _send(self) -> None:
        try:
            sent = os.writev(self._requests, self._unsent)
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._unsent.clear()  # it died; the end of the answers says how
        while self._unsent and sent >= len(self._unsent[0]):
            sent -= len(self._unsent.pop(0))
        if self._unsent:
            self._unsent[0] = self._unsent[0][sent:]
        else:
            self._finish_sending()

    def _finish_sending(self) -> None:
        with contextlib.suppress(KeyError):
            self._poll.unregister(self._requests)

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
                self._poll.unregister(self._output)
            self._printed = (self._printed + chunk)[-TAIL_BYTES:]

    def _how_it_died(self) -> Ended:
        """Signal or exit status, and the last line printed."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guardian.wait(timeout=GRACE_SECONDS)
        try:
            status = self._guardian.wait(timeout=0 if self._lives() else END_SECONDS)
        except subprocess.TimeoutExpired:
            return Ended("crash", "closed its answers without ending")
        self._drain_rest()
        how = f"killed by {_signal_name(-status)}" if status < 0 else f"exited with status {status}"
        lines = self._printed.decode("utf-8", "replace").strip().splitlines()
        outcome = "oom" if OUT_OF_MEMORY.search(self._printed) else "crash"
        return Ended(outcome, f"{how}: {lines[-1].strip()[:300]}" if lines else how)

    def _lives(self) -> bool:
        """Whether the worker itself has not ended; False where that cannot be known."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_bytes()
        except OSError:
            return False
        return stat.rpartition(b")")[2].split()[0] not in (b"Z", b"X")

    def _drain_rest(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            while chunk := os.read(self._output, 1 << 16):
                self._printed = (self._printed + chunk)[-TAIL_BYTES:]

    def close(self) -> None:
        """Have the guardian kill all of it; returns when nothing of it is left, the scratch folder included."""
        self._end_guardian()
        self._close_pipes(self._requests, self._answers, self._output)

    def _end_guardian(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._guardian.terminate()
        try:
            self._guardian.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._guardian.kill()
            self._guardian.wait()
        remove(str(self._scratch))

    @staticmethod
    def _close_pipes(*streams: int) -> None:
        for stream in streams:
            with contextlib.suppress(OSError):
                os.close(stream)


def clean_environment(scratch: Path, weights: Path | None = None) -> dict[str, str]:
    """Nothing of the user's: no settings, no credentials, and one hash seed, so that same in gives same out."""
    home = str(scratch)
    fixed = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "TZ": "UTC"}
    hardware = {name: os.environ[name] for name in HARDWARE if name in os.environ}
    found = {"BOILERBENCH_WEIGHTS": str(weights)} if weights else {}
    return {**fixed, "HOME": home, "TMPDIR": home, "XDG_CACHE_HOME": home, **hardware, **found}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has no name of its own
        return f"signal {number}"
