"""How much worse the gate lets pass; apart from its rules, so that the command line can name it without pandas."""

from __future__ import annotations

from dataclasses import dataclass

DRIFT = 1.15
"""By so much a limit on slowness is wider against a baseline than against an adapter timed beside it: under other load
the quotient of an extractor and the reference parse is another one, in every measurement of that hour (docs/ci.md)."""


@dataclass(frozen=True)
class Limits:
    """How much worse is let pass."""

    mean: float = 0.002
    """Loss of the mean of a share."""
    page: float = 0.05
    """Loss of a share on one page."""
    slower: float = 1.25
    """Times as slow as what is timed beside it, in parses of the same page; against a baseline DRIFT times that."""
    hungrier: float = 50.0
    """More memory, in MB."""
