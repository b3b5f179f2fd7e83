"""Words and segment marks that an alignment with the gold body finds: CleanEval's score in Evert's version."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from math import inf

from ..records import Aggregate, Gold, Metric


def _count(name: str, summary: str) -> Metric:
    return Metric(f"cleaneval.{name}", summary, "none", "count", high=inf, failure_as_empty=True)


def _rate(name: str, summary: str, aggregate: Aggregate | None = None) -> Metric:
    """A measure of CleanEval's, which compares files: a failed extraction is an empty one."""
    return Metric(f"cleaneval.{name}", summary, aggregate=aggregate or Aggregate(), failure_as_empty=True)


def _total(name: str, summary: str, below: str) -> Metric:
    aggregate = Aggregate("pooled", of=("cleaneval.tp", f"cleaneval.{below}"))
    return _rate(f"{name}_total", f"{summary}, counted over all pages", aggregate)


METRICS = (
    _rate("f1", "harmonic mean of the page's CleanEval precision and recall"),
    _rate("precision", "share of the answer's words that difflib aligns with the gold body"),
    _rate("recall", "share of the gold body's words that difflib aligns with the answer"),
    _total("f1", "CleanEval's F1", "half"),
    _total("precision", "CleanEval's precision", "answered"),
    _total("recall", "CleanEval's recall", "wanted"),
    _rate("tags_f1", "harmonic mean of the page's precision and recall of segment marks"),
    _rate("tags_precision", "share of the answer's segment marks that are aligned with the gold body's"),
    _rate("tags_recall", "share of the gold body's segment marks that are aligned with the answer's"),
    _count("tp", "words of answer and gold body that are aligned"),
    _count("answered", "words of the answer"),
    _count("wanted", "words of the gold body"),
    _count("half", "half of the words of both together, below the line of the F1 over all pages"),
)

ON_DEMAND = True
"""Texts that repeat themselves can take minutes, see `against`: run only when it is named."""

_ADDRESS = re.compile(r"(?:\A\s*+|^[^\S\n]*+)URL.*", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x1f]+")
_TAG = re.compile(r"<[phl]>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    r"""Score answers by the words that difflib aligns with the gold body, in order.

    Both texts lose their lines that begin with `URL` (white space before it allowed), control characters (U+0000 to
    U+001F) become spaces, and each of the marks `<p>`, `<h>`, `<l>`, in either case, becomes a word of its own. Words
    are what stands between white space, marks among them; a text that begins or ends with white space has an empty word
    there, and an empty text is one empty word, as in the original, so that two empty texts agree. tp = words in the
    matching blocks of `difflib.SequenceMatcher(None, answer, gold)`, `autojunk` on; P = tp / words of the answer,
    R = tp / words of the gold, F1 = 2PR / (P + R), or 0. Values of a corpus are means of pages; `…_total` sums the
    words of all pages first, as the original's option `-t` does.

    `tags_*`: the same of the marks alone, wherever they stand in the blocks; 0 where the answer has none, undefined
    where the gold has none (the original says 0). Golds that a corpus stores without marks have none, and answers
    in HTML lose theirs in `text.plain`.

    difflib takes the longest block first, so this is not the longest common subsequence: what an answer moves is lost,
    and with `autojunk` a word that makes up more than 1 % of a gold of 200 words or more may be missed. difflib is the
    definition and is used as it is, with the gold prepared once. Its time is O(blocks · words of the answer · f), f the
    times that a word stands in the gold on average: linear for texts that mostly agree; at worst, where both repeat few
    words in other orders, |answer| · |gold|² for a gold below 200 words and a hundredth of that above.

    A failure counts as an empty answer, 1 beside an empty gold. Source: Stefan Evert's cleaneval.py 1.0 (2008) for
    CleanEval 2007, as ported to Python 3 in rundimeco/waddle, cleaneval_tool.py (be875ce). There white space is that of
    Unicode, and texts recognised as Chinese are compared by characters, which is not done here; the original for
    Python 2 compares bytes.
    """
    body = words(gold.body)
    tags = _tags(body)
    aligned = SequenceMatcher[str](None, [], body)

    def score(answer: str) -> dict[str, float | None]:
        output = words(answer)
        aligned.set_seq1(output)
        blocks = aligned.get_matching_blocks()
        found = [word for first, _, size in blocks for word in output[first : first + size]]
        marks = _rates(_tags(found), _tags(output), tags) if tags else (None, None, None)
        counts = (len(found), len(output), len(body), (len(output) + len(body)) / 2)
        rates = _rates(len(found), len(output), len(body))
        return dict(zip(_NAMES, (*rates, *rates, *marks, *map(float, counts)), strict=True))

    return score


_NAMES = tuple(metric.name for metric in METRICS)


def words(text: str) -> list[str]:
    """What CleanEval's scorer compares, see `against`; never empty, since an empty text is one empty word."""
    text = _CONTROL.sub(" ", _ADDRESS.sub("", text))
    return _SPACE.split(_TAG.sub(r" \g<0> ", text))


def _tags(of: Sequence[str]) -> int:
    return sum(map(bool, map(_TAG.fullmatch, of)))


def _rates(tp: int, answered: int, wanted: int) -> tuple[float, float, float]:
    if not tp:
        return 0.0, 0.0, 0.0
    precision, recall = tp / answered, tp / wanted
    return 2 * precision * recall / (precision + recall), precision, recall
