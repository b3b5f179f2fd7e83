"""Random texts over small alphabets, scored by us and by a reference: ties and repeats as no real page has them.

Each family draws so many pairs of gold and answer by a fixed seed, a tenth of them with more than 64 tokens on a side
(where bit-parallel code changes its word), and holds every value of ours against a reference: the package that the peer
uses, or the definition written anew below without the library that ours is built on. `docs/measure.py parity` counts
them for `docs/parity.md`; `tests/scorers/test_random_cases.py` holds that all are equal.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations
from typing import Any

from benchmark.records import Gold
from benchmark.scorers import cleaneval, fundus, webmainbench
from benchmark.scorers._sentences import sentences
from benchmark.scorers._union_lcs import against_sentences

CASES = 3_000
"""Pairs of each family."""
LONG = 10
"""One pair in so many has a side of more than `WORD` tokens."""
MARKS = ("<p>", "<H>")
"""Marks of segments, as CleanEval's golds have them."""
WORD = 64
"""Bits of a machine word."""
NARROW, WIDE = 14, 150
"""Most tokens of a short and of a long side."""

Values = tuple[float | None, ...]
Case = tuple[str, str]
"""Gold and answer."""


@dataclass(frozen=True)
class Family:
    """One measure, how its texts are drawn, and the two ways to score them."""

    name: str
    """What is compared."""
    reference: str
    """Where the other values come from."""
    draw: Callable[[random.Random, int], Case]
    """A gold and an answer of up to so many tokens."""
    ours: Callable[[str, str], Values]
    """Our values of an answer to a gold."""
    theirs: Callable[[str, str], Values]
    """The reference's."""
    size: Callable[[str], int] = lambda text: len(text.split())
    """Tokens of a text."""


def cases(family: Family, count: int = CASES) -> Iterator[Case]:
    """The pairs of a family: the same ones each time."""
    for number in range(count):
        order = random.Random(f"{family.name} {number}")
        yield family.draw(order, WIDE if number % LONG == 0 else NARROW)


def compared(family: Family, count: int = CASES) -> dict[str, Any]:
    """How many pairs, how many of them equal to the last bit, and how many tokens the longest side has."""
    drawn = list(cases(family, count))
    unequal = [case for case in drawn if family.ours(*case) != family.theirs(*case)]
    sizes = [max(map(family.size, case)) for case in drawn]
    return {
        "measure": family.name,
        "reference": family.reference,
        "cases": len(drawn),
        "equal": len(drawn) - len(unequal),
        "long": sum(size > WORD for size in sizes),
        "longest": max(sizes),
        "unequal": unequal[:1],
    }


def rows() -> list[dict[str, Any]]:
    """All families compared, for the page of parity."""
    found = [compared(family) for family in families()]
    return [{key: value for key, value in row.items() if key != "unequal"} for row in found]


# texts --------------------------------------------------------------------------------------------------------


