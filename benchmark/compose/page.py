"""A composed page: a pure function of design, body, treatments with doses, dialect and seed."""

from __future__ import annotations

import difflib
import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from ..errors import UsageError
from ..records import GUIDELINE, Gold, Page
from . import body as bodies
from .body import Body
from .dialects import speak
from .phrases import Phrases
from .tree import Content, Element, Mark, el, gold_of, html_of
from .twists import TWISTS, encoding_of

SLOTS = ("overlay", "top", "before_text", "inside", "copy", "after_text", "comments", "bottom")
"""Places of a page that treatments can stand in, from top to bottom; a design says which it has."""
BYLINE, WIDGET = Mark("byline"), Mark("widget")
CORPUS = "composed"
"""Name of the corpus of composed pages, unless they are made for an experiment."""


@dataclass(frozen=True)
class Dose:
    """One treatment of a page."""

    treatment: str
    """Name of a file in `treatments/`."""
    variant: str
    """One of its variants; empty for the unnamed one."""
    amount: int
    """How much of it: links, tracks, comments, paragraphs."""

    def __str__(self) -> str:
        return f"{self.treatment}{'.' if self.variant else ''}{self.variant}={self.amount}"


@dataclass(frozen=True)
class Spec:
    """All that a composed page depends on."""

    design: str
    """Name of a file in `designs/`."""
    body: str
    """Name of a file in `bodies/`."""
    dialect: str = "names"
    """One of `dialects.DIALECTS`, perhaps with one of `twists.TWISTS`: `names.attributes`."""
    doses: tuple[Dose, ...] = ()
    """Treatments; none for the plain page."""
    seed: int = 1
    """Of everything drawn."""

    @property
    def id(self) -> str:
        """Name of the page, fit for a file."""
        told = "+".join(map(str, self.doses)) or "plain"
        return f"{self.design}--{self.body}--{self.dialect}--{told}--{self.seed}"


def parse_id(text: str) -> Spec:
    """The specification that a page's id spells out; UsageError where it is none."""
    pieces = text.split("--")
    if len(pieces) != 5 or not pieces[4].isdigit():
        raise UsageError(f"{text!r} is no id of a composed page; expected design--body--dialect--treatments--seed")
    treatments_ = () if pieces[3] == "plain" else tuple(dose(one) for one in pieces[3].split("+"))
    if len({(one.treatment, one.variant) for one in treatments_}) < len(treatments_):
        raise UsageError(f"{text!r} has a treatment twice; give it once, with the whole dose")
    return Spec(pieces[0], pieces[1], pieces[2], treatments_, int(pieces[4]))


@dataclass(frozen=True)
class Parts:
    """What a design arranges."""

    body: Body
    """The body with its facts."""
    main: tuple[Element, ...]
    """The body's blocks as the page prints them: posts of a thread, cards of a listing, teasers between paragraphs."""
    slots: Mapping[str, tuple[Element, ...]]
    """What treatments put into each of SLOTS; empty where there is none."""
    phrases: Phrases
    """The design's own stream of phrases."""


def dose(text: str) -> Dose:
    """A treatment as it is written: `comments.twice=50`; UsageError that says what there is."""
    match = re.fullmatch(r"(?P<name>[a-z_]+)(?:\.(?P<variant>[a-z-]+))?=(?P<amount>[0-9]+)", text)
    if match is None:
        known = f"name one of {', '.join(treatments())}, perhaps a variant, and a dose"
        raise UsageError(f"{text!r} is no treatment; {known}: comments.twice=50")
    found = Dose(match["name"], match["variant"] or "", int(match["amount"]))
    module = treatment(found.treatment)
    if found.variant not in module.VARIANTS:
        known = ", ".join(f"{found.treatment}.{name}" if name else found.treatment for name in module.VARIANTS)
        raise UsageError(f"{found.treatment} has no variant {found.variant!r}; known: {known}")
    if found.amount > module.HIGHEST:
        raise UsageError(f"{text}: the highest dose of {found.treatment} is {module.HIGHEST} ({module.SUMMARY})")
    return found


def compose(spec: Spec, corpus: str = CORPUS) -> tuple[Page, Gold]:
    """The page and its gold. UsageError for unknown names, and for a treatment that the design has no place for."""
    return page_of(spec, corpus), gold_by_construction(spec)


def page_of(spec: Spec, corpus: str = CORPUS) -> Page:
    """The page alone, which costs a tenth of its gold."""
    about = bodies.load(spec.body)
    attributes = {
        "site": spec.body,  # clusters of composed pages are bodies
        "language": about.language,
        "page_type": about.type,
        "design": spec.design,
        "dialect": spec.dialect,
        "treatment": "+".join(map(str, spec.doses)) or "plain",
    }
    _, _, twist = spec.dialect.partition(".")
    encoding = encoding_of(twist, about.language)
    html = _html(tree_of(spec), encoding, lean=twist == "minify")
    return Page(spec.id, corpus, html, _url(spec), encoding, attributes)


def gold_by_construction(spec: Spec) -> Gold:
    """The gold alone: body, regions and tokens as the tree has them."""
    tree = tree_of(spec)
    body, regions, tokens = gold_of(tree)
    return Gold(
        page_id=spec.id,
        body=body,
        regions=regions,
        tokens=tokens,
        page_sha256=None,  # what the tree says holds in whatever encoding it is written
        guideline=GUIDELINE,
        annotator="by construction",
        provenance="composed",
    )


