"""ROUGE-LSum of two texts given as sentences: unions of longest common subsequences, with clipped counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple, Protocol

FOREIGN = -1
"""Number of every token that the gold does not hold."""

Sentence = tuple[int, ...]
Places = int
"""Places in a gold sentence, as bits: bit i stands for token i."""
Column = tuple[int, Places, int]
"""A column with a match: its number, its rows that match, and its rows without a step, all above the last as well."""


class Rates(NamedTuple):
    """Share of the answer's tokens that hit, share of the gold's tokens that are hit, and their harmonic mean."""

    precision: float
    recall: float
    f1: float


def against_sentences(
    gold: Iterable[Sequence[str]], compiled: bool | None = None
) -> Callable[[Iterable[Sequence[str]]], Rates]:
    """Prepare a gold, given as its sentences of tokens; the function returned judges the sentences of an answer.

    For a gold sentence r and an answer's sentence c, let t[i][j] be the length of a longest common subsequence of the
    first i tokens of r and the first j of c. One such subsequence is read from the table backwards, from i = |r| and
    j = |c|: where r[i] = c[j] that token is taken and both step back; else j steps back if t[i][j-1] > t[i-1][j], and
    i does if not. The places in r that are taken for any c of the answer are r's union. With u(w) the number of times
    that a token w stands in the unions of all gold sentences, and n(w) its number in the answer,

    - hits = sum over w of min(u(w), n(w)); P = hits / tokens of the answer, R = hits / tokens of the gold,
      F1 = 2PR / (P + R); all three are 0 where a side has no token or nothing hits.

    Which of several longest subsequences is taken changes the union, so the way back is part of the definition. Source:
    rouge_score 0.1.2, `rougeLsum`, which follows Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004,
    and clips as ROUGE-1.5.5 does; values are bit for bit the same.

    Two things spare most of the work and change no value: a gold sentence that is also a sentence of the answer is hit
    whole, and a token whose hits have reached n(w) can hit no more. Only gold sentences with a token still open are
    compared, and only with sentences that hold such a token. A comparison takes O(matching tokens · |r| / 64) time and
    bits of memory as many as matching tokens times |r|. With `boilerbench[fast]` installed it runs compiled, with the
    same values; `compiled` asks for one of the two.
    """
    numbers: dict[str, int] = {}
    sentences = [tuple(numbers.setdefault(token, len(numbers)) for token in sentence) for sentence in gold]
    wanted = sum(map(len, sentences))
    index = _gold(compiled)(sentences, len(numbers))

    def judge(answer: Iterable[Sequence[str]]) -> Rates:
        sentences = [tuple(numbers.get(token, FOREIGN) for token in sentence) for sentence in answer]
        return _rates(index.hits(sentences), sum(map(len, sentences)), wanted)

    return judge


def _rates(hits: int, answered: int, wanted: int) -> Rates:
    if not hits:
        return Rates(0.0, 0.0, 0.0)
    precision, recall = hits / answered, hits / wanted
    return Rates(precision, recall, 2 * precision * recall / (precision + recall))


class _Prepared(Protocol):
    """A gold in either form."""

    def hits(self, answer: Sequence[Sentence]) -> int:
        """Number of the answer's tokens that hit."""


@cache
def _gold(compiled: bool | None) -> Callable[[Sequence[Sentence], int], _Prepared]:
    """The compiled form or the plain one; where neither is asked for, compiled if numba is there."""
    if compiled is not False:
        try:
            from ._union_lcs_numba import Gold as Compiled
        except (ImportError, RuntimeError):  # the latter where numba finds no folder to keep what it compiles
            if compiled:
                raise
        else:
            return Compiled
    return Gold