def _some(order: random.Random, letters: Sequence[str], most: int) -> list[str]:
    return order.choices(letters, k=order.randint(most // 2 if most == WIDE else 0, most))


def _edited(order: random.Random, text: list[str], letters: Sequence[str]) -> list[str]:
    """The text with a few stretches dropped, doubled, moved or replaced: near enough for ties to matter."""
    found = list(text)
    for _ in range(order.randint(0, 4)):
        start = order.randint(0, len(found))
        piece = found[start : start + order.randint(0, 6)]
        del found[start : start + order.choice([0, len(piece)])]
        place = order.randint(0, len(found))
        found[place:place] = order.choice([piece, [], order.choices(letters, k=2)])
    return found


def _pair(order: random.Random, letters: Sequence[str], most: int) -> tuple[list[str], list[str]]:
    used = letters[: order.randint(2, len(letters))]
    gold = _some(order, used, most)
    answer = _edited(order, gold, used) if order.random() < 0.5 else _some(order, used, most)
    return gold, answer


def words(order: random.Random, most: int) -> Case:
    """Words on one line."""
    gold, answer = _pair(order, ["a", "b", "A", "c.", "d", "e"], most)
    return " ".join(gold), " ".join(answer)


def lines(order: random.Random, most: int) -> Case:
    """Words on lines, which are sentences or paragraphs."""
    rare = [*"abcAdeabcde" * 4, "\n"]  # lines of more than `WORD` words
    signs = ["a", "b", "\n", "c", "\n", "A"] if most == NARROW else rare
    gold, answer = _pair(order, signs, most)
    return " ".join(gold), " ".join(answer)


def paragraphs(order: random.Random, most: int) -> Case:
    """Few paragraphs over and over, some of them optional, one blank."""
    kinds = ["a b", "b", "c a", "A", "A b", "a", " "] if most == NARROW else ["a b", "b", "c a", "a", "c", "b b", "A"]
    gold, answer = _pair(order, kinds, most)
    return "\n".join(gold), "\n".join(one.replace(" ", order.choice([" ", "  "])) for one in answer)


def summaries(order: random.Random, most: int) -> Case:
    """Words in sentences on lines, which are paragraphs; some of them optional, sentences over several of them."""
    words = ("dog", "cat", "bee", "emu", "yak")
    rare = ["dog", "cat", "\n", "A", *words * 3, "ox.", *words * 3]  # sentences of more than `WORD` words
    signs = ["dog", "cat.", "\n", "A", "yak", "ox."] if most == NARROW else rare
    gold, answer = _pair(order, signs, most)
    return " ".join(gold), " ".join(answer)


def characters(order: random.Random, most: int) -> Case:
    """Characters, a space among them."""
    gold, answer = _pair(order, ["a", "b", " ", "c"], most)
    return "".join(gold), "".join(answer)


def mixed(order: random.Random, most: int) -> Case:
    """Latin and Chinese with marks and white space, which jieba makes tokens of."""
    gold, answer = _pair(order, ["a ", "b", "\n", "我", "来到", "北京", "，", " ", "大学"], most)
    return "".join(gold), "".join(answer)


def marked(order: random.Random, most: int) -> Case:
    """Words with CleanEval's marks; golds of 200 words and more, for difflib then leaves frequent words aside."""
    signs = ["a", "b", "<p>", "c", "<H>", "d", *(f"w{number}" for number in range(order.choice([0, 30])))]
    gold, answer = _pair(order, signs, order.choice([WIDE, 2 * WIDE]) if most == WIDE else most)
    return " ".join(gold), " ".join(answer)


# references ---------------------------------------------------------------------------------------------------


def _levenshtein(gold: str, answer: str) -> Values:
    import Levenshtein

    return (Levenshtein.ratio(gold.split(), answer.split()),)


def _indel(gold: str, answer: str) -> Values:
    from benchmark.scorers import wceb

    return (wceb.against(Gold("", gold))(answer)["wceb.levenshtein"],)


@cache
def _rouge(measure: str, kind: str) -> Any:
    from rouge_score.rouge_scorer import RougeScorer
    from rouge_score.tokenizers import DefaultTokenizer, Tokenizer

    class Cut(Tokenizer):  # type: ignore[misc]
        """Words as WCEB takes them, or tokens as MinerU-HTML does."""

        def tokenize(self, text: str) -> list[str]:
            """The tokens."""
            return _jieba().lcut(text) if kind == "jieba" else text.split()

    return RougeScorer([measure], tokenizer=DefaultTokenizer() if kind == "default" else Cut())


@cache
def _jieba() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba


def _lsum(gold: str, answer: str) -> Values:
    rates = _rouge("rougeLsum", "words").score(gold, answer)["rougeLsum"]
    return (rates.precision, rates.recall, rates.fmeasure)


def _summarized(gold: str, answer: str) -> Values:
    """The package with its own words and our sentences, of every variant; the first with the best F1."""
    said = _by_sentence(_paragraphs(answer))
    best: Values = ()
    for variant in _variants(gold):
        rates = _rouge("rougeLsum", "default").score(_by_sentence(variant), said)["rougeLsum"]
        if not best or rates.fmeasure > (best[2] or 0.0):
            best = (rates.precision, rates.recall, rates.fmeasure)
    return best


def _by_sentence(paragraphs: list[str]) -> str:
    """A line for each sentence of a text, as the package takes it."""
    return "\n".join(" ".join(sentence.split()) for sentence in sentences("\n\n".join(paragraphs)))


def _summary(gold: str, answer: str) -> Values:
    found = fundus.against(_optional(gold))(answer)
    return tuple(found[f"fundus.rouge_lsum_{name}"] for name in ("precision", "recall", "f1"))


def _union(gold: str, answer: str) -> Values:
    sides = [[line.split() for line in text.split("\n")] for text in (gold, answer)]
    plain, best = (tuple(against_sentences(sides[0], compiled)(sides[1])) for compiled in (False, None))
    return plain if plain == best else ()


def _runs(gold: str, answer: str) -> Values:
    if not gold.strip() and not answer.strip():
        return (1.0, 1.0, 1.0)
    rates = _rouge("rouge5", "jieba").score(gold, answer)["rouge5"]
    return (rates.precision, rates.recall, rates.fmeasure)


def _rouge5(gold: str, answer: str) -> Values:
    found = webmainbench.against(Gold("", gold))(answer)
    return tuple(found[f"webmainbench.rouge5{of}"] for of in ("_precision", "_recall", ""))


def _edit_by_rows(gold: str, answer: str) -> Values:
    """Wagner and Fischer's table, row by row."""
    row = list(range(len(answer) + 1))
    for number, one in enumerate(gold, 1):
        corner, row[0] = row[0], number
        for place, other in enumerate(answer, 1):
            corner, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, corner + (one != other))
    longest = max(len(gold), len(answer))
    return (1.0 - row[-1] / longest if longest else None,)


def _edit(gold: str, answer: str) -> Values:
    return (webmainbench.similarity(gold, answer),)


def _blocks(gold: list[str], answer: list[str]) -> int:
    """Words that Ratcliff and Obershelp's matching aligns, with difflib's rule for frequent words, written plainly."""
    often = {word for word in set(gold) if len(gold) >= 200 and gold.count(word) > len(gold) // 100 + 1}
    found, spans = 0, [(0, len(answer), 0, len(gold))]
    while spans:
        a, a_end, g, g_end = spans.pop()
        size, first, other = _longest(gold, answer, often, (a, a_end, g, g_end))
        if size:
            found += size
            spans += [(a, first, g, other), (first + size, a_end, other + size, g_end)]
    return found


def _longest(
    gold: list[str], answer: list[str], often: set[str], span: tuple[int, int, int, int]
) -> tuple[int, int, int]:
    """Size and places of the longest block, the first in the answer and then in the gold.

    Frequent words begin and carry no block, but lengthen one at either end.
    """
    a, a_end, g, g_end = span
    size, first, other = 0, a, g
    ends: dict[int, int] = {}
    for place in range(a, a_end):
        here = {}
        for beside in range(g, g_end):
            if answer[place] == gold[beside] and gold[beside] not in often:
                here[beside] = length = ends.get(beside - 1, 0) + 1
                if length > size:
                    size, first, other = length, place - length + 1, beside - length + 1
        ends = here
    while first > a and other > g and answer[first - 1] == gold[other - 1]:
        size, first, other = size + 1, first - 1, other - 1
    while first + size < a_end and other + size < g_end and answer[first + size] == gold[other + size]:
        size += 1
    return size, first, other


def _aligned(gold: str, answer: str) -> Values:
    """tp, words of the answer and words of the gold; beside a mark at an end stands an empty word."""
    sides = [text.split(" ") for text in (gold, answer)]
    sides = [[""] * (one[0] in MARKS) + one + [""] * (one[-1] in MARKS) for one in sides]
    return tuple(map(float, (_blocks(*sides), len(sides[1]), len(sides[0]))))


def _cleaneval(gold: str, answer: str) -> Values:
    found = cleaneval.against(Gold("", gold))(answer)
    return tuple(found[f"cleaneval.{name}"] for name in ("tp", "answered", "wanted"))


def _optional(gold: str) -> Gold:
    """A gold of which paragraphs that hold an `A` are optional."""
    numbered = enumerate(gold.split("\n"))
    return Gold("", gold, tuple(number for number, line in numbered if "A" in line.split()))


def _variants(gold: str) -> list[list[str]]:
    """The paragraphs with every choice of optional ones left out, fewest first; with more than four all or none."""
    paragraphs = [line for line in gold.split("\n") if line.strip()]
    free = [place for place, line in enumerate(paragraphs) if "A" in line.split()]
    choices = chain.from_iterable(combinations(free, size) for size in range(len(free) + 1))
    allowed = [one for one in choices if len(free) <= 4 or len(one) in (0, len(free))]
    return [[line for place, line in enumerate(paragraphs) if place not in out] for out in allowed]


def _paragraphs(answer: str) -> list[str]:
    return [" ".join(line.split()) for line in answer.split("\n") if line.strip()]


def _matches(gold: str, answer: str) -> Values:
    """Each paragraph of the answer takes away one of the gold; the first variant with the best F1."""
    best: Values = ()
    for variant in _variants(gold):
        left, said = list(variant), _paragraphs(answer)
        for paragraph in said:
            if paragraph in left:
                left.remove(paragraph)
        hits = len(variant) - len(left)
        precision, recall = (hits / len(side) if side else None for side in (said, variant))
        f1 = 2 * precision * recall / (precision + recall) if precision and recall else None
        if not best or (f1 or 0.0) > (best[2] or 0.0):
            best = (precision, recall, f1)
    return best


def _matched(gold: str, answer: str) -> Values:
    found = fundus.against(_optional(gold))(answer)
    return tuple(found[f"fundus.paragraph_{name}"] for name in ("precision", "recall", "f1"))


def _jiwer(gold: str, answer: str) -> Values:
    import jiwer

    said = "\n\n".join(_paragraphs(answer))
    golds = ["\n\n".join(variant) for variant in _variants(gold) if variant]
    return (min((float(jiwer.wer(one, said)) for one in golds), default=None),)


def _wer(gold: str, answer: str) -> Values:
    return (fundus.against(_optional(gold))(answer)["fundus.wer"],)


def families() -> list[Family]:
    """Every measure with ties to break."""
    from importlib.metadata import version

    def package(name: str) -> str:
        return f"{name} {version(name)}"

    def by_line(text: str) -> int:
        return text.count("\n") + 1

    def within_a_line(text: str) -> int:
        return max(len(line.split()) for line in text.split("\n"))

    def within_a_sentence(text: str) -> int:
        return max((len(sentence.split()) for sentence in sentences(text)), default=0)

    anew = "definition written anew"
    return [
        Family("token Levenshtein (WCEB)", package("Levenshtein"), words, _indel, _levenshtein),
        Family("ROUGE-LSum, plain and compiled", package("rouge-score"), lines, _union, _lsum, within_a_line),
        Family(
            "ROUGE-LSum with optional paragraphs",
            package("rouge-score"),
            *(summaries, _summary, _summarized, within_a_sentence),
        ),
        Family("ROUGE-5 (jieba)", package("rouge-score"), mixed, _rouge5, _runs, lambda text: len(_jieba().lcut(text))),
        Family("character edit", anew, characters, _edit, _edit_by_rows, len),
        Family("CleanEval alignment", anew, marked, _cleaneval, _aligned),
        Family("paragraph match with optional paragraphs", anew, paragraphs, _matched, _matches, by_line),
        Family("word error rate with optional paragraphs", package("jiwer"), lines, _wer, _jiwer),
    ]
