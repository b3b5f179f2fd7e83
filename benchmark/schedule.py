"""In which order shards are run, so that all cores stay busy to the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Task = TypeVar("Task")


@dataclass
class LongestFirst(Generic[Task]):
    """Hands out shards, those expected to take longest first.

    How long an adapter takes is not known beforehand, so one shard of each adapter goes first; from then on the time
    that its finished shards took stands for the others. Whoever draws a task reports when it is done.
    """

    shards: Sequence[tuple[str, float, Task]]
    """Adapter, size (bytes of its pages) and task of each shard."""
    _seconds: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __iter__(self) -> Iterator[Task]:
        """Draw the next task each time a place is free."""
        left = list(self.shards)
        while left:
            with self._lock:
                chosen = max(range(len(left)), key=lambda index: self._expected(left, index))
            adapter, _, task = left.pop(chosen)
            with self._lock:
                self._seconds.setdefault(adapter, [])
            yield task

    def done(self, adapter: str, size: float, begun: float) -> None:
        """A shard of that size is finished, which was begun at that reading of time.monotonic()."""
        with self._lock:
            self._seconds.setdefault(adapter, []).append((size, time.monotonic() - begun))

    def _expected(self, left: Sequence[tuple[str, float, Task]], index: int) -> tuple[float, int]:
        """Seconds that a shard is expected to take; one of an adapter not yet seen counts as longest."""
        adapter, size, _ = left[index]
        known = self._seconds.get(adapter)
        if known is None:
            return float("inf"), -index
        sizes, seconds = (sum(column) for column in zip(*known, strict=True)) if known else (0.0, 0.0)
        rate = seconds / sizes if sizes else 0.0  # a first shard is still running: others may overtake
        return rate * size, -index
