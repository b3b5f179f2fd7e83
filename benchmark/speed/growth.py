"""How an adapter's time grows with the page: one page with its body repeated 1, 2, 4, 8 and 16 times.

Natural pages do not show this: a page that is larger is mostly larger by scripts. Repeating the body grows all that an
extractor looks at by the same factor, so that time in step with the page gives an exponent of 1 (somewhat less where a
fixed cost stands beside it), and time that grows with its square one of nearly 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2
from time import monotonic

from ..records import Page
from ..workers.supervisor import Answer

FACTORS = (1, 2, 4, 8, 16)
"""How often the body is repeated."""
PAGES = 3
"""Pages that are grown: those in the middle of the corpus by size."""
CALLS = 2
"""Calls at each factor, of which the cheaper one counts."""
ENOUGH = 3
"""Factors an exponent is fitted to at least."""
BODY = re.compile(rb"(?is)(.*?<body\b[^>]*>)(.*)(</body\s*>.*)")


@dataclass(frozen=True)
class Growth:
    """What came of growing one page for one adapter."""

    exponent: float | None
    """Slope of log CPU time over log factor, by least squares; None where fewer than ENOUGH factors were answered."""
    reached: int
    """Largest factor that was answered, 0 if none was."""
    complete: bool
    """Whether no call failed; a smaller `reached` then means that time was up."""


def grown(page: Page, factor: int) -> Page:
    """The page with all that stands in its body repeated."""
    parts = BODY.fullmatch(page.html)
    head, body, foot = parts.groups() if parts else (b"", page.html, b"")
    return replace(page, html=head + body * factor + foot)


def chosen(pages: Iterable[Page], sizes: Mapping[str, int], number: int = PAGES) -> list[Page]:
    """Pages in the middle of a corpus by size, of those that have a body to repeat."""
    middle = sorted(sizes.values())[len(sizes) // 2]
    nearest = sorted((abs(size - middle), name) for name, size in sizes.items())
    wanted = [name for _, name in nearest[: 3 * number]]
    found = {page.id: page for page in pages if page.id in wanted and BODY.fullmatch(page.html)}
    return [found[name] for name in wanted if name in found][:number]


def measure(ask: Callable[[Page], Answer], page: Page, deadline: float) -> Growth:
    """Time an adapter on one page as it grows, until a call fails or `time.monotonic()` passes the deadline."""
    points: list[tuple[int, int]] = []
    for factor in FACTORS:
        larger = grown(page, factor)
        answers = []
        for _ in range(CALLS):
            if points and monotonic() > deadline:
                return Growth(exponent(points), points[-1][0], complete=True)
            answers.append(ask(larger))
            if answers[-1].extraction.failed:
                return Growth(exponent(points), points[-1][0] if points else 0, complete=False)
        points.append((factor, min(answer.costs.get("cost.cpu_ns", 0) for answer in answers)))
    return Growth(exponent(points), points[-1][0], complete=True)


def exponent(points: Sequence[tuple[int, int]]) -> float | None:
    """Slope of log CPU time over log factor, by least squares; None of too few points, or where one took no time."""
    if len(points) < ENOUGH or any(nanoseconds <= 0 for _, nanoseconds in points):
        return None
    across = [log2(factor) for factor, _ in points]
    up = [log2(nanoseconds) for _, nanoseconds in points]
    mean_across, mean_up = sum(across) / len(across), sum(up) / len(up)
    above = sum((x - mean_across) * (y - mean_up) for x, y in zip(across, up, strict=True))
    return above / sum((x - mean_across) ** 2 for x in across)
