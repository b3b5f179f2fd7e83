"""Dialects: what they leave as it is."""

from __future__ import annotations

import re

import pytest

from benchmark.compose.dialects import DIALECTS, speak
from benchmark.compose.phrases import Phrases
from benchmark.compose.tree import Element, comment, el, html_of


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_an_icon_stays_in_its_button(dialect: str) -> None:
    icon = el("svg", el("use", href="#heart"), viewBox="0 0 16 16")
    box = el("div", el("button", icon, " ", "Like"), el("p", "Text"))
    page = speak(dialect, Element("html", (el("body", box),)), Phrases("en", 1))
    place = "heart" if dialect in {"semantic", "names"} else "[a-z0-9]{7}"  # nameless pages rename ids too
    assert re.search(f'<button><svg viewBox="0 0 16 16"><use href="#{place}"></use></svg> Like</button>', html_of(page))


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_marker_stays_in_its_line_and_a_comment_between_blocks(dialect: str) -> None:
    box = el("div", comment(" start "), el("div", "By ", comment(" "), "A. Smith"), el("p", "Text"))
    page = html_of(speak(dialect, Element("html", (el("body", box),)), Phrases("en", 1)))
    assert "By <!-- -->A. Smith" in page
    assert "<!-- start -->By" not in page
