"""Who is told how far things are."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What stages tell, and the command line shows."""

    def stage(self, name: str, total: int) -> None:
        """A stage of so many steps begins."""

    def step(self, label: str) -> None:
        """One step is done."""

    def note(self, line: str) -> None:
        """Something the user should know."""
