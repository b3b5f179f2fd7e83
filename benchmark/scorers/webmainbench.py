"""Runs of five jieba tokens in common, and character edits: ROUGE-5 and text edit as WebMainBench computes them."""

from __future__ import annotations

from collections.abc import Callable

from rapidfuzz.distance import Levenshtein

from ..records import Gold, Metric
from ._jieba import tokenizer
from ._ngrams import Overlap

_LEFT_OUT = "failed and empty pages left out, as WebMainBench does where a tool returns nothing"


def _rouge5(name: str, summary: str) -> Metric:
    """A measure of MinerU-HTML's runner, to which an exception in an extractor is an empty answer."""
    return Metric(f"webmainbench.rouge5{name}", summary, failure_as_empty=True)


METRICS = (
    _rouge5("", "mean of the pages' ROUGE-5: F1 of runs of five jieba tokens, white space included"),
    _rouge5("_precision", "share of the answer's runs of five jieba tokens that the gold body holds"),
    _rouge5("_recall", "share of the gold body's runs of five jieba tokens that the answer holds"),
    Metric("webmainbench.rouge5_answered", f"ROUGE-5, {_LEFT_OUT}", on_failure=None),
    Metric("webmainbench.edit", "1 - character edit distance over the length of the longer text"),
    Metric("webmainbench.edit_answered", f"the same, {_LEFT_OUT}", on_failure=None),
)

ON_DEMAND = True
"""Needs a package that not everybody has, and seconds for a text of many megabytes: run only when it is named."""

SIZE = 5
"""Tokens in a run."""

_HINT = 64
"""Edits that are searched for first; a wrong guess costs time and never changes the distance."""


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    """Score answers by the runs of five tokens they share with the gold body, and by character edits.

    - `rouge5`: tokens are those of `jieba.lcut` (precise mode, new words by its hidden Markov model) of the text as
      it is: white space, line ends and punctuation marks are tokens, and case counts. With the multisets G of the gold
      and A of the answer of all runs of five tokens: P = |G ∩ A| / max(1, |A|), R = |G ∩ A| / max(1, |G|),
      F1 = 2PR / (P + R), or 0. Two blank texts are 1 on all three; a text of fewer than five tokens has no run.
    - `edit`: 1 - d / n, with d the Levenshtein distance in characters and n the length of the longer text; undefined
      where both are empty, 0 where one is.

    The peer keeps a page whose tool failed or returned nothing out of its means, so that silence raises them: those
    are the `…_answered` values, for comparison with its tables. Elsewhere such a page has the value of an empty text:
    0, but beside a blank gold `rouge5` is 1, and beside an empty one `edit` undefined. A tool that returns an empty
    text, and not nothing at all, is scored so there too; an answer here does not show the difference.

    The peer scores what the tool printed, Markdown marks and blank lines included, against a gold in Markdown; here
    both are plain text (`text.plain`), so that values agree with published ones only where that changes nothing.

    Time is linear in the lengths for `rouge5`, but quadratic in a Chinese stretch without a mark or space, as jieba's
    is; for `edit` it is O(length · d / 64) after the beginning and end that both have in common. Raises
    EnvironmentFault without jieba. Sources: opendatalab/MinerU-HTML, eval_baselines/utils.py (73cf266);
    opendatalab/WebMainBench, webmainbench/metrics/text_metrics.py (9d991bd).
    """
    cut = tokenizer()
    body = gold.body
    runs = Overlap(cut(body), SIZE)

    def score(answer: str) -> dict[str, float | None]:
        blank = not answer.strip() and not body.strip()
        precision, recall, f1 = (1.0, 1.0, 1.0) if blank else runs.rates(cut(answer))
        edit = similarity(body, answer)
        return {
            "webmainbench.rouge5": f1,
            "webmainbench.rouge5_precision": precision,
            "webmainbench.rouge5_recall": recall,
            "webmainbench.rouge5_answered": f1 if answer else None,
            "webmainbench.edit": edit,
            "webmainbench.edit_answered": edit if answer else None,
        }

    return score


def similarity(one: str, other: str) -> float | None:
    """1 less the share of characters to edit, see `against`; None for two empty texts."""
    longest = max(len(one), len(other))
    if not longest:
        return None
    return 1.0 - Levenshtein.distance(one, other, score_hint=_HINT) / longest
