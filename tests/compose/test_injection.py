"""Treatments injected into pages of other corpora."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.compose import injection
from benchmark.compose.page import dose, treatment
from benchmark.corpora import aeb, in_vivo
from benchmark.errors import UsageError
from benchmark.records import Gold, Page, PageToken
from benchmark.regions import visible_text
from benchmark.text import tokens

if TYPE_CHECKING:
    from conftest import Boilerbench

HTML = (
    "<html lang=fr><body><nav>Accueil</nav><script>Un corps de page que personne ne voit</script>"
    "<div><div id=text><p>Un corps de page.</p><p>Et sa fin.</p></div></div><footer>Fin</footer></body></html>"
)
PAGE = Page("p1", "some", HTML.encode(), charset="utf-8", attributes={"site": "some.example"})
GOLD = Gold("p1", "Un corps de page.\nEt sa fin.")


def text(written: str | None) -> str:
    made = injection.injected(PAGE, GOLD, dose(written) if written else None, 1, "doses")
    return visible_text(made.html.decode())


def test_the_page_that_treated_ones_are_held_against_has_the_same_words() -> None:
    assert tokens(text(None)) == tokens(visible_text(HTML))


@pytest.mark.parametrize(
    ("written", "before", "behind"),
    [
        ("navigation=3", "", "accueil"),
        ("player=2", "accueil", "un"),
        ("comments=2", "fin", "fin"),
        ("legal=1", "fin", ""),
    ],
)
def test_a_treatment_stands_where_a_site_has_it_and_takes_nothing_away(written: str, before: str, behind: str) -> None:
    plain, treated = tokens(text(None)), tokens(text(written))
    shared = next(
        place for place in range(len(plain) + 1) if plain[place:] == treated[len(treated) - len(plain) + place :]
    )
    assert plain[:shared] == treated[:shared]
    assert len(treated) > len(plain)
    assert (plain[shared - 1] if shared else "") == before
    assert (plain[shared] if shared < len(plain) else "") == behind


def test_phrases_are_in_the_language_that_the_page_declares() -> None:
    assert injection.language_of(PAGE) == "fr"
    assert injection.language_of(Page("p", "c", b"<html lang=xx>")) == "en"


@pytest.mark.parametrize(
    ("html", "gold", "written", "said"),
    [
        (HTML, "quite another text of many words", "comments=2", "does not hold nine tenths"),
        (HTML, "", "comments=2", "empty gold body"),
        ("", "one", "navigation=2", "empty <body>|no <body>"),
        (HTML, GOLD.body, "copy=1", "changes a page's body .* these can: comments, consent, legal, navigation"),
    ],
)
def test_pages_and_treatments_that_do_not_fit_are_refused_by_name(
    html: str, gold: str, written: str, said: str
) -> None:
    page = Page("p1", "some", html.encode(), charset="utf-8")
    with pytest.raises(UsageError, match=said):
        injection.injected(page, Gold("p1", gold), dose(written), 1, "doses")


def test_comments_stand_behind_the_body_of_real_pages(data: Path) -> None:
    pairs = list(zip(aeb.pages(data / "aeb"), aeb.golds(data / "aeb"), strict=True))[::20]
    for page, gold in pairs:
        plain = tokens(visible_text(injection.injected(page, gold, None, 1, "doses").html.decode()))
        treated = tokens(visible_text(injection.injected(page, gold, dose("comments=3"), 1, "doses").html.decode()))
        shared = next(place for place, word in enumerate(treated) if place >= len(plain) or word != plain[place])
        wanted = set(tokens(gold.body))
        assert sum(word in wanted for word in set(plain[:shared])) >= 0.8 * len(wanted), page.id


def test_an_experiment_in_vivo_pairs_each_page_with_itself(
    data: Path, boilerbench: Boilerbench, tmp_path: Path
) -> None:
    ended = boilerbench(
        *("dose", "--in-vivo", "aeb", "--data", str(data), "--limit", "3", "--kind", "comments", "--amount", "20"),
        *("--adapter", "everything", "--seconds", "0", "--out", "run"),
    )
    assert ended.status == 0, ended.err
    assert "| everything | 20 | 3 |" in ended.out
    assert (tmp_path / "run/report/doses.csv").exists()


def test_pages_whose_body_cannot_be_found_are_left_out_and_told(boilerbench: Boilerbench, data: Path) -> None:
    ended = boilerbench(
        *("dose", "--in-vivo", "fundus", "--data", str(data), "--kind", "comments", "--amount", "4"),
        *("--adapter", "everything", "--seconds", "0", "--out", "run"),
    )
    assert ended.status == 0, ended.err
    assert "1 page is left out: page 'Reuters_3' does not hold nine tenths" in " ".join(ended.err.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "coments"), "did you mean 'comments'"),
        (("--kind", "comments", "--amount", "0"), "a dose of 0 is the plain page"),
        (("--kind", "comments", "--amount", "1000"), "the highest dose of comments is 200"),
        (("--kind", "comments", "--amount", "-3"), "--amount -3: a dose is a number of 1 or more"),
        (("--kind", "comments=50"), "give --kind comments --amount 50"),
        (("--kind", "comments", "--seed", "-1"), "--seed -1: a whole number is expected, 0 or more"),
        ((), "no treatment was named"),
        (("--kind", "comments", "--dialect", "dutch"), "known: semantic, names"),
        (("--kind", "comments", "--pairs", "99"), "--pairs 99: 1 to 25 pairs"),
        (("--drills", "--pairs", "99"), "--pairs 99: 1 to 25 pairs"),
        (("--short", "--limit", "3"), "--limit and --data are of --in-vivo CORPUS"),
        (("--in-vivo", "seeds", "--pairs", "3", "--kind", "comments"), "give --limit in place of --pairs"),
        (("--short", "--kind", "comments"), "--short has doses of its own"),
        (("--drills", "--in-vivo", "aeb"), "--drills has pages of its own"),
        (("--in-vivo", "seeds", "--dialect", "soup", "--kind", "comments"), "leave out --dialect"),
        (("--in-vivo", "seeds", "--limit", "0", "--kind", "comments"), "--limit 0: a number of pages"),
        (("--in-vivo", "seeds", "--kind", "inside"), "inside changes a page's body and cannot be injected; these can:"),
    ],
)
def test_an_experiment_that_cannot_be_is_refused_with_what_there_is(
    boilerbench: Boilerbench, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ended = boilerbench("dose", "--adapter", "nothing", *words, "--out", "run")
    assert ended.status == 2
    assert said in " ".join(ended.err.split())
    assert not (tmp_path / "run").exists()


def test_a_page_without_a_body_is_left_out_and_said_to_be(boilerbench: Boilerbench, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for name, text in {"a": "some words of a body", "b": ""}.items():
        (tmp_path / "mine" / f"{name}.html").write_text(f"<body><h1>Head</h1><p>some words of a body</p><p>{name}</p>")
        (tmp_path / "mine" / f"{name}.txt").write_text(text)
    words = ("--kind", "comments", "--amount", "2", "--adapter", "nothing", "--seconds", "0")
    ended = boilerbench("dose", "--in-vivo", "./mine", *words, "--out", "run")
    assert ended.status == 0, ended.err
    assert "note: 1 page is left out: page 'b' of the corpus has an empty gold body" in " ".join(ended.err.split())


def test_your_own_folder_can_be_treated_and_what_is_injected_is_known_to_leak(
    boilerbench: Boilerbench, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for number in range(3):
        (folder / f"p{number}.html").write_text(HTML.replace("corps", f"corps{number}"), encoding="utf-8")
        (folder / f"p{number}.txt").write_text(f"Un corps{number} de page.\nEt sa fin.\n", encoding="utf-8")
    ended = boilerbench(
        *("dose", "--in-vivo", "./mine", "--kind", "comments", "--kind", "navigation", "--amount", "12"),
        *("--adapter", "everything", "--adapter", "nothing", "--seconds", "0", "--out", "run"),
    )
    assert ended.status == 0, ended.err
    for kind in ("comments", "navigation"):
        assert f"leaked {kind}" in ended.out
    leaked = [line.split(" | ")[6] for line in ended.out.split("\n") if line.startswith("| everything | 12")]
    assert leaked == ["1.000", "1.000"]
    silent = [line.split(" | ")[6] for line in ended.out.split("\n") if line.startswith("| nothing | 12")]
    assert silent == ["0.000", "0.000"]


def test_a_corpus_of_golds_alone_cannot_be_treated(boilerbench: Boilerbench, tmp_path: Path) -> None:
    (tmp_path / "golds.json").write_text("{}")
    ended = boilerbench("dose", "--in-vivo", "golds.json", "--kind", "comments", "--adapter", "nothing")
    assert ended.status == 2
    assert "give a folder of html and txt pairs, or one of" in " ".join(ended.err.split())


WORDS = st.lists(st.sampled_from("abc"), max_size=8)


@given(WORDS, WORDS, WORDS)
def test_what_was_inserted_is_found_again_and_the_rest_is_the_plain_page(
    before: list[str], inserted: list[str], behind: list[str]
) -> None:
    lines = [0] * len(before) + [1] * len(inserted) + [2] * len(behind)
    treated = [
        PageToken(text, 0, line, 0, "paragraph") for text, line in zip(before + inserted + behind, lines, strict=True)
    ]
    found = in_vivo._inserted(before + behind, treated)
    assert found is not None
    left = [token.text for number, token in enumerate(treated) if number not in found]
    assert left == before + behind
    if inserted and before:
        assert treated[found.start].line != treated[found.start - 1].line or found.start == 0


def plainly_inserted(plain: list[str], treated: list[PageToken]) -> range | None:
    """Every place is tried by itself, with all words before and behind it held against the plain ones."""
    texts = [token.text for token in treated]
    more = len(texts) - len(plain)
    known = [
        place
        for place in range(len(plain), -1, -1)
        if more >= 0 and plain[:place] == texts[:place] and plain[place:] == texts[place + more :]
    ]
    blocks = [place for place in known if place in {0, len(texts)} or treated[place].line != treated[place - 1].line]
    if not known:
        return None
    start = (blocks or known)[0]
    return range(start, start + more)


@given(WORDS, WORDS, WORDS, st.data())
def test_what_was_inserted_is_what_trying_every_place_finds(
    before: list[str], inserted: list[str], behind: list[str], data: st.DataObject
) -> None:
    plain, texts = before + behind, before + inserted + behind
    if data.draw(st.booleans(), "changed"):
        plain = data.draw(WORDS, "plain")
    starts = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)), "block starts")
    lines = list(accumulate(map(int, starts)))
    treated = [PageToken(text, 0, line, 0, "paragraph") for text, line in zip(texts, lines, strict=True)]
    assert in_vivo._inserted(plain, treated) == plainly_inserted(plain, treated)


def test_words_that_were_changed_leave_what_was_inserted_unknown() -> None:
    treated = [PageToken(text, 0, 0, 0, "paragraph") for text in "abxd"]
    assert in_vivo._inserted(list("abc"), treated) is None


@pytest.mark.parametrize("written", ["comments=9", "navigation=9", "player=3", "legal=2"])
def test_injected_words_are_of_the_treatments_kind_on_real_pages(data: Path, tmp_path: Path, written: str) -> None:
    one = dose(written)
    fit = [
        page.id
        for page, gold in zip(aeb.pages(data / "aeb"), aeb.golds(data / "aeb"), strict=True)
        if injection.unfit(page, gold) is None
    ][::40]
    in_vivo.write(tmp_path, "aeb", data / "aeb", fit, [one], 1)
    for page, gold in zip(in_vivo.pages(tmp_path), in_vivo.golds(tmp_path), strict=True):
        assert page.id == gold.page_id
        kinds = Counter(gold.regions[token.region].kind for token in gold.tokens)
        if "plain" in page.id:
            assert not gold.tokens
            plain = tokens(visible_text(page.html.decode()))
        else:
            assert [token.text for token in gold.tokens] == tokens(visible_text(page.html.decode()))
            assert kinds[in_vivo.REST] == len(plain)
            assert kinds[treatment(one.treatment).KIND] == len(gold.tokens) - len(plain) > 0
