"""Readers' comments: in one row or as threads, printed once or twice."""

from __future__ import annotations

from ..body import Body
from ..phrases import Phrases
from ..tree import Content, Element, Mark, el, repeated

SUMMARY = "readers' comments"
KIND = "comments"
HIGHEST = 200
VARIANTS = dict.fromkeys(("", "twice", "threaded", "threaded-twice"), "comments")


def blocks(dose: int, variant: str, phrases: Phrases, _: Body) -> list[Element]:
    """A block of `dose` comments below its heading; printed twice, the second printing says so by its regions."""
    threaded = variant.startswith("threaded")
    comments = [_comment(number, phrases) for number in range(dose)]
    nested = _threads(comments, phrases.stream("threads")) if threaded else comments
    heading = el(
        "h3", phrases.text("comments_title").format(n=dose), name="comments-title", mark=_mark(0, "title", "meta")
    )
    block = el("section", heading, el("ol", nested, name="comment-list"), name="comments-area")
    if not variant.endswith("twice"):
        return [block]
    again = repeated(block)
    assert isinstance(again, Element)
    return [block, again]


def _mark(number: int, place: str, part: str) -> Mark:
    """A region that its second printing can point at."""
    return Mark("comments", part, f"comment-{number}-{place}")


def _comment(number: int, phrases: Phrases) -> Element:
    ago, hours, likes = phrases.all("comment_meta")
    reply, report, like, share = phrases.all("comment_ui")
    when = (ago if phrases.chance(0.3) else hours).format(n=phrases.number(60, 2))
    head = el(
        "div",
        el("b", phrases.one("handles"), name="comment-author"),
        " ",
        el("span", when, name="comment-date"),
        name="comment-meta",
        mark=_mark(number, "head", "meta"),
    )
    text = el("div", el("p", phrases.comment()), name="comment-body", mark=_mark(number, "body", "text"))
    buttons = [el("button", word, name="comment-button", type="button") for word in (reply, report, like, share)]
    foot = el("div", buttons, name="comment-actions", mark=_mark(number, "foot", "ui"))
    count = el("div", likes.format(n=phrases.number(120)), name="comment-likes", mark=_mark(number, "likes", "meta"))
    return el("li", el("article", head, text, count, foot, name="comment"), name="comment-item")


def _threads(comments: list[Element], phrases: Phrases) -> list[Content]:
    """Comments as trees: each after the first answers the one before it in two cases of five, at most three deep."""
    nested: list[tuple[int, Element]] = []
    for comment in comments:
        depth = nested[-1][0] + 1 if nested and phrases.chance(0.4) and nested[-1][0] < 3 else 0
        nested.append((depth, comment))
    return list(_gathered(nested, 0))


def _gathered(nested: list[tuple[int, Element]], depth: int) -> list[Element]:
    found: list[Element] = []
    start = 0
    while start < len(nested):
        stop = start + 1
        while stop < len(nested) and nested[stop][0] > depth:
            stop += 1
        item = nested[start][1]
        if below := nested[start + 1 : stop]:
            item = Element(
                item.tag, (*item.children, el("ol", _gathered(below, depth + 1), name="children")), item.name
            )
        found.append(item)
        start = stop
    return found
