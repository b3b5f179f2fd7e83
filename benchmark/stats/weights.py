"""Random weights of clusters, ten thousand resamples for the price of a few fast transforms.

A resample gives every cluster a weight. Drawing clusters with replacement gives about Poisson counts; here each weight
is one of eight values with the same first three central moments (1, 1, 1), drawn for each cluster by itself: a weighted
bootstrap (Mason & Newton 1992; Barbe & Bertail 1995), as exact as the usual one in the term that makes intervals
asymmetric because the third moment is right (Liu 1988). What is 0 among counts is 1/32 or 1/16 here: no cluster is ever
left out wholly, so that a measure whose spread comes from few clusters keeps a standard error in every resample. Fay's
balanced half-samples do the same (Judkins 1990).

The eight values are a function of three random signs, so a weight less 1 is a sum of products of signs, and over the
rows of a Hadamard matrix such products are columns of the same matrix: H[b, i] H[b, j] = H[b, i xor j]. Each cluster
gets three columns p, xp, x²p (arithmetic of polynomials over GF(2)) and three random signs that hold for the whole
matrix. Then 2**k resamples of a column of numbers are one Walsh-Hadamard transform, k additions for each resample
instead of one per cluster. In each resample by itself the weights are independent and exactly as said, whatever the
columns; those of one matrix are uncorrelated and depend on each other in higher moments only, and other matrices have
new columns and signs. McCarthy (1969) balanced half-samples by Hadamard matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .aggregates import Floats

WEIGHTS = (0.03125, 0.0625, 0.0625, 1.0, 0.71875, 1.46875, 3.1875, 1.46875)
"""Weight of a cluster by the three bits of its signs. Mean 1, variance 1, third central moment 1.01, fourth 3.2 (4 for
Poisson counts); in this order one of the seven products of signs does not occur. The smallest was chosen so that where
one cluster of many deviates, the interval is about as wide as that of a Poisson count of 1, (.03, 5.6)."""

COEFFICIENTS = {2: -55.0, 3: -25.0, 4: -91.0, 5: -31.0, 6: 24.0, 7: 54.0}
"""How often each product of signs (bit j stands for sign j) enters a weight, in 128ths, beside the mean of 1."""

UNIT = 128.0
"""What the coefficients are counted in: a power of two, so that dividing by it is exact."""

ROOM = 9
"""Bits by which sums of coefficients times numbers can exceed the sum of the numbers: the coefficients sum to 280."""

FEWEST_BITS = 10
"""Smallest matrix: 1,024 resamples, for corpora of up to 1,023 clusters; calls on smaller ones cost more than sums."""

SERIAL = 2**18
"""Most multiplications in one product of matrices: up to here OpenBLAS starts no threads, which would wait for each
other longer than they work."""


@dataclass(frozen=True)
class Resampling:
    """Up to 2**bits resamples that share a Hadamard matrix."""

    count: int
    """How many of its resamples are used."""
    bits: int
    """Logarithm of the size of the matrix."""
    scatter: Any
    """Sparse matrix (2**bits, clusters): which columns of the Hadamard matrix make up a cluster's weight less 1."""

    def shifts(self, columns: Floats) -> Floats:
        """Sum over clusters of (weight - 1) times number: (clusters, columns) gives (count, columns).

        Exact, and so the same bits whatever stands in other columns, if the columns lie on the grid of `on_grid`.
        """
        width = max(1, SERIAL >> 2 * (self.bits - self.bits // 2))
        parts = [self._shifts(columns[:, start : start + width]) for start in range(0, columns.shape[1], width)]
        return parts[0] if len(parts) == 1 else np.hstack(parts)

    def _shifts(self, columns: Floats) -> Floats:
        spread: Floats = self.scatter @ np.ascontiguousarray(columns)
        found = _transform(spread, self.bits)[: self.count]
        found /= UNIT
        return found

    def weights(self) -> Floats:
        """The weights themselves, (count, clusters): for checks and plain references, never needed to resample."""
        return 1.0 + self.shifts(np.eye(self.scatter.shape[1]))


def resamplings(clusters: int, resamples: int, seed: np.random.SeedSequence) -> list[Resampling]:
    """Resamples of so many clusters, a matrix at a time; they depend on the seed and the two numbers alone."""
    rng = np.random.Generator(np.random.PCG64(seed))
    bits = max(FEWEST_BITS, clusters.bit_length())
    size = 2**bits
    return [_draw(clusters, min(size, resamples - start), bits, rng) for start in range(0, resamples, size)]


def on_grid(columns: Floats) -> Floats:
    """The columns rounded, along the last axis, so far that `Resampling.shifts` of them is free of rounding errors.

    With 2,000 clusters the rounding is 2e-10 of the largest number.
    """
    _, exponent = np.frexp(np.abs(columns).max(axis=-1, keepdims=True) * columns.shape[-1])
    shift = 52 - ROOM - exponent
    rounded: Floats = np.ldexp(np.rint(np.ldexp(columns, shift)), -shift)
    return rounded


def _draw(clusters: int, count: int, bits: int, rng: np.random.Generator) -> Resampling:
    from scipy import sparse

    place = rng.permutation(2**bits - 1)[:clusters] + 1  # column 0 is constant: its weight would not vary
    places = (place, _times_x(place, bits), _times_x(_times_x(place, bits), bits))
    signs = 1.0 - 2.0 * rng.integers(2, size=(3, clusters), dtype=np.int8)
    rows, values = [], []
    for product, coefficient in COEFFICIENTS.items():
        chosen = [sign for sign in range(3) if product >> sign & 1]
        rows.append(np.bitwise_xor.reduce([places[sign] for sign in chosen]))
        values.append(coefficient * np.prod([signs[sign] for sign in chosen], axis=0))
    columns = np.tile(np.arange(clusters), len(rows))
    entries = (np.concatenate(values), (np.concatenate(rows), columns))
    return Resampling(count, bits, sparse.csr_array(entries, shape=(2**bits, clusters)))


def _times_x(place: npt.NDArray[np.int64], bits: int) -> npt.NDArray[np.int64]:
    """Times x modulo x^bits + x^3 + 1, which no product of x, 1 + x and 1 + x + x² divides: distinct stay distinct."""
    moved: npt.NDArray[np.int64] = ((place << 1) & (2**bits - 1)) ^ ((place >> (bits - 1)) * 0b1001)
    return moved


def _transform(columns: Floats, bits: int) -> Floats:
    """Hadamard matrix of size 2**bits times the columns, as a product of two small matrices: both stay in cache."""
    high, low = bits // 2, bits - bits // 2
    parts = columns.reshape(2**high, 2**low, -1)
    across = np.matmul(_hadamard(high), parts.transpose(1, 0, 2))
    whole: Floats = np.matmul(_hadamard(low), across.transpose(1, 0, 2))
    return whole.reshape(2**bits, -1)


@cache
def _hadamard(bits: int) -> Floats:
    matrix = np.ones((1, 1))
    for _ in range(bits):
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix
