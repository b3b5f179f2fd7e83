"""Words and runs of words in common, counted two ways, beside the definition."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmark.records import Gold
from benchmark.scorers import _overlap, shingle, word

Counted = tuple[int, int, int]
Way = Callable[[str], Callable[[str], Counted]]

# Everything where a shortcut could go wrong: words of one, nine and ten ASCII letters, letters above 7, 8 and 16 bits,
# combining and joining marks, halves of surrogate pairs, characters that are several after lower(), odd white space.
TRICKY = [
    *"aZ_09.- \n\t\x00\x1c\x7f\x85\xa0\u2028\u3000",
    *"é ßſ²½µÿĀāŸ\u0130\u0131ΣσςǅßẞﬁΩK中文かกำि\u0301\u0307\u200d\u200c\xad\ufeff\uffff",
    *"\U00010000\U0001d49c\U0001f600\U00020000\U0010ffff\U00010400",
    *"\ud800\udbff\udc00\udfff",
    "aaaaaaaaa",
    "aaaaaaaaab",
    "baaaaaaaaa",
]
TEXT = st.lists(st.sampled_from(TRICKY) | st.characters(codec=None), max_size=40).map("".join)
WORDS = st.lists(st.sampled_from(["a", "b", "é", "\U00020000", "abcdefghij", "-"]), max_size=30).map(" ".join)
EVERYTHING = "".join(map(chr, range(0x110000)))


def elements(text: str, size: int) -> Counter[tuple[str, ...]]:
    """Runs of `size` words, or the one shorter run that there is."""
    found = re.findall(r"\w+", text)
    run = min(size, len(found))
    return Counter(tuple(found[start : start + run]) for start in range(len(found) - run + 1)) if run else Counter()


def by_definition(body: str, answer: str, size: int) -> Counted:
    wanted, found = elements(body, size), elements(answer, size)
    return (wanted & found).total(), found.total(), wanted.total()


def kernels() -> ModuleType:
    found = _overlap.compiled()
    assert found is not None, "numba is in the development environment"
    return found


SHINGLES: dict[str, Callable[[], Way]] = {
    "plain": lambda: _overlap.plain_shingles,
    "compiled": lambda: kernels().shingles,
}
WORDWISE: dict[str, Callable[[], Way]] = {"plain": lambda: _overlap.plain_words, "compiled": lambda: kernels().words}
both_ways = pytest.mark.parametrize("way", ["plain", "compiled"])


def check(way: str, body: str, answer: str) -> None:
    assert tuple(SHINGLES[way]()(body)(answer)) == by_definition(body, answer, 4)
    assert tuple(WORDWISE[way]()(body)(answer)) == by_definition(body, answer, 1)


def test_every_character_parts_or_joins_words_as_re_has_it() -> None:
    # Each character within letters, and all of them in one row.
    within = "".join(f"a{character}b " for character in EVERYTHING)

    assert _overlap.split(within) == re.findall(r"\w+", within)
    assert _overlap.split(EVERYTHING) == re.findall(r"\w+", EVERYTHING)


def test_every_character_is_read_by_the_kernel_as_re_has_it() -> None:
    # A gold without a word: what is counted is the number of the answer's words.
    within = "".join(f"a{character}b " for character in EVERYTHING)

    assert kernels().words("")(within) == (0, len(re.findall(r"\w+", within)), 0)


def test_every_letter_within_sixteen_bits_is_a_word_of_its_own_to_the_kernel() -> None:
    letters = [character for character in EVERYTHING[: 1 << 16] if re.match(r"\w", character)]
    half = " ".join(letters[::2])

    assert kernels().words(half)(" ".join(letters)) == (len(letters[::2]), len(letters), len(letters[::2]))


@given(TEXT)
def test_a_text_is_split_as_re_splits_it(text: str) -> None:
    assert _overlap.split(text) == re.findall(r"\w+", text)


@both_ways
@given(body=TEXT, answer=TEXT)
@example(body="\U00010000 a", answer="\ud800\udc00 a")  # a letter, and two halves that are none
@example(body="\U00010000", answer="\U00010001")  # two letters beyond sixteen bits
@example(body="a", answer="a\U00020000")
@example(body="abcdefghi", answer="abcdefghij")
def test_counts_are_those_of_the_definition_for_any_text(way: str, body: str, answer: str) -> None:
    check(way, body, answer)


@both_ways
@given(body=WORDS, answer=WORDS)
def test_counts_are_those_of_the_definition_where_much_repeats(way: str, body: str, answer: str) -> None:
    check(way, body, answer)


@both_ways
@given(st.lists(st.text("abcdefghijklmnop", min_size=8, max_size=11), max_size=40))
def test_words_about_as_long_as_a_key_are_told_apart(way: str, found: list[str]) -> None:
    check(way, " ".join(found), " ".join(found[::2] + found[1::3] + [one[:-1] for one in found]))


def test_words_of_equal_keys_are_told_apart() -> None:
    # (256 << 7) ^ 0x250 == (257 << 7) ^ 0x2D0: the kernel's keys agree, the words do not.
    one, other = chr(256) + chr(0x250), chr(257) + chr(0x2D0)
    assert re.findall(r"\w+", f"{one} {other}") == [one, other]

    assert kernels().words(one)(other) == (0, 1, 1)
    assert kernels().words(f"{one} {other}")(f"{other} {other} {one}") == (2, 3, 2)
    # Sixty-four letters further along the rotation has come round, and two letters may change places.
    long = "x" + "a" * 63 + "y" + "b" * 10
    swapped = "y" + "a" * 63 + "x" + "b" * 10
    assert kernels().words(long)(swapped) == (0, 1, 1)
    # Ten letters: a bit of the first meets one of the last.
    assert kernels().words("dxxxxxxxxb")("fxxxxxxxxc") == (0, 1, 1)
    # Sixty-four letters with an even number of bits cancel out, so that a word has the key of its beginning.
    start = "abcdefghij"
    assert kernels().words(start + "c" * 64)(start) == (0, 1, 1)
    assert kernels().words(start)(start + "c" * 64) == (0, 1, 1)


@both_ways
def test_runs_that_would_meet_if_numbers_were_cut_to_sixteen_bits_are_told_apart(way: str) -> None:
    # Words are numbered from 1 as they come; (10, 6, 65540, 9) packed without a check is (10, 7, 4, 9).
    body = " ".join(map(str, range(1, 70_001))) + " 10 6 65540 9"

    check(way, body, "10 7 4 9")


@both_ways
@pytest.mark.parametrize("different", [65_535, 65_536, 70_000])
def test_golds_of_more_words_than_sixteen_bits_number_are_counted_too(way: str, different: int) -> None:
    body = " ".join(map(str, range(different)))
    answer = " ".join(map(str, range(100, different, 3))) + " " + " ".join(map(str, range(65_400, different)))

    check(way, body, answer)


@given(TEXT, TEXT)
@example("\u0130stanbul ΑΣ ΑΣΑ", "i\u0307stanbul ας ασα")
def test_words_are_lower_cased_as_whole_texts_are(body: str, answer: str) -> None:
    both, found, wanted = by_definition(body.lower(), answer.lower(), 1)

    values = word.against(Gold("p", body))(answer)

    if found and wanted:
        assert (values["word.precision"], values["word.recall"]) == (both / found, both / wanted)


@both_ways
def test_all_committed_systems_on_all_aeb_pages_are_counted_as_by_definition(data: Path, way: str) -> None:
    for body, answer in pairs(data):
        check(way, body, answer)


def pairs(data: Path) -> Iterator[tuple[str, str]]:
    """Every fifth of the 1,810 pairs of a gold and an answer; the bench compares all of them."""
    bodies = json.loads((data / "aeb" / "ground-truth.json").read_text(encoding="utf-8"))
    for file in sorted((data / "aeb" / "predictions_upstream").glob("*.json")):
        stored = json.loads(file.read_text(encoding="utf-8"))
        pages = stored["output"] if stored.keys() == {"version", "output"} else stored
        for page in sorted(bodies)[::5]:
            yield bodies[page]["articleBody"], pages[page]["articleBody"] or ""


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As if this process had read nothing yet."""
    monkeypatch.setattr(_overlap._READ, "characters", 0)
    return monkeypatch


