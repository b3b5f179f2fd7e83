"""How many runs of n tokens two texts share, counted as multisets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


class Rates(NamedTuple):
    """Overlap over the runs of the answer, over those of the gold, and the harmonic mean of both."""

    precision: float
    recall: float
    f1: float


class Overlap:
    """The runs of n tokens of a gold, prepared once and counted in any number of answers.

    Every run has a number: that of the run one token shorter, together with that of its last token, numbered again
    among the gold's. Two runs have the same number if and only if they are the same; what the gold does not hold is 0.
    """

    def __init__(self, gold: Sequence[str], size: int) -> None:
        self._tokens = {token: number for number, token in enumerate(dict.fromkeys(gold), start=1)}
        self._pairs: list[Numbers] = []
        runs = tokens = self._numbered(gold)
        for longer in range(1, size):
            pairs = self._paired(runs, tokens[longer:])
            self._pairs.append(np.unique(pairs))
            runs = np.searchsorted(self._pairs[-1], pairs) + 1
        self._size = len(runs)
        self._counts = np.bincount(runs, minlength=1)

    def rates(self, answer: Sequence[str]) -> Rates:
        """How the answer's runs and the gold's overlap; 0 where one has none."""
        runs, number = self._runs(answer)
        counts = np.bincount(runs[runs > 0], minlength=len(self._counts))
        shared = int(np.minimum(counts, self._counts).sum())
        if not shared:
            return Rates(0.0, 0.0, 0.0)
        precision, recall = shared / number, shared / self._size
        return Rates(precision, recall, 2 * precision * recall / (precision + recall))

    def _runs(self, answer: Sequence[str]) -> tuple[Numbers, int]:
        runs = tokens = self._numbered(answer)
        for longer, known in enumerate(self._pairs, start=1):
            runs = _places(known, self._paired(runs, tokens[longer:]))
        return runs, len(runs)

    def _numbered(self, tokens: Sequence[str]) -> Numbers:
        return np.fromiter(map(self._tokens.get, tokens, repeat(0)), np.int64, len(tokens))

    def _paired(self, runs: Numbers, following: Numbers) -> Numbers:
        pairs: Numbers = runs[: len(following)] * (len(self._tokens) + 1) + following
        # A run whose beginning or end the gold lacks is none of its runs.
        pairs[(runs[: len(following)] == 0) | (following == 0)] = 0
        return pairs


def _places(known: Numbers, wanted: Numbers) -> Numbers:
    """Where each number stands among the known, counted from 1, or 0."""
    if not known.size:
        return np.zeros_like(wanted)
    places = np.searchsorted(known, wanted)
    places[places == len(known)] = 0
    return np.where(known[places] == wanted, places + 1, 0)
