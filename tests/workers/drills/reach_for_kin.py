"""Goes for the processes it comes from: its guardian, its supervisor, and everybody else in /proc.

Harm is done to its own ancestors alone, up to the runner that the test started. Strangers are only asked whether they
could be signalled, so that a sandbox that has failed fails this test and not the machine.
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROC = Path("/proc")


def extract(page: Any) -> str:
    if b"bad" in page.html:
        guardian, runner = ancestors()
        tries: dict[str, Callable[[], object]] = {
            f"{verb} the {name}": lambda deed=deed, process=process: deed(process)  # type: ignore[misc]
            for name, process in (("guardian", guardian), ("runner", runner))
            for verb, deed in DEEDS.items()
        }
        strangers = [int(entry.name) for entry in PROC.glob("[0-9]*") if int(entry.name) != os.getpid()]
        tries |= {f"signal {process}": lambda process=process: os.kill(process, 0) for process in strangers}  # type: ignore[misc]
        if done := [what for what, deed in tries.items() if works(deed)]:
            raise RuntimeError(f"nobody kept it from: {', '.join(done)}")
    return str(page.text.partition("<p>")[2])


DEEDS: dict[str, Callable[[int], object]] = {
    "limit": lambda process: resource.prlimit(process, resource.RLIMIT_DATA, (1, 1)),
    "read the environment of": lambda process: (PROC / str(process) / "environ").read_bytes()[0],
    "read the memory of": lambda process: (PROC / str(process) / "mem").open("rb"),
    "slow down": lambda process: os.setpriority(os.PRIO_PROCESS, process, 19),
    "stop": lambda process: os.kill(process, signal.SIGSTOP),
    "terminate": lambda process: os.kill(process, signal.SIGTERM),
    "kill": lambda process: os.kill(process, signal.SIGKILL),
}


def ancestors() -> tuple[int, int]:
    """The guardian and the runner, found by walking up /proc; nobody above them is touched."""
    guardian = os.getppid()
    stat = (PROC / str(guardian) / "stat").read_text(encoding="utf-8")
    runner = int(stat.rpartition(")")[2].split()[1])
    line = (PROC / str(runner) / "cmdline").read_bytes()
    if b"boilerbench" not in line:
        raise LookupError(f"the parent of the guardian is no runner: {line!r}")
    return guardian, runner


def works(deed: Callable[[], object]) -> bool:
    """Whether nothing refuses a deed."""
    try:
        deed()
    except (OSError, ValueError):
        return False
    return True
