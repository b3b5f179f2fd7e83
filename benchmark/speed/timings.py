"""What the speed stage notes: a handful of numbers per call, nothing of the page or the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .growth import Growth


class Timing(NamedTuple):
    """One counted call, beside what the reference took for the same page in the same round."""

    cpu_ns: int
    """CPU time of the worker and of the children it waited for."""
    wall_ns: int
    """Wall time."""
    decode_ns: int
    """CPU time of decoding the page, part of `cpu_ns`; 0 where the adapter took the bytes."""
    peak_rss_bytes: int | None
    """Largest memory of the worker during the call, its children left out; None where the system does not say."""
    reference_cpu_ns: float | None
    """CPU time of the reference: median of the round's calls on the page, of which each adapter's call has one right
    before or after it. None where the reference failed on the page."""

    @property
    def ratio(self) -> float | None:
        """CPU time as a multiple of the reference's."""
        return self.cpu_ns / self.reference_cpu_ns if self.reference_cpu_ns else None


@dataclass(frozen=True)
class StartUp:
    """What it costs to bring an adapter to its first answer, over a few fresh workers."""

    import_ns: int
    """Shortest wall time of the import; a worker notes no CPU time for it, and load only ever adds."""
    first_call_ns: int | None
    """Median CPU time of the first call, on the first page; None where it failed."""


@dataclass(frozen=True)
class Timed:
    """All timings of one adapter."""

    adapter: str
    """Full name: name, @variant and ==release."""
    version: str | None
    """Version of the competitor as its own environment reports it."""
    start_up: StartUp | None
    """None where it could not be started."""
    unable: str | None
    """Why it could not be started; None where it could."""
    rounds: int
    """Counted rounds that fitted into the time box."""
    calls: Mapping[str, Sequence[Timing]]
    """Page id -> one timing per counted round; a page on which any call failed is not among them."""
    failed: Mapping[str, str]
    """Page id -> outcome of the call that failed, counted or not."""
    growth: Mapping[str, Growth] = field(default_factory=dict)
    """Page id -> how time grew as the page's body was repeated, of the few pages that were grown."""
    memory: Mapping[str, int] = field(default_factory=dict)
    """Page id -> largest memory of a process that was given this page alone, of a sample of pages: for adapters whose
    worker does not tell what one call takes, since a collector of garbage gives memory back when it likes."""


@dataclass(frozen=True)
class Measured:
    """All timings of one corpus."""

    corpus: str
    """Name of the corpus."""
    pages: Mapping[str, int]
    """Page id -> size in bytes, in the order of the corpus."""
    adapters: tuple[Timed, ...]
    """One per adapter, in the order given."""
    reference: str
    """Distribution and version of the reference."""
    seconds: float
    """The time box that was asked for."""
    rounds: int
    """Counted rounds that were asked for."""
    seed: int
    """Seed of the random orders."""
