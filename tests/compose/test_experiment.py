"""Which pages an experiment is made of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmark.compose import body, experiment, page
from benchmark.compose.dialects import DIALECTS
from benchmark.compose.page import dose, page_of
from benchmark.compose.twists import TWISTS
from benchmark.errors import UsageError
from benchmark.records import CLUSTERS_NEEDED


@pytest.mark.parametrize("written", ["navigation=500", "player=50", "comments=200", "comments.twice=50"])
def test_every_named_kind_has_24_pairs_whose_designs_have_a_place_for_it_and_bodies_are_balanced(written: str) -> None:
    one = dose(written)
    pairs = experiment.pairs_with_a_place(one)
    assert len(set(pairs)) == experiment.PAIRS
    for design, name in pairs:
        module = page.design(design)
        assert page.treatment(one.treatment).VARIANTS[one.variant] in module.SLOTS
        assert body.load(name).type in module.TYPES
    bodies = Counter(name for _, name in pairs)
    assert len(bodies) >= CLUSTERS_NEEDED
    assert max(bodies.values()) <= 2
    assert max(Counter(design for design, _ in pairs).values()) <= 4


def test_treatments_share_their_plain_pages_where_they_can() -> None:
    specs = experiment.specs(experiment.chosen((), short=True))
    plain = {(one.design, one.body) for one in specs if not one.doses}
    treated = [(one.design, one.body) for one in specs if one.doses]
    assert set(treated) == plain
    assert len(treated) == 3 * experiment.PAIRS
    assert len(plain) < experiment.PAIRS + 8
    assert len(specs) == len({one.id for one in specs})


def test_each_plain_page_stands_right_before_those_it_is_held_against() -> None:
    last = None
    for one in experiment.specs(experiment.chosen(["comments"], [8, 40])):
        pair = (one.design, one.body)
        assert bool(one.doses) == (pair == last)
        last = pair


def test_a_kind_that_few_bodies_have_a_place_for_has_as_many_pairs_as_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(experiment, "designs", lambda: ["docs_site", "forum_board"])
    documents = [name for name in body.names() if body.load(name).type == "documentation"]
    threads = [name for name in body.names() if body.load(name).type == "thread"]
    whole = len(documents) + len(threads)
    assert experiment.pairs_with_a_place(dose("comments=8"), whole) == [("docs_site", name) for name in documents]
    assert len(experiment.pairs_with_a_place(dose("navigation=8"), whole)) == whole
    assert len(experiment.pairs_with_a_place(dose("comments=8"), 3)) == 3
    monkeypatch.setattr(experiment, "designs", lambda: ["forum_board"])
    with pytest.raises(UsageError, match="no design has a place for comments"):
        experiment.pairs_with_a_place(dose("comments=8"), len(threads))


def test_all_dialects_are_held_against_class_names() -> None:
    assert experiment.spoken(["all"]) == ("names", *(one for one in DIALECTS if one != "names"))
    assert experiment.spoken([]) == ("names",)
    assert experiment.spoken(["soup", "names", "soup"]) == ("soup", "names")


def test_drills_hold_every_twist_and_doses_of_nothing_against_the_plain_page(tmp_path: Path) -> None:
    specs = experiment.drills(2)
    written = Counter(one.dialect.partition(".")[2] for one in specs)
    assert all(written[twist] == 2 for twist in TWISTS)
    experiment.write(tmp_path, specs)
    pages = {made.id: made for made in experiment.pages(tmp_path)}
    empty = [one for one in specs if one.doses and not any(each.amount for each in one.doses)]
    assert len(empty) == 2
    for one in empty:
        plain = next(each for each in specs if (each.design, each.body, each.dialect, each.doses) == (*one_of(one), ()))
        assert pages[one.id].html == pages[plain.id].html


def one_of(spec: page.Spec) -> tuple[str, str, str]:
    return spec.design, spec.body, spec.dialect


def test_pages_that_were_made_before_are_the_same_pages(tmp_path: Path) -> None:
    specs = experiment.specs(experiment.chosen(["player"], [5]), number=3)
    experiment.write(tmp_path, specs)
    first, second = list(experiment.pages(tmp_path)), list(experiment.pages(tmp_path))
    assert first == second == [page_of(spec, experiment.CORPUS) for spec in specs]


def test_golds_are_made_once_for_scores_and_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    specs = experiment.specs(experiment.chosen(["player"], [7]), number=2)
    experiment.write(tmp_path, specs)
    first = list(experiment.golds(tmp_path))
    assert first == [page.gold_by_construction(spec) for spec in specs]
    monkeypatch.setattr(experiment, "gold_by_construction", None)  # whoever calls it now fails
    assert list(experiment.golds(tmp_path)) == first
