"""What a worker may do: the command that starts it confined, the level that this machine allows, and what to say of it.

Levels, from strict to lax:
  full             no network, and no files but those it needs (Landlock and seccomp, or Landlock and an empty network)
  no-network-only  no network (seccomp, or an empty network of its own)
  limits-only      limits of memory, time and file size, an emptied environment and a scratch folder, nothing more
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import EnvironmentFault, UsageError
from .start import PACKAGE, Start

LEVELS = ("full", "no-network-only", "limits-only")
LAUNCHER = PACKAGE / "workers" / "launcher.py"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/opt")
"""Programs and libraries, which every worker may read and run."""
READABLE = (
    *(f"/dev/{name}" for name in ("urandom", "random", "zero", "full")),
    *(f"/etc/{name}" for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld.so.preload", "alternatives")),
    *(f"/etc/{name}" for name in ("localtime", "timezone", "locale.alias", "nsswitch.conf", "passwd", "group")),
    *(f"/etc/{name}" for name in ("ssl", "pki", "crypto-policies", "mime.types", "fonts", "os-release", "machine-id")),
    *(f"/etc/{name}" for name in ("debian_version", "java-17-openjdk", "java-21-openjdk")),
    *("/proc", "/sys"),
)
"""What runtimes look at when they start; nothing in it says anything about a page."""
WITHOUT = "BOILERBENCH_WITHOUT"
"""Environment variable that switches mechanisms off, for testing: landlock, seccomp, unshare, with commas between."""
MEANING = {
    "full": "no network, no files but their own",
    "no-network-only": "no network; extractors can read your files",
    "limits-only": "extractors can reach the network and read your files",
}


@dataclass(frozen=True)
class Confinement:
    """What took hold of a worker."""

    level: str
    """One of LEVELS."""
    files: int | None
    """ABI of the Landlock that guards files; None where nothing does."""
    network: str | None
    """seccomp or unshare; None where nothing keeps it off the network."""
    reasons: Mapping[str, str]
    """Mechanism -> why it is not there."""

    def line(self) -> str:
        """What a user should know, on one line."""
        if self.level == "full":
            return f"sandbox: full (Landlock ABI {self.files}, {self.network}): {MEANING['full']}"
        missing = "; ".join(f"no {name} ({reason})" for name, reason in self.reasons.items())
        return (
            f"sandbox: {self.level}: {missing or 'kernel ' + platform.release()}; {MEANING[self.level]}. "
            "Use --require-sandbox to refuse"
        )


@functools.cache
def probe() -> Confinement:
    """What takes hold on this machine, found out by confining a process that does nothing."""
    read_fd, report = os.pipe()
    try:
        config = order(Start([]), (), {}, {}, Path("/nonexistent"), (), report, ())
        done = subprocess.run(
            LAUNCH, input=config, pass_fds=(report,), capture_output=True, check=False, start_new_session=True
        )
        os.close(report)
        told = os.read(read_fd, 1 << 16)
    finally:
        os.close(read_fd)
    if not told:
        raise EnvironmentFault(f"workers cannot be started here: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return took_hold(told)[1]


def took_hold(told: bytes) -> tuple[int, Confinement]:
    """What a launcher reports, process id and confinement; EnvironmentFault where it could not start the worker."""
    found = json.loads(told)
    if "failed" in found:
        raise EnvironmentFault(f"a worker cannot be started: {found['failed']}")
    level = "limits-only" if not found["network"] else "full" if found["files"] else "no-network-only"
    return found["pid"], Confinement(level, found["files"], found["network"], found["reasons"])


def require(level: str | None) -> None:
    """Refuse to go on where workers cannot be confined that far; UsageError for an unknown level."""
    if level is None:
        return
    if level not in LEVELS:
        raise UsageError(f"--require-sandbox {level!r}: one of {', '.join(LEVELS)} is expected")
    found = probe()
    if LEVELS.index(found.level) > LEVELS.index(level):
        raise EnvironmentFault(f"--require-sandbox {level}, but {found.line()}")


LAUNCH = [sys.executable, "-I", "-S", "-B", str(LAUNCHER)]
"""What starts a worker, once it is told on its standard input what to start (`order`). Nothing of the user's settings,
nor of the site's start-up files, has a say in it."""


def order(
    start: Start,
    roots: Sequence[Path],
    limits: Mapping[str, int],
    environ: Mapping[str, str],
    scratch: Path,
    pipes: Sequence[int],
    report: int,
    hidden: Sequence[Path],
) -> bytes:
    """What LAUNCH is told on its standard input, so that it starts a worker confined.

    Args:
        start: the worker's own command, and what it must be able to read.
        roots: folders of its environment and interpreter.
        limits: name of an RLIMIT -> value.
        environ: its environment variables.
        scratch: the one folder it may write to, removed when it ends.
        pipes: file descriptors of the requests and the answers, which the worker finds as 3 and 4.
        report: file descriptor on which the launcher says what took hold (`took_hold`).
        hidden: files and folders that even a worker of the user's own must not read: golds and answers.
    """
    everything = [str(path) for path in _all_but(hidden)] if start.outsider else []
    said = {
        "command": start.command,
        "environ": dict(environ),
        "limits": dict(limits),
        "scratch": str(scratch),
        "pipes": list(pipes),
        "report": report,
        "parent": os.getpid(),
        "packages": _packages(),
        "without": [name for name in os.environ.get(WITHOUT, "").split(",") if name],
        "runs": [*SYSTEM, *map(str, roots), *everything],
        "reads": [*READABLE, *map(str, start.reads)],
        "lists": list(map(str, start.lists)),
        "writes": [str(scratch), "/dev/null"],
    }
    return json.dumps(said).encode()


@functools.cache
def _packages() -> list[str]:
    """Folders that hold the two packages that confine, as far as they are installed."""
    found = [importlib.util.find_spec(name) for name in ("py_landlock", "pyseccomp")]
    origins = [Path(one.origin) for one in found if one and one.origin]
    return sorted({str(origin.parents[origin.name == "__init__.py"]) for origin in origins})


def _all_but(hidden: Sequence[Path]) -> list[Path]:
    """Everything on the disk except some places: Landlock can only grant, so it is granted around them."""
    return list(_around(Path("/"), [path.resolve() for path in hidden]))


def _around(folder: Path, hidden: Sequence[Path]) -> Iterator[Path]:
    if not any(path == folder or folder in path.parents for path in hidden):
        yield folder
    elif folder not in hidden:
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            return
        for entry in entries:
            if not entry.is_symlink():
                yield from _around(entry, hidden)
