"""Bodies: original texts in Markdown with facts in front, read into the elements that a design arranges."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from ..errors import UsageError
from .tree import Content, Element, Mark, el

FOLDER = Path(__file__).with_name("bodies")
TYPES = ("article", "thread", "product", "documentation", "listing", "recipe")
"""What a body can be; `page_type` of its pages."""
POST = re.compile(r"(?P<author>.+?) · (?P<date>\d{4}-\d{2}-\d{2} \d{2}:\d{2})")
"""Heading of a post in a thread."""
MAIN, CAPTION = Mark("main"), Mark("caption")


@dataclass(frozen=True)
class Post:
    """One contribution to a thread."""

    author: str
    """Handle of the writer."""
    date: str
    """Day and time, ISO 8601 with a space."""
    blocks: tuple[Element, ...]
    """What was written."""


@dataclass(frozen=True)
class Body:
    """What a reader came for."""

    id: str
    """Name of its file."""
    language: str
    """Language code."""
    type: str
    """One of TYPES."""
    title: str
    """Headline of the page."""
    kicker: str
    """Words above the headline; may be empty."""
    standfirst: str
    """Lead set apart from the body; may be empty."""
    author: str
    """Desk or handle."""
    date: str
    """Time of publication, ISO 8601."""
    tags: tuple[str, ...]
    """Labels of this page."""
    section: str
    """Section of the site."""
    blocks: tuple[Element, ...]
    """Paragraphs, headings, lists, tables, quotes, code and figures, in order; of a thread the posts' blocks."""
    posts: tuple[Post, ...]
    """Contributions, where it is a thread."""

    @property
    def slug(self) -> str:
        """What addresses call it: its id without language and type, which no competitor may be told."""
        return self.id.split("-", 2)[-1]


def names() -> list[str]:
    """Ids of all bodies, sorted."""
    return sorted(file.stem for file in FOLDER.glob("[!.]*.md"))


@cache
def load(name: str) -> Body:
    """A body by its id; UsageError that names those there are."""
    if name not in names():
        raise UsageError(f"there is no body {name!r}; known: {', '.join(names())}")
    return parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"), name)


def parse(text: str, name: str) -> Body:
    """A body from its file's text; UsageError for facts that are missing and a type that is not known."""
    _, front, markdown = text.split("+++\n", 2)
    facts = tomllib.loads(front)
    missing = [key for key in ("language", "type", "title", "author", "date", "tags", "section") if key not in facts]
    if missing or facts["type"] not in TYPES:
        raise UsageError(f"body {name}: lacks {', '.join(missing) or 'a known type'}; types: {', '.join(TYPES)}")
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown))
    posts = tuple(_posts(tree.children)) if facts["type"] == "thread" else ()
    # A post is one region, and so one name; of other bodies each block has its own, since a page may part any two.
    blocks = [block for post in posts for block in post.blocks] or [
        _named(block, number) for number, block in enumerate(_blocks(tree.children))
    ]
    return Body(
        id=name,
        kicker=facts.get("kicker", ""),
        standfirst=facts.get("standfirst", ""),
        tags=tuple(facts["tags"]),
        blocks=tuple(blocks),
        posts=posts,
        **{key: facts[key] for key in ("language", "type", "title", "author", "date", "section")},
    )


def _posts(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Post]:
    starts = [number for number, node in enumerate(nodes) if node.type == "heading" and POST.fullmatch(_plain(node))]
    for start, stop in zip(starts, [*starts[1:], len(nodes)], strict=True):
        head = POST.fullmatch(_plain(nodes[start]))
        assert head is not None
        written = _blocks(nodes[start + 1 : stop])
        yield Post(head["author"], head["date"], tuple(_named(block, start) for block in written))


def _named(block: Element, number: int) -> Element:
    """A block that a second printing can point at."""
    assert block.mark is not None
    children = tuple(_bare(child) for child in block.children)
    return replace(block, mark=block.mark._replace(name=f"body-{number}"), children=children)


def _bare(here: Content) -> Content:
    """What stands inside a block, such as the paragraphs of a quote, without a region of its own."""
    if isinstance(here, str):
        return here
    return replace(here, mark=None, children=tuple(map(_bare, here.children)))


def _plain(node: SyntaxTreeNode) -> str:
    return "".join(child.content for child in node.walk() if child.type in {"text", "code_inline"})


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> list[Element]:
    return [block for node in nodes for block in _block(node)]


def _block(node: SyntaxTreeNode) -> Iterator[Element]:
    if node.type == "paragraph" and (figure := _figure(node)):
        yield figure
    elif node.type in {"fence", "code_block"}:
        language = node.info.strip()
        code = el("code", node.content, name=f"language-{language}" if language else "")
        yield el("pre", code, name="code-block", mark=MAIN)
    elif node.type == "table":
        yield el("table", [_rows(part) for part in node.children], name="data", mark=MAIN)
    elif node.type in {"bullet_list", "ordered_list"}:
        tag = "ul" if node.type == "bullet_list" else "ol"
        yield el(tag, [el("li", _item(one)) for one in node.children], mark=MAIN)
    elif node.type == "blockquote":
        yield el("blockquote", _blocks(node.children), mark=MAIN)
    else:
        tag = node.tag if node.type == "heading" else "p"
        yield el(tag, _inline(node), mark=MAIN)


def _item(node: SyntaxTreeNode) -> list[Content]:
    """What stands in a list item; a lone paragraph without its element, as sites print it."""
    parts: list[Content] = []
    for child in node.children:
        parts += _inline(child) if child.type == "paragraph" else list(_block(child))
    return parts


def _rows(part: SyntaxTreeNode) -> Element:
    return el(part.tag, [el("tr", [el(cell.tag, _inline(cell)) for cell in row.children]) for row in part.children])


def _figure(node: SyntaxTreeNode) -> Element | None:
    """A picture alone in its paragraph, with its caption."""
    inner = node.children[0].children if node.children else []
    if len(inner) != 1 or inner[0].type != "image":
        return None
    image = inner[0]
    picture = el("img", src=str(image.attrs["src"]), alt=_plain(image) or image.content, width="960", height="640")
    caption = str(image.attrs.get("title", ""))
    return el("figure", picture, el("figcaption", caption) if caption else [], name="figure", mark=CAPTION)


def _inline(node: SyntaxTreeNode) -> list[Content]:
    """Text with emphasis, code and links."""
    found: list[Content] = []
    for child in node.children:
        if child.type == "inline":
            found += _inline(child)
        elif child.type == "text":
            found.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            found.append("\n" if child.type == "softbreak" else el("br"))
        elif child.type == "code_inline":
            found.append(el("code", child.content))
        elif child.type == "link":
            found.append(el("a", _inline(child), href=str(child.attrs["href"])))
        else:
            found.append(el(child.tag, _inline(child)))
    return found
