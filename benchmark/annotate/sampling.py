"""Chooses pages to annotate by a rule that is stated and can be run again, so that none is chosen by how it scores."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ..text import tokens

LANG = re.compile(r"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
CLASSES = 3
"""Classes of equal number that sizes and shares are cut into."""
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True)
class Candidate:
    """A page that could be annotated, by what the rule looks at."""

    page_id: str
    """Its id."""
    site: str
    """Its site; of each site one page is taken at most."""
    language: str
    """Language group: the declared language, else `undeclared`, or `other-script` where most letters are not Latin."""
    words: int
    """Visible words."""
    boilerplate: float
    """Share of them that the corpus' gold body does not have."""


def language_of(html: str, body: str) -> str:
    """The language group of a decoded page."""
    letters = [letter for letter in body if letter.isalpha()]
    if sum(1 for letter in letters if not LATIN.match(letter)) > len(letters) / 2:
        return "other-script"
    declared = LANG.search(html)
    return declared.group(1).lower() if declared else "undeclared"


def boilerplate_share(visible: str, body: str) -> float:
    """Share of the visible words that the body leaves over."""
    return max(0.0, 1 - len(tokens(body)) / max(1, len(tokens(visible))))


def balanced(candidates: Sequence[Candidate], number: int, seed: int) -> list[Candidate]:
    """So many pages, as even as can be over language groups, size and share of boilerplate; at most one of a site.

    Languages fall into English, other declared or in another script, and undeclared; sizes and shares into thirds. The
    27 cells are visited in an order drawn by the seed, round after round, and each gives one page drawn by the seed,
    until there are enough or nothing is left. The pages come in the order of the candidates.
    """
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    sizes = _cuts([one.words for one in candidates])
    shares = _cuts([one.boilerplate for one in candidates])
    cells: dict[tuple[str, int, int], list[Candidate]] = defaultdict(list)
    for one in candidates:
        cells[_group(one.language), _class(one.words, sizes), _class(one.boilerplate, shares)].append(one)
    order = draw.sample(sorted(cells), len(cells))
    piles = [draw.sample(cells[cell], len(cells[cell])) for cell in order]
    chosen: list[Candidate] = []
    sites: set[str] = set()
    while len(chosen) < number and any(piles):
        for pile in piles:
            while pile and pile[-1].site in sites:
                pile.pop()
            if pile and len(chosen) < number:
                chosen.append(pile.pop())
                sites.add(chosen[-1].site)
    return [one for one in candidates if one in chosen]


def _group(language: str) -> str:
    return language if language in ("en", "undeclared") else "other"


def _cuts(values: Sequence[float]) -> list[float]:
    """Values at which classes of equal number end."""
    ordered = sorted(values)
    return [ordered[len(ordered) * step // CLASSES] for step in range(1, CLASSES)] if ordered else []


def _class(value: float, cuts: Sequence[float]) -> int:
    return sum(value >= cut for cut in cuts)
