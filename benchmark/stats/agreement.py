"""How far independent readings of the same pages agree, token by token: Cohen's kappa and Krippendorff's alpha.

A kind or a class is judged against the rest: its measures are those of the question "is this token of that kind?".

No interval is given: an annotator decides about regions, so the tokens of a region fall together, and an interval that
took them for independent would be far too short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..errors import UsageError

Readings = Mapping[str, Sequence[Sequence[str]]]
"""Page -> one reading of it by each annotator, in the same order on every page; a reading has one label per token."""
Confusion = Counter[tuple[str, str]]
"""Tokens by the label of the earlier and the label of the later reading, summed over all pairs of readings."""


@dataclass(frozen=True)
class Measures:
    """How far readings agree in one respect."""

    tokens: int
    """Tokens read, whatever their label."""
    labelled: tuple[int, ...]
    """To how many of them each reading gives the label in question; all of them where no single one is."""
    agreed: float | None
    """Share of tokens on which two readings agree, mean over all pairs of readings; None without tokens."""
    kappa: float | None
    """Cohen's kappa, 1 for full agreement, 0 for that of chance; None for more than two readings, and where both give
    every token the same one label, so that chance alone agrees fully."""
    alpha: float | None
    """Krippendorff's alpha for nominal data, on the same scale; None where all readings know just one label."""


@dataclass(frozen=True)
class Agreement:
    """All that is said about the agreement of some readings."""

    overall: Measures
    """All labels told apart."""
    kinds: Mapping[str, Measures]
    """Each label that any reading gives against the rest, sorted by name."""
    overall_classes: Measures
    """All classes told apart."""
    classes: Mapping[str, Measures]
    """Each class that any reading gives against the rest, sorted by name."""
    confusion: Confusion
    """Which labels stand against each other."""


def agreement(readings: Readings, classes: Mapping[str, str]) -> Agreement:
    """Agreement of two or more readings of the same tokens, all pages pooled; `classes` gives the class of each label.

    Kappa: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
    (1960), 37-46. Alpha: K. Krippendorff, "Computing Krippendorff's alpha-reliability", University of Pennsylvania
    (2011), section C, without missing data.

    No pages, or pages without tokens: all measures are None. `UsageError` names every page whose readings differ in
    length or in number or are fewer than two, and every label without a class.
    """
    _refuse(readings, classes)
    annotators = max((len(page) for page in readings.values()), default=0)
    confusion: Confusion = Counter()
    counts: list[Counter[str]] = [Counter() for _ in range(annotators)]
    for page in readings.values():
        for first, second in combinations(page, 2):
            confusion.update(zip(first, second, strict=True))
        for count, reading in zip(counts, page, strict=True):
            count.update(reading)
    labels = sorted(set().union(*counts))
    return Agreement(
        overall=_measures(confusion, counts),
        kinds={label: _one_against_rest(confusion, counts, {label}) for label in labels},
        overall_classes=_measures(_merged(confusion, classes.__getitem__), counts),
        classes={
            name: _one_against_rest(confusion, counts, {label for label in labels if classes[label] == name})
            for name in sorted({classes[label] for label in labels})
        },
        confusion=confusion,
    )


def confusion_table(confusion: Confusion) -> tuple[list[str], list[list[int]]]:
    """The labels, commonest first and then by name, and the counts: a row for each label of the earlier reading."""
    totals: Counter[str] = Counter()
    for (first, second), count in confusion.items():
        totals[first] += count
        totals[second] += count
    labels = sorted(totals, key=lambda label: (-totals[label], label))
    return labels, [[confusion[first, second] for second in labels] for first in labels]


def disagreements(confusion: Confusion) -> list[tuple[str, str, int]]:
    """Unequal labels that stand against each other and on how many tokens, most first, then by name."""
    unequal = [(first, second, count) for (first, second), count in confusion.items() if first != second and count]
    return sorted(unequal, key=lambda row: (-row[2], row[:2]))


def _refuse(readings: Readings, classes: Mapping[str, str]) -> None:
    problems = [*_page_problems(readings)]
    unknown = {label for page in readings.values() for reading in page for label in set(reading)} - set(classes)
    problems += [f"label {label!r} has no class; known: {', '.join(sorted(classes))}" for label in sorted(unknown)]
    if problems:
        expected = "expected two or more readings of each page, by the same annotators, with one label per token"
        raise UsageError("\n".join(["cannot compare the readings:", *(f"- {one}" for one in problems), expected]))


def _page_problems(readings: Readings) -> Iterator[str]:
    usual = Counter(len(page) for page in readings.values()).most_common(1)
    for name, page in readings.items():
        lengths = [len(reading) for reading in page]
        if len(page) < 2:
            yield f"page {name}: {len(page)} reading; give at least two"
        elif len(page) != usual[0][0]:
            yield f"page {name}: {len(page)} readings where other pages have {usual[0][0]}; leave the page out"
        if len(set(lengths)) > 1:
            sizes = ", ".join(map(str, lengths))
            yield f"page {name}: readings of {sizes} tokens; make all of them of the same bytes of the page"


def _merged(confusion: Confusion, name_of: Callable[[str], str]) -> Confusion:
    """The same counts with each label called as the function says."""
    merged: Confusion = Counter()
    for (first, second), count in confusion.items():
        merged[name_of(first), name_of(second)] += count
    return merged


def _one_against_rest(confusion: Confusion, counts: Sequence[Counter[str]], wanted: set[str]) -> Measures:
    return _measures(_merged(confusion, lambda label: "it" if label in wanted else "rest"), counts, wanted)


def _measures(confusion: Confusion, counts: Sequence[Counter[str]], wanted: set[str] | None = None) -> Measures:
    pairs = confusion.total()
    alike = sum(count for (first, second), count in confusion.items() if first == second)
    return Measures(
        tokens=counts[0].total() if counts else 0,
        labelled=tuple(sum(count[label] for label in (count if wanted is None else wanted)) for count in counts),
        agreed=alike / pairs if pairs else None,
        kappa=_kappa(confusion) if len(counts) == 2 else None,
        alpha=_alpha(confusion, len(counts)) if pairs else None,
    )


def _kappa(confusion: Confusion) -> float | None:
    """(observed - expected) / (1 - expected), all times the squared number of tokens, so that sums are exact."""
    size = confusion.total()
    first, second = _marginals(confusion)
    observed = size * sum(count for (one, other), count in confusion.items() if one == other)
    expected = sum(count * second[label] for label, count in first.items())
    return (observed - expected) / (size * size - expected) if size * size != expected else None


def _alpha(confusion: Confusion, annotators: int) -> float | None:
    """1 - observed / expected disagreement, from the matrix of coincidences.

    The matrix counts each pair of labels of a token both ways round, and divides by the annotators less one, so that
    a token counts as often as it was labelled.
    """
    first, second = _marginals(confusion)
    labelled = {label: (first[label] + second[label]) // (annotators - 1) for label in first | second}
    size = sum(labelled.values())
    unequal = sum(count for (one, other), count in confusion.items() if one != other)
    expected = size * size - _squares(labelled.values())
    return 1 - (size - 1) * 2 * unequal / (annotators - 1) / expected if expected else None


def _marginals(confusion: Confusion) -> tuple[Counter[str], Counter[str]]:
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (one, other), count in confusion.items():
        first[one] += count
        second[other] += count
    return first, second


def _squares(counts: Iterable[int]) -> int:
    return sum(count * count for count in counts)
