"""ROUGE-LSum of sentences, plain and compiled, beside rouge_score."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenizers import DefaultTokenizer, Tokenizer

from benchmark import scorers
from benchmark.scorers._union_lcs import Gold, Rates, _gold, against_sentences

Sentences = list[list[str]]
TEXTS = st.lists(st.lists(st.sampled_from("abcde"), max_size=9), max_size=5)


class WhiteSpace(Tokenizer):  # type: ignore[misc]
    """Words as WCEB takes them."""

    def tokenize(self, text: str) -> list[str]:
        """The words."""
        return text.split()


TOKENIZERS = {"white space": WhiteSpace(), "default": DefaultTokenizer(use_stemmer=False)}


def ours(gold: Sentences, answer: Sentences) -> Rates:
    """What both forms say."""
    plain, compiled = (against_sentences(gold, form)(answer) for form in (False, True))
    assert plain == compiled, (gold, answer)
    return plain


def reference(tokenizer: Tokenizer, gold: str, answer: str) -> tuple[float, float, float]:
    """What rouge_score says of two texts with one sentence on each line."""
    rates = RougeScorer(["rougeLsum"], tokenizer=tokenizer).score(gold, answer)["rougeLsum"]
    return rates.precision, rates.recall, rates.fmeasure


def drawn(order: random.Random, words: Sequence[str], longest: int, most: int) -> list[str]:
    """Lines of random words."""
    sizes = [order.randint(0, longest) for _ in range(order.randint(0, most))]
    return [" ".join(order.choices(words, k=size)) for size in sizes]


def pair(seed: int, longest: int, most: int) -> tuple[list[str], list[str]]:
    """Two texts over a small alphabet: few words that both hold, some of one alone, and now and then equal lines."""
    order = random.Random(seed)
    words = [*"abcdefghijkl", "A", "b.", "c-d"][: order.choice([2, 3, 4, 6, 15])]
    foreign = ["x", "y", "-"][: order.randint(0, 3)]
    gold, answer = (
        drawn(order, words, longest, most),
        drawn(order, words[order.randint(0, 1) :] + foreign, longest, most),
    )
    if gold and answer and order.random() < 0.5:
        answer[order.randrange(len(answer))] = order.choice(gold)
    return gold, answer


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize(
    ("pairs", "longest", "most"), [(3000, 6, 4), (1500, 14, 4), (300, 150, 2)], ids=["short", "middling", "over 64"]
)
def test_random_texts_get_rouge_scores_values_bit_for_bit(name: str, pairs: int, longest: int, most: int) -> None:
    tokenizer = TOKENIZERS[name]
    lengths = []
    for seed in range(pairs):
        gold, answer = pair(seed, longest, most)
        tokens = [[tokenizer.tokenize(line) for line in text] for text in (gold, answer)]
        lengths += [len(sentence) for text in tokens for sentence in text]

        assert ours(*tokens) == reference(tokenizer, "\n".join(gold), "\n".join(answer)), (gold, answer)

    assert max(lengths) > longest * 0.9


@pytest.mark.parametrize(
    ("gold", "answer", "hits"),
    [
        (["a b c"], ["a b c"], 3),
        (["a b c"], ["c b a"], 1),
        (["a b c d"], ["a c", "b d"], 4),  # the union of two subsequences
        (["a b", "a c"], ["a"], 1),  # a hits in both, and the answer has it once
        (["a", "a"], ["a a a"], 2),
        (["a b"], ["b a"], 1),
        (["a b a"], ["a x a", "b"], 3),
        # Of the two longest subsequences of one token the last place is taken, so that both answers hit the same one.
        (["a a b"], ["a", "a"], 1),
        # The answer's x makes the way go up to where the column steps: the first a, not the last.
        (["a a"], ["a x", "a"], 2),
    ],
)
def test_hits_are_those_worked_out_by_hand(gold: list[str], answer: list[str], hits: int) -> None:
    sides = [[line.split() for line in text] for text in (gold, answer)]
    wanted, answered = (sum(map(len, side)) for side in sides)

    precision, recall, f1 = ours(sides[0], sides[1])

    assert (precision, recall) == (hits / answered, hits / wanted)
    assert f1 == pytest.approx(2 * hits / (answered + wanted), abs=1e-15)
    assert (precision, recall, f1) == reference(WhiteSpace(), "\n".join(gold), "\n".join(answer))


@pytest.mark.parametrize(("gold", "answer"), [([], []), ([["a"]], []), ([], [["a"]]), ([[]], [["a"]]), ([["a"]], [[]])])
def test_a_side_without_a_token_gives_zero(gold: Sentences, answer: Sentences) -> None:
    assert ours(gold, answer) == (0, 0, 0)


@given(TEXTS)
def test_a_text_hits_itself_whole(text: Sentences) -> None:
    assert ours(text, text) == ((1, 1, 1) if any(text) else (0, 0, 0))


@given(TEXTS, TEXTS, st.data())
def test_the_order_of_sentences_does_not_count(gold: Sentences, answer: Sentences, data: st.DataObject) -> None:
    shuffled = [data.draw(st.permutations(text)) for text in (gold, answer)]

    assert ours(*shuffled) == ours(gold, answer)


@given(TEXTS, TEXTS)
def test_no_more_hits_than_words_in_common(gold: Sentences, answer: Sentences) -> None:
    held, said = (Counter(token for sentence in text for token in sentence) for text in (gold, answer))

    assert ours(gold, answer)[1] * held.total() <= (held & said).total() + 1e-9


@given(TEXTS, TEXTS, TEXTS)
def test_a_further_sentence_never_lowers_recall(gold: Sentences, answer: Sentences, more: Sentences) -> None:
    assert ours(gold, answer + more)[1] >= ours(gold, answer)[1]


@pytest.mark.parametrize("compiled", [False, True])
@given(gold=TEXTS.filter(any), answer=TEXTS.filter(any))
def test_answers_are_judged_apart(gold: Sentences, answer: Sentences, compiled: bool) -> None:
    judge = against_sentences(gold, compiled)

    assert [judge(answer), judge(gold), judge(answer)] == [ours(gold, answer), (1, 1, 1), ours(gold, answer)]


def test_without_numba_the_plain_form_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "benchmark.scorers._union_lcs_numba", None)
    monkeypatch.delattr(scorers, "_union_lcs_numba", raising=False)
    _gold.cache_clear()
    try:
        assert _gold(compiled=None) is Gold
        with pytest.raises(ImportError):
            _gold(compiled=True)
    finally:
        _gold.cache_clear()


def test_with_numba_the_compiled_form_is_taken() -> None:
    assert _gold(compiled=None) is _gold(compiled=True) is not Gold


def test_thousands_of_tokens_in_one_sentence_are_compared() -> None:
    order = random.Random(5)
    gold = order.choices("abcdefgh", k=3000)
    answer = [token for token in gold if order.random() < 0.9]

    precision, recall, _ = ours([gold], [answer])

    assert precision == 1
    assert recall == len(answer) / len(gold)