def _html(tree: Element, encoding: str, *, lean: bool) -> bytes:
    head, end, rest = f"<!DOCTYPE html>\n{html_of(tree, lean=lean)}\n".partition("</head>")
    html = re.sub(r"(?<=charset=)(\"?)utf-8\b", rf"\1{encoding}", head) + end + rest
    return html.encode(encoding, "xmlcharrefreplace")


def _url(spec: Spec) -> str:
    return f"https://{spec.design.replace('_', '-')}.example/{bodies.load(spec.body).slug}"


def tree_of(spec: Spec) -> Element:
    """The tree of a page, in its dialect."""
    about, arrange = bodies.load(spec.body), design(spec.design)
    if about.type not in arrange.TYPES:
        suiting = ", ".join(name for name in designs() if about.type in design(name).TYPES)
        raise UsageError(
            f"{spec.body} is a {about.type}, which {spec.design} does not print; designs that do: {suiting}"
        )
    slots: dict[str, list[Element]] = {slot: [] for slot in SLOTS}
    for one in spec.doses:
        module = treatment(one.treatment)
        slot = module.VARIANTS[one.variant]
        if slot not in arrange.SLOTS:
            raise UsageError(_homeless(spec, one))
        if one.amount:
            stream = Phrases(about.language, spec.seed, spec.body, one.treatment, one.variant, genre=about.type)
            slots[slot] += module.blocks(one.amount, one.variant, stream, about)
    stream = Phrases(about.language, spec.seed, spec.design, spec.body, genre=about.type)
    main = spread(printed(about, stream), slots["inside"])
    parts = Parts(about, tuple(main), {name: tuple(found) for name, found in slots.items()}, stream)
    dialect, _, twist = spec.dialect.partition(".")
    tree = speak(dialect, arrange.page(parts), Phrases(about.language, spec.seed, spec.design, "dialect"))
    if twist and twist not in TWISTS:
        raise UsageError(f"there is no twist {twist!r}; known: {', '.join(TWISTS)}")
    return TWISTS[twist](tree, Phrases(about.language, spec.seed, spec.design, twist)) if twist else tree


def has_place(design_name: str, one: Dose) -> bool:
    """Whether a design has the slot that a treatment stands in."""
    return treatment(one.treatment).VARIANTS[one.variant] in design(design_name).SLOTS


def _homeless(spec: Spec, one: Dose) -> str:
    """That a design has no place for a treatment, what it has one for, and which designs of the body have one."""
    slots = design(spec.design).SLOTS
    fitting = [name for name in treatments() if treatment(name).VARIANTS[""] in slots]
    kind = bodies.load(spec.body).type
    others = [name for name in designs() if kind in design(name).TYPES and has_place(name, one)]
    elsewhere = f"; designs for {spec.body} that have one: {', '.join(others)}" if others else ""
    refused = f"the design {spec.design} has no place for {str(one).partition('=')[0]}"
    return f"{refused}; it has one for {', '.join(fitting)}{elsewhere}"


def printed(about: Body, phrases: Phrases) -> list[Element]:
    """A body's blocks as pages print them: a thread as posts, a listing as cards."""
    if about.posts:
        return [_post(post, phrases) for post in about.posts]
    if about.type == "listing":
        return _cards(about.blocks)
    return list(about.blocks)


def spread(blocks: Sequence[Element], inserted: Sequence[Element]) -> list[Element]:
    """Some elements spread evenly over others, never before the first of them."""
    places = [round((number + 1) * len(blocks) / (len(inserted) + 1)) for number in range(len(inserted))]
    found: list[Element] = []
    for place, block in enumerate(blocks):
        found += [one for one, where in zip(inserted, places, strict=True) if max(1, where) == place]
        found.append(block)
    return found + [one for one, where in zip(inserted, places, strict=True) if max(1, where) >= len(blocks)]


def _post(post: bodies.Post, phrases: Phrases) -> Element:
    quote, report, *_ = phrases.all("forum")
    head = el(
        "header",
        el("strong", post.author, name="post-author"),
        " ",
        el("time", post.date),
        name="post-head",
        mark=BYLINE,
    )
    buttons = el(
        "div", el("a", quote, href="#reply"), " ", el("a", report, href="#report"), name="post-buttons", mark=WIDGET
    )
    return el("article", head, el("div", post.blocks, name="post-content"), buttons, name="post topic-post")


def _cards(blocks: Iterable[Element]) -> list[Element]:
    intro: list[Element] = []
    cards: list[list[Content]] = []
    for block in blocks:
        if block.tag == "h3":
            cards.append([])
        (cards[-1] if cards else intro).append(block)
    return [*intro, *(el("div", card, name="card listing-item") for card in cards)]


def designs() -> list[str]:
    """Names of all designs, sorted."""
    return _files("designs")


def treatments() -> list[str]:
    """Names of all treatments, sorted."""
    return _files("treatments")


def design(name: str) -> ModuleType:
    """A design by its name; UsageError that names those there are."""
    return _module("designs", name)


def treatment(name: str) -> ModuleType:
    """A treatment by its name; UsageError that names those there are."""
    return _module("treatments", name)


def _files(folder: str) -> list[str]:
    return sorted(file.stem for file in Path(__file__).with_name(folder).glob("[!_.]*.py"))


def _module(folder: str, name: str) -> ModuleType:
    known = _files(folder)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise UsageError(f"there is no {folder.removesuffix('s')} {name!r}{hint} known: {', '.join(known)}")
    return importlib.import_module(f".{folder}.{name}", __package__)
