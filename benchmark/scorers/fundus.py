"""Paragraphs in common, ROUGE-LSum and word error rate as fundus-evaluation computes them, with optional paragraphs."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from ..records import Gold, Metric
from ._sentences import sentences
from ._union_lcs import Rates, against_sentences

ON_DEMAND = True
"""Run only where it is named: it needs the packages of `boilerbench[peers]`."""

METRICS = (
    Metric(
        "fundus.paragraph_precision",
        "share of the answer's paragraphs that are gold paragraphs word for word; undefined for an empty answer",
        on_failure=None,
    ),
    Metric("fundus.paragraph_recall", "share of the gold's paragraphs that the answer holds word for word"),
    Metric(
        "fundus.paragraph_f1",
        "harmonic mean of the two; pages without a paragraph in common are left out, as Fundus does",
        on_failure=None,
    ),
    Metric("fundus.paragraph_precision_page", "the precision with 0 for an empty answer beside a gold with paragraphs"),
    Metric("fundus.paragraph_f1_page", "the F1 with 0 for a page without a paragraph in common"),
    Metric("fundus.rouge_lsum_precision", "share of the answer's words that hit the gold's sentences"),
    Metric("fundus.rouge_lsum_recall", "share of the gold's words that the answer's sentences hit"),
    Metric("fundus.rouge_lsum_f1", "harmonic mean of the page's ROUGE-LSum precision and recall"),
    Metric(
        "fundus.wer",
        "words to put in, leave out or replace to make the gold the answer, per word of the gold",
        direction="lower",
        high=math.inf,
        on_failure=1.0,
    ),
)

MOST_OPTIONAL = 4
"""With more optional paragraphs only two golds are tried: with all of them and with none."""

_WORD = re.compile(r"[a-z0-9]+")
_SPACES = re.compile(r"\s\s+")

Paragraphs = list[str]


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    r"""Score answers against every choice of the gold's optional paragraphs; the best value counts, for each measure.

    Paragraphs are the lines of a text that hold more than white space; those of an answer have each run of white space
    turned into one space, as Fundus does with what it extracts. `Gold.optional` names the optional ones. Choices are in
    order of the number left out, then of their places; above MOST_OPTIONAL only none and all are left out.

    - Paragraph match: of two multisets of paragraphs, tp = in both, P = tp / the answer's, R = tp / the gold's, F1
      their harmonic mean. P and F1 are undefined for an empty answer, R and F1 for a choice without a paragraph, F1
      also where tp is 0. The first choice with the highest F1 gives all three. `paragraph_precision_page` and
      `paragraph_f1_page` are this project's addition: 0 in place of undefined, unless the gold has no paragraph at all.
    - ROUGE-LSum: see `against_sentences`, over the paragraphs joined by an empty line, sentences of `_sentences`, words
      `[a-z0-9]+` of the lower-cased text, so that a letter with an accent parts a word. The first choice with the
      highest F1 gives all three.
    - Word error rate: Levenshtein distance of two lists of words / words of the gold, the least over all choices that
      have a word; undefined where none has. It may exceed 1. Words stand between spaces once two or more blanks in a
      row have become a space, so that a single tab parts none (jiwer's default).

    Source: dobbersc/fundus-evaluation, src/fundus_evaluation/scorers.py and utils.py (d43db54), with rouge_score 0.1.2
    and jiwer; Dallabetta, Dobberstein, Breiding and Akbik, "Fundus: A Simple-to-Use News Scraper Optimized for High
    Quality Extractions", ACL 2024. There an undefined value leaves the mean.

    Raises `EnvironmentFault` where the packages that split sentences are missing.
    """
    choices = _choices(gold)
    match, rouge, wer = _paragraph_match(choices), _rouge_lsum(choices), _word_error_rate(choices)

    def score(answer: str) -> dict[str, float | None]:
        paragraphs = [" ".join(line.split()) for line in answer.split("\n") if line.strip()]
        precision, recall, f1 = match(paragraphs)
        pages = (precision or 0.0, f1 or 0.0) if any(choices) else (None, None)
        values = (precision, recall, f1, *pages, *rouge(paragraphs), wer(paragraphs))
        return dict(zip(_NAMES, values, strict=True))

    return score


_NAMES = tuple(metric.name for metric in METRICS)


def _choices(gold: Gold) -> list[Paragraphs]:
    """The gold's paragraphs with every choice of optional ones left out; first of all, with none."""
    lines = {number: line for number, line in enumerate(gold.body.split("\n")) if line.strip()}
    optional = [number for number in lines if number in gold.optional]
    sizes = range(len(optional) + 1) if len(optional) <= MOST_OPTIONAL else (0, len(optional))
    return [
        [line for number, line in lines.items() if number not in left_out]
        for size in sizes
        for left_out in combinations(optional, size)
    ]


Match = tuple[float | None, float | None, float | None]


def _paragraph_match(choices: Iterable[Paragraphs]) -> Callable[[Paragraphs], Match]:
    counted = [Counter(choice) for choice in choices]

    def match(answer: Paragraphs) -> Match:
        answered = Counter(answer)
        best, *others = (_match(gold, answered) for gold in counted)
        for other in others:
            # Leaving a paragraph out finds none anew: where the first F1 is undefined, so are all.
            if best[2] is not None and other[2] is not None and other[2] > best[2]:
                best = other
        return best

    return match


def _match(gold: Counter[str], answer: Counter[str]) -> Match:
    matched, answered, wanted = (gold & answer).total(), answer.total(), gold.total()
    precision = matched / answered if answered else None
    recall = matched / wanted if wanted else None
    if not precision or not recall:
        return precision, recall, None
    return precision, recall, 2 * precision * recall / (precision + recall)


def _rouge_lsum(choices: Iterable[Paragraphs]) -> Callable[[Paragraphs], Rates]:
    judges = [against_sentences(_sentences_of(choice)) for choice in choices]

    def rouge(answer: Paragraphs) -> Rates:
        split = _sentences_of(answer)
        return max((judge(split) for judge in judges), key=lambda rates: rates.f1)

    return rouge


def _sentences_of(paragraphs: Paragraphs) -> list[list[str]]:
    return [_WORD.findall(sentence.lower()) for sentence in sentences("\n\n".join(paragraphs))]


def _word_error_rate(choices: Iterable[Paragraphs]) -> Callable[[Paragraphs], float | None]:
    golds = [words for choice in choices if (words := _words(choice))]
    numbers = {word: number for number, word in enumerate(dict.fromkeys(word for words in golds for word in words))}
    numbered = [[numbers[word] for word in words] for words in golds]

    def wer(answer: Paragraphs) -> float | None:
        words = [numbers.get(word, -1) for word in _words(answer)]
        return min((Levenshtein.distance(gold, words) / len(gold) for gold in numbered), default=None)

    return wer


def _words(paragraphs: Sequence[str]) -> list[str]:
    text = _SPACES.sub(" ", "\n\n".join(paragraphs)).strip()
    return [word for word in text.split(" ") if word]
