"""How fast ROUGE-LSum and token Levenshtein are beside the packages that WCEB computes them with.

As a script it prints a table:

    .venv/bin/python tests/benches/peer_speed_lsum.py

Method. Pages are every STEP-th of AEB in the order of ids, all of them where BOILERBENCH_WHOLE_PARITY is set; pairs are
the answers of WCEB's five systems about them, from the sample corpora. The reference is rouge_score, called as WCEB
calls it, and Levenshtein.ratio. All split sentences by the same splitter; where sentences are given, nobody splits, and
each tokenizes. Each pair is computed by each in turn before the next pair, CPU time in one process; preparing a gold
counts once for its five answers with us, as it is in use, and stands inside each call with the reference. Our two forms
have each a memory of the splitter's decisions of their own, empty at the start. Loading packages and compiling come
before, and are printed as `start_s` for ours: whole the first time in a process, next to nothing later.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest.mock import patch

import Levenshtein
from rapidfuzz.distance import Indel
from rouge_score import rouge_scorer
from rouge_score.tokenizers import Tokenizer

from benchmark import machine
from benchmark.corpora import aeb
from benchmark.scorers._sentences import remembering, splitter
from benchmark.scorers._union_lcs import against_sentences

SYSTEMS = ("goose3", "justext", "readability", "resiliparse", "trafilatura")
STEP = 8
FORMS = {"plain": False, "fast": True}

Judge = Callable[[str], Any]
Prepare = Callable[[str], Judge]
"""Takes a gold body; what it returns takes an answer."""
Split = Callable[[str], Sequence[str]]


class WhiteSpace(Tokenizer):  # type: ignore[misc]
    """Words as WCEB takes them."""

    def tokenize(self, text: str) -> list[str]:
        """The words."""
        return text.split()


def pages(data: Path) -> list[tuple[str, list[str]]]:
    """Gold body and the systems' answers, page by page."""
    stored = {}
    for system in SYSTEMS:
        with (data / "wceb" / "scrapinghub" / "model-outputs" / f"{system}.jsonl").open(encoding="utf-8") as lines:
            stored[system] = {row["page_id"]: row["plaintext"] or "" for row in map(json.loads, lines)}
    together = zip(aeb.pages(data / "aeb"), aeb.golds(data / "aeb"), strict=True)
    known = sorted((page.sha256, gold.body) for page, gold in together)
    step = 1 if os.environ.get("BOILERBENCH_WHOLE_PARITY") else STEP
    return [(body, [stored[system][page] for system in SYSTEMS]) for page, body in known[::step]]


def rouge_reference(split: Split) -> Prepare:
    scorer = rouge_scorer.RougeScorer(["rougeLsum"], split_summaries=True, tokenizer=WhiteSpace())

    def prepare(gold: str) -> Judge:
        def judge(answer: str) -> tuple[float, ...]:
            with patch.object(rouge_scorer.nltk, "sent_tokenize", split):
                return tuple(scorer.score(gold, answer)["rougeLsum"])

        return judge

    return prepare


def rouge_ours(split: Split, compiled: bool) -> Prepare:
    def prepare(gold: str) -> Judge:
        judge = against_sentences((sentence.split() for sentence in split(gold)), compiled)
        return lambda answer: tuple(judge(sentence.split() for sentence in split(answer)))

    return prepare


def levenshtein_reference(gold: str) -> Judge:
    return lambda answer: Levenshtein.ratio(gold.split(), answer.split())


def levenshtein_ours(gold: str) -> Judge:
    numbers: dict[str, int] = {}
    body = [numbers.setdefault(word, len(numbers)) for word in gold.split()]
    return lambda answer: Indel.normalized_similarity(body, [numbers.get(word, -1) for word in answer.split()])


def timed(function: Callable[[Any], Any], argument: object) -> tuple[float, Any]:
    start = time.process_time()
    value = function(argument)
    return time.process_time() - start, value


def compare(sample: Sequence[tuple[str, list[str]]], ways: dict[str, Prepare]) -> tuple[dict[str, float], bool]:
    """Seconds of each way over all pairs, and whether all gave the same values for each."""
    seconds, same = dict.fromkeys(ways, 0.0), True
    for turn, (gold, answers) in enumerate(sample):
        # Who begins changes from page to page.
        order = [*ways][turn % len(ways) :] + [*ways][: turn % len(ways)]
        judges = {}
        for name in order:
            took, judges[name] = timed(ways[name], gold)
            seconds[name] += took
        for answer in answers:
            values = []
            for name in order:
                took, value = timed(judges[name], answer)
                seconds[name] += took
                values.append(value)
            same &= len(set(values)) == 1
    return seconds, same


def start(compiled: bool) -> float:
    """Seconds until a form has given its first values: loading, and compiling where no earlier run left its result."""
    return timed(lambda _: against_sentences([["a", "b"], ["c"]], compiled)([["b", "a"], ["c"]]), None)[0]


def rows(data: Path) -> list[dict[str, Any]]:
    """One row for each work and form of ours: seconds of the reference and of ours on the same pairs, and the ratio."""
    sample = pages(data)
    pairs = sum(len(answers) for _, answers in sample)
    texts = {text for gold, answers in sample for text in (gold, *answers)}
    plain_split = splitter().tokenize
    given = {text: plain_split(text) for text in texts}.__getitem__
    splits: dict[str, Callable[[], Split]] = {
        "whole": lambda: remembering(splitter()),
        "sentences given": lambda: given,
    }
    started = {form: start(compiled) for form, compiled in FORMS.items()}

    def made(work: str, reference: str, ways: dict[str, Prepare]) -> Iterator[dict[str, Any]]:
        seconds, equal = compare(sample, ways)
        for form in ways:
            if form != "reference":
                yield {
                    "work": work,
                    "pairs": pairs,
                    "reference": reference,
                    "reference_version": version(reference),
                    "reference_s": seconds["reference"],
                    "ours_s": seconds[form],
                    "path": form,
                    "ratio": seconds["reference"] / seconds[form],
                    "equal": equal,
                    "start_s": started[form],
                }

    found: list[dict[str, Any]] = []
    for name, make in splits.items():
        ways = {form: rouge_ours(make(), compiled) for form, compiled in FORMS.items()}
        peer = rouge_reference(plain_split if name == "whole" else given)
        found += made(f"ROUGE-LSum as WCEB, {name}", "rouge-score", {"reference": peer, **ways})
    ways = {"reference": levenshtein_reference, "plain": levenshtein_ours}
    return [*found, *made("token Levenshtein as WCEB", "Levenshtein", ways)]


def main() -> None:
    folder = Path(os.environ.get("BOILERBENCH_DATA", Path(__file__).parents[3] / "shared" / "corpora"))
    about = machine.describe()
    print(f"{time.strftime('%Y-%m-%d')}, {about['processor']}, {about['python']}, load {os.getloadavg()[0]:.1f}")
    print(f"{'work':35} {'path':5} {'pairs':>5} {'reference':>11} {'ours':>9} {'ratio':>7} equal {'start':>7}")
    for row in rows(folder):
        print(
            f"{row['work']:35} {row['path']:5} {row['pairs']:5} {row['reference_s']:9.2f} s {row['ours_s']:7.3f} s "
            f"{row['ratio']:7.1f} {row['equal']!s:5} {row['start_s']:5.1f} s"
        )


if __name__ == "__main__":
    main()
