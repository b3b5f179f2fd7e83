"""How a worker is started: what every language's file in `runtimes/` hands to the supervisor."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
REQUESTS = 3
"""File descriptor on which a worker reads pages."""
ANSWERS = 4
"""File descriptor on which it answers."""


@dataclass(frozen=True)
class Start:
    """A worker's command line, and what of the disk it has to see beyond its environment and the system."""

    command: list[str]
    """Program and arguments."""
    reads: tuple[Path, ...] = ()
    """Files and folders it reads."""
    lists: tuple[Path, ...] = ()
    """Folders whose names it lists without reading what is in them."""
    outsider: bool = False
    """Whether it was brought by the user and may therefore read all but what it must not know."""
    environ: dict[str, str] = field(default_factory=dict)
    """Settings beyond the common ones."""