def test_a_process_changes_to_the_compiled_way_once_it_has_read_enough(fresh: pytest.MonkeyPatch) -> None:
    asked = []
    fresh.setattr(_overlap, "compiled", lambda: asked.append(True))
    fresh.setattr(_overlap, "WORTH_COMPILING", 20)

    score = shingle.against(Gold("p", "five of us are here"))  # 19 characters
    word.against(Gold("p", ""))
    assert not asked

    score("a")
    values = shingle.against(Gold("p", "five of us are here"))("five of us are")
    assert asked == [True]
    assert values["shingle.recall"] == 1 / 2  # numba is missing, and nothing else changes


def test_the_compiled_way_is_taken_and_gives_the_same_values(fresh: pytest.MonkeyPatch) -> None:
    gold, answers = Gold("p", "one two three four five"), ["", "one two", "zero one two three four"]
    before = [shingle.against(gold)(answer) | word.against(gold)(answer) for answer in answers]
    fresh.setattr(_overlap, "WORTH_COMPILING", 0)
    fresh.setattr(_overlap, "plain_shingles", None)  # nobody may call them
    fresh.setattr(_overlap, "plain_words", None)

    assert [shingle.against(gold)(answer) | word.against(gold)(answer) for answer in answers] == before


def test_a_small_run_does_not_import_numba_and_a_missing_numba_is_no_fault() -> None:
    program = (
        "from benchmark.records import Gold; from benchmark.scorers import _overlap, shingle\n"
        "_overlap.WORTH_COMPILING = {worth}\n"
        "assert shingle.against(Gold('p', 'a b c d'))('a b c d')['shingle.f1'] == 1\n"
        "print('benchmark.scorers._overlap_kernels' in sys.modules, _overlap._READ.characters)"
    )
    for before, worth in (("import sys\n", 10), ("import sys; sys.modules['numba'] = None\n", 0)):
        done = subprocess.run(
            [sys.executable, "-c", before + program.format(worth=worth)], capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == ["False", "14"]
