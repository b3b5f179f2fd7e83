"""Where a treatment stands in pages that were built by nobody's book."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmark.compose import injection
from benchmark.compose.page import Dose, dose
from benchmark.records import Gold, Page
from benchmark.regions import visible_text
from benchmark.text import tokens

BODY = "One body of a page, of some words, that nobody else has written."
GOLD = Gold("p", BODY)
CLOSED = {"a", "p", "h1", "h2", "pre", "button", "label", "summary", "dt", "ul", "ol", "dl", "tr", "tbody", "table"}
WRAPPERS = (
    "<div>{}</div>",
    "<div><div>Teaser</div>{}</div>",
    "<table><tr><td>Menu</td><td>{}</td></tr></table>",
    "<table><tbody><tr><td valign=top>{}</table>",
    "<ul><li>Home</li><li>{}</li></ul>",
    "<dl><dt>Term</dt><dd>{}</dd></dl>",
    "<a href='/x'>{}</a>",
    "<font size=2>{}</font>",
    "<span>{}</span>",
    "<b><i>{}</i></b>",
    "<app-root>{}</app-root>",
    "<center>{}</center>",
    "<form><fieldset>{}</fieldset></form>",
    "<details open><summary>More</summary>{}</details>",
    "<blockquote>{}",
    "<label>{}</label>",
    "<button>{}</button>",
    "<section><h2>Head</h2>{}</section>",
)
"""Ways in which pages wrap their text, some of them against the rules."""
TEXTS = ("<p>{}</p>", "{}", "<h1>{}</h1>", "<pre>{}</pre>", "<p>{}</p><p></p>", "<div>{}</div>")


def parents(html: str, name: str) -> list[str]:
    """Tags above the treatment, from within."""
    found = LexborHTMLParser(html).css_first(f".{name}")
    above: list[str] = []
    node: LexborNode | None = found.parent if found is not None else None
    while node is not None and node.tag != "html":
        above.append(str(node.tag))
        node = node.parent
    return above


def treated(html: str, one: Dose | None) -> str:
    page = Page("p", "some", html.encode(), charset="utf-8")
    return injection.injected(page, GOLD, one, 1, "doses").html.decode()


@settings(max_examples=50)
@given(st.lists(st.sampled_from(WRAPPERS), max_size=6), st.sampled_from(TEXTS))
def test_a_treatment_is_never_put_into_what_cannot_hold_it_and_moves_no_word(wrappers: list[str], text: str) -> None:
    html = text.format(BODY)
    for wrapper in wrappers:
        html = wrapper.format(html)
    html = f"<body><nav>Menu</nav>{html}<footer>Foot</footer>"
    plain = tokens(visible_text(treated(html, None)))
    for one, name in (("comments=2", "comments-area"), ("player=2", "audio-player")):
        found = treated(html, dose(one))
        above = parents(found, name)
        assert above[-1] == "body"
        assert not {"a", "p", "h1", "pre", "button", "label"} & set(above)
        assert above[0] not in CLOSED
        words = tokens(visible_text(found))
        start = next((place for place, word in enumerate(plain) if words[place] != word), len(plain))
        behind = len(plain) - start
        assert words[len(words) - behind :] == plain[start:]
        # The body's words stand together still: the treatment is before or behind them, not between.
        assert " ".join(tokens(BODY)) in " ".join(words)


@pytest.mark.parametrize(
    ("html", "above"),
    [
        ("<table><tr><td>Menu<td><font>{}</font><td>News</table>", ["td", "tr", "tbody", "table", "body"]),
        ("<div id=w><ul><li>Home<li><p>{}</p></ul></div>", ["li", "ul", "div", "body"]),
        ("<div><a href=/><div>{}</div></a></div>", ["div", "body"]),
        ("<app-root><app-page><div>{}</div></app-page></app-root>", ["app-page", "app-root", "body"]),
        ("<main><div><span><b>{}</b></span></div></main>", ["main", "body"]),
        ("<main><article><p>{}</p></article></main>", ["article", "main", "body"]),
        ("<noscript><p>{0}</p></noscript><div><section>{0}</section></div>", ["div", "body"]),
    ],
)
def test_a_treatment_stands_as_near_to_the_text_as_a_block_can(html: str, above: list[str]) -> None:
    assert parents(treated(f"<body>{html.format(BODY)}", dose("comments=1")), "comments-area") == above


def test_a_dose_of_nothing_is_the_plain_page_to_the_byte() -> None:
    html = f"<body><table><tr><td>Menu<td><font>{BODY}</font></table>"
    for kind in ("comments", "navigation", "player", "legal", "consent", "related"):
        assert treated(html, Dose(kind, "", 0)) == treated(html, None)
