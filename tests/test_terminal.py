"""What a terminal shows of complaints: long lists cut short, with how to see them whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from benchmark import terminal
from benchmark.checks.compare import Comparison, Moved
from benchmark.checks.gate import Held, Verdict
from benchmark.reading import listed
from benchmark.records import GateFinding
from benchmark.terminal import SHOWN, shortened

NAMES = [f"p{number:03}" for number in range(30)]


@pytest.mark.parametrize("count", [1, SHOWN, SHOWN + 1, 30])
def test_of_a_list_the_first_ten_names_are_shown_and_the_rest_counted(count: int) -> None:
    (whole,) = listed("pages missing", NAMES[:count])
    shown = shortened(f"cannot use x:\n- {whole}\nexpected y")
    assert shown.count("p0") == min(count, SHOWN)
    assert ("more" in shown) == (count > SHOWN)
    if count > SHOWN:
        assert f"p009 … and {count - SHOWN} more (all of them in a file: 2> FILE)\nexpected y" in shown


def test_of_many_indented_lines_the_first_ten_are_shown() -> None:
    shown = shortened(
        "golds and pages do not fit:\n  " + "\n  ".join(f"{name}: no gold" for name in NAMES) + "\nDo this"
    )
    assert shown.split("\n")[10:] == ["  p009: no gold", "  … and 20 more (all of them in a file: 2> FILE)", "Do this"]


def test_names_with_commas_are_cut_at_a_comma_and_still_counted() -> None:
    (whole,) = listed("files", [f"a, {name}" for name in NAMES])
    assert shortened(whole).endswith("… and 20 more (all of them in a file: 2> FILE)")


@given(st.text())
def test_a_short_complaint_stays_as_it_is(message: str) -> None:
    assert shortened(message) == message or message.count(",") >= SHOWN or message.count("\n  ") > SHOWN


@pytest.mark.parametrize("person", [True, False])
def test_only_a_terminal_gets_the_short_form(
    person: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "complaints", Console(stderr=True, force_terminal=person))
    terminal.complain(listed("pages missing", NAMES)[0])
    assert ("p029" in capsys.readouterr().err) == (not person)


def test_no_name_of_others_begins_a_line_that_a_runner_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\n::error::x"
    moved = Moved("c", name, {name: (1.0, 0.0)}, ("ok", name))
    finding = GateFinding("page", name, name, "c")
    held = Held(name, name, Comparison((), (moved,), 1)), Held(name, name, None)
    terminal.show_verdict(Verdict(name, name, held, (finding,), (name,)), 0)
    terminal.show_comparison(name, name, Comparison((), (moved,), 1), 0)
    lines = capsys.readouterr().out.split("\n")
    assert sum("::error::x" in line for line in lines) == 8
    assert not [line for line in lines if line.startswith("::")]