class Gold:
    """A gold's distinct sentences, and where each token stands in them."""

    def __init__(self, sentences: Iterable[Sentence], vocabulary: int) -> None:
        self.times = Counter(sentences)
        self.sentences = list(self.times)
        self.numbers = {sentence: number for number, sentence in enumerate(self.sentences)}
        self.rows = [_places(sentence) for sentence in self.sentences]
        """For each sentence, the rows in which each of its tokens stands."""
        self.holders: list[list[int]] = [[] for _ in range(vocabulary)]
        """For each token, the sentences that hold it."""
        for number, rows in enumerate(self.rows):
            for token in rows:
                self.holders[token].append(number)

    def hits(self, answer: Sequence[Sentence]) -> int:
        """Number of the answer's tokens that hit."""
        counts = Counter[int]()
        for sentence in answer:
            counts.update(sentence)
        distinct = dict.fromkeys(answer)
        equal = [sentence for sentence in distinct if sentence in self.numbers]
        unions = {self.numbers[sentence]: _all_places(sentence) for sentence in equal}
        # What an equal sentence holds is mostly decided by now, so that its turn comes last and often not at all.
        for batch in ([sentence for sentence in distinct if sentence not in self.numbers], equal):
            if undecided := self._undecided(unions, counts):
                self._compare(batch, undecided, unions)
        return sum(min(times, counts[token]) for token, times in self._hit(unions).items())

    def _hit(self, unions: Mapping[int, Places]) -> Counter[int]:
        """How often each token stands in the unions."""
        hit = Counter[int]()
        for number, union in unions.items():
            sentence = self.sentences[number]
            whole = union == _all_places(sentence)
            tokens = sentence if whole else [token for place, token in enumerate(sentence) if union >> place & 1]
            for _ in range(self.times[sentence]):
                hit.update(tokens)
        return hit

    def _undecided(self, unions: Mapping[int, Places], counts: Counter[int]) -> dict[int, list[int]]:
        """For each token that can hit more often, the sentences in which it has a place outside the union."""
        hit = self._hit(unions)
        open_ = {
            token: [number for number in self.holders[token] if self.rows[number][token] & ~unions.get(number, 0)]
            for token, times in counts.items()
            if token != FOREIGN and times > hit[token]
        }
        return {token: numbers for token, numbers in open_.items() if numbers}

    def _compare(
        self, batch: Sequence[Sentence], undecided: Mapping[int, Sequence[int]], unions: dict[int, Places]
    ) -> None:
        """Add to the unions what some sentences of the answer take."""
        for sentence in batch:
            if near := set().union(*(undecided.get(token, ()) for token in set(sentence))):
                columns: dict[int, list[int]] = {}
                for column, token in enumerate(sentence):
                    columns.setdefault(token, []).append(column)
                for number in near:
                    taken = _taken(self.rows[number], columns, len(sentence))
                    unions[number] = unions.get(number, 0) | taken


def _taken(rows: Mapping[int, Places], columns: Mapping[int, Sequence[int]], size: int) -> Places:
    """The places taken in a gold sentence, given where each token stands in it and in the answer's sentence.

    Row i of column j steps where t[i][j] > t[i-1][j]. The rows without a step are the ones of a number, which each
    matching token of the answer changes by an addition whose carries ripple to the next step: Hyyrö, "Bit-parallel
    LCS-length computation revisited", AWOCA 2004. Python's whole numbers have no highest bit, so that no gold sentence
    is too long.
    """
    matching = [(column, places) for token, places in rows.items() for column in columns.get(token, ())]
    matching.sort()
    flat, passed = -1, []
    for column, places in matching:
        moved = flat & places
        flat = (flat + moved) | (flat - moved)
        passed.append((column, places, flat))
    return _way_back(passed, size)


def _way_back(columns: Sequence[Column], size: int) -> Places:
    """The places taken, from those of the table's columns, counted by size, that hold a match.

    In a column the way goes up to the nearest row that matches or steps. If that row matches, its token is taken;
    if it only steps, the row above is shorter by one in every column to the left as far as a match, and the way goes
    left. A column without a match has the steps of the one before it, and however many stand side by side act as one.
    """
    taken, left, next_column = 0, -1, size
    for column, matches, flat in reversed(columns):
        if column + 1 < next_column:
            left &= (1 << (~flat & left).bit_length()) - 1
        found = ((~flat | matches) & left).bit_length()
        if not found:
            break
        top = 1 << found - 1
        if matches & top:
            taken |= top
            left = top - 1
        else:
            left = 2 * top - 1
        next_column = column
    return taken


def _places(sentence: Sentence) -> dict[int, Places]:
    places: dict[int, Places] = {}
    for row, token in enumerate(sentence):
        places[token] = places.get(token, 0) | 1 << row
    return places


def _all_places(sentence: Sentence) -> Places:
    return (1 << len(sentence)) - 1
