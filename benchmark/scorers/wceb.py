"""ROUGE-LSum and token Levenshtein as the web-content-extraction-benchmark computes them."""

from __future__ import annotations

from collections.abc import Callable

from rapidfuzz.distance import Indel

from ..records import Gold, Metric
from ._sentences import sentences
from ._union_lcs import Rates, against_sentences

ON_DEMAND = True
"""Run only where it is named: it needs the packages of `boilerbench[peers]`."""


def _peers(name: str, summary: str) -> Metric:
    """A measure of WCEB's, to which an exception in an extractor is an empty answer."""
    return Metric(f"wceb.{name}", summary, failure_as_empty=True)


METRICS = (
    _peers("rouge_lsum_precision", "share of the answer's words that hit the gold body's sentences"),
    _peers("rouge_lsum_recall", "share of the gold body's words that the answer's sentences hit"),
    _peers("rouge_lsum_f1", "harmonic mean of the page's ROUGE-LSum precision and recall; blind to sentence order"),
    _peers("levenshtein", "2 × the words in common in order / words of both; WCEB's column is called distance"),
)


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    """Score answers by ROUGE-LSum and by the similarity of two lists of words, case and punctuation kept.

    Words are what stands between white space. ROUGE-LSum: see `against_sentences`, with the sentences of `_sentences`,
    English on every page. An answer or gold without a word gives 0 on all three, except that R is 1 where the gold has
    none, and P and F1 are 1 where the answer has none either. Levenshtein, in spite of its name there, is a similarity:
    one minus the number of words to delete and insert over the words of both lists, 1 where both are empty.

    Source: chatnoir-eu/web-content-extraction-benchmark, src/extraction_benchmark/eval.py (36be6d9); Bevendorff, Gupta,
    Kiesel and Stein, "An Empirical Comparison of Web Content Extraction Algorithms", SIGIR 2023. There an exception in
    an extractor counts as an empty answer, and so does a failed extraction here: beside a gold without a word it is 1
    throughout, and else 0. Its tables give means and medians over pages; the paper's mean is that of the corpora's.

    Raises `EnvironmentFault` where the packages that split sentences are missing.
    """
    body = gold.body.split()
    numbers = {word: number for number, word in enumerate(dict.fromkeys(body))}
    numbered = [numbers[word] for word in body]
    judge = against_sentences(sentence.split() for sentence in sentences(gold.body))

    def score(answer: str) -> dict[str, float | None]:
        words = answer.split()
        rates = judge(sentence.split() for sentence in sentences(answer))
        if not body:
            rates = Rates(1.0, 1.0, 1.0) if not words else Rates(0.0, 1.0, 0.0)
        # A word that the gold does not hold matches nothing, whatever its number.
        similarity = Indel.normalized_similarity(numbered, [numbers.get(word, -1) for word in words])
        return dict(zip(_NAMES, (*rates, similarity), strict=True))

    return score


_NAMES = tuple(metric.name for metric in METRICS)
