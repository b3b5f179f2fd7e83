"""Which pages an experiment is made of: the same pairs of design and body, plain and under every dose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ..errors import UsageError
from ..records import Gold, Page
from . import body as bodies
from .dialects import DIALECTS
from .page import (
    Dose,
    Spec,
    design,
    designs,
    dose,
    gold_by_construction,
    has_place,
    page_of,
    parse_id,
    treatment,
    treatments,
)
from .twists import TWISTS

LIST = "composed.txt"
"""File that lists the ids of an experiment's pages, one a line."""
CORPUS = "doses"
"""Name of the corpus that an experiment's pages are."""
PAIRS = 24
"""Pairs of design and body, each with a body of its own: enough clusters for an interval."""
DIALECT = "names"
"""Dialect where none is asked for: speaking class names, as most sites have them."""
NOTHING = ("navigation=0", "player=0", "comments=0")
"""Doses of a page that must be as the plain one is."""
KEPT = 600
"""Pages that are kept in memory, some 50 kB each: more than an experiment of the three named kinds has."""
KEPT_GOLDS = 128
"""Golds that are kept in memory, some 1 MB each: as many as an experiment of one kind has pages."""
DRILLED = 8
"""Pairs of the invariance drills."""
SHORT = ("navigation=500", "player=50", "comments.twice=50")
"""Doses of the short experiment, beside the plain page."""
SAMPLED = 66
"""Pages of the bundled sample."""
SAMPLE_DOSES = (
    *("", "navigation=120", "player=20", "comments=25", "comments.twice=12", "copy=1", "navigation.mega=240"),
    *("related=12", "player.vue=12", "comments.threaded=30", "inside=3", "consent=3", "legal=10"),
    *("player.brackets=8", "comments.threaded-twice=10", "navigation.after=60", "consent.last=2", "player.angular=6"),
)
"""Treatments of the bundled sample in turn, each variant once; the first is the plain page."""
SENSITIVE = ("navigation=40", "navigation.after=40", "comments=10", "comments.twice=10")
"""Doses whose pairs tell what moving the menu and doubling the comments change."""
STEPS = (0.04, 0.2, 0.5, 1.0)
"""Doses of an experiment where none are named, as shares of the highest."""


def pairs(number: int = PAIRS) -> list[tuple[str, str]]:
    """Pairs of a design and a body it suits: every body once, designs as evenly as their types allow; sorted by body.

    UsageError where there are fewer bodies.
    """
    names = [one for one in bodies.names() if _suiting(one)]
    if not 0 < number <= len(names):
        raise UsageError(f"--pairs {number}: 1 to {len(names)} pairs of design and body can be made, one for each body")
    used: Counter[str] = Counter()
    found = []
    # Bodies that few designs suit choose first.
    for name in sorted(names, key=lambda one: (len(_suiting(one)), one)):
        arranged = min(_suiting(name), key=lambda one: (used[one], one))
        used[arranged] += 1
        found.append((arranged, name))
    kept = sorted(range(len(found)), key=lambda place: place * number % len(found))[:number]
    return sorted((found[place] for place in kept), key=lambda pair: pair[1])


def pairs_with_a_place(one: Dose, number: int = PAIRS) -> list[tuple[str, str]]:
    """So many pairs whose designs have a place for a treatment, as many of them as can be from `pairs`; sorted by body.

    In place of those that have none stand other designs of the bodies that are used least, languages in turn. Fewer
    where there are no more; UsageError for a treatment that no design has a place for.
    """
    found = [pair for pair in pairs(number) if has_place(pair[0], one)]
    others = [
        (arranged, name)
        for name in bodies.names()
        for arranged in _suiting(name)
        if has_place(arranged, one) and (arranged, name) not in found
    ]
    if not found and not others:
        raise UsageError(f"no design has a place for {one.treatment}; designs: {', '.join(designs())}")
    used = Counter(word for pair in found for word in pair)
    languages = Counter[str]()
    while others and len(found) < number:
        chosen_pair = min(
            others, key=lambda pair: (used[pair[1]], languages[bodies.load(pair[1]).language], used[pair[0]], pair)
        )
        others.remove(chosen_pair)
        used.update(chosen_pair)
        languages[bodies.load(chosen_pair[1]).language] += 1
        found.append(chosen_pair)
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def doses_of(kind: str, amounts: Sequence[int] = ()) -> list[Dose]:
    """Doses of a treatment, which may name its variant (`comments.twice`): those given, or STEPS of the highest."""
    highest = treatment(kind.partition(".")[0]).HIGHEST
    steps = sorted({max(1, round(share * highest)) for share in STEPS})
    return [dose(f"{kind}={amount}") for amount in amounts or steps]


def chosen(kinds: Sequence[str], amounts: Sequence[int] = (), *, short: bool = False) -> list[Dose]:
    """The doses that were asked for; UsageError for none, and for unknown kinds and doses."""
    if short:
        return [dose(one) for one in SHORT]
    if not kinds:
        raise UsageError(f"no treatment was named; give --kind, one of {', '.join(treatments())}, or --short")
    for kind in kinds:
        name, equals, amount = kind.partition("=")
        if equals:
            raise UsageError(f"--kind {kind}: the dose has an option of its own; give --kind {name} --amount {amount}")
    if 0 in amounts:
        raise UsageError("a dose of 0 is the plain page, which every experiment has; give amounts of 1 or more")
    if below := [amount for amount in amounts if amount < 0]:
        raise UsageError(f"--amount {below[0]}: a dose is a number of 1 or more")
    return [one for kind in dict.fromkeys(kinds) for one in doses_of(kind, list(dict.fromkeys(amounts)))]


def spoken(names: Sequence[str]) -> tuple[str, ...]:
    """The dialects that were asked for: DIALECT where none was, and for `all` DIALECT and then the others."""
    if "all" in names:
        return (DIALECT, *(one for one in DIALECTS if one != DIALECT))
    return tuple(dict.fromkeys(names)) or (DIALECT,)


def specs(
    doses: Iterable[Dose], dialects: Sequence[str] = (DIALECT,), number: int = PAIRS, seed: int = 1
) -> list[Spec]:
    """The pages of an experiment: `number` pairs for each treatment, plain and under each dose, in each dialect.

    UsageError for a dialect that is not there, and for a treatment that no design has a place for.
    """
    unknown = [one for one in dialects if one not in DIALECTS]
    if unknown:
        raise UsageError(f"there is no dialect {unknown[0]!r}; known: {', '.join(DIALECTS)}, all")
    treated: dict[tuple[str, str], list[tuple[Dose, ...]]] = {}
    for one in doses:
        for pair in pairs_with_a_place(one, number):
            treated.setdefault(pair, [()]).append((one,))
    return [
        Spec(design_name, name, dialect, each, seed)
        for dialect in dict.fromkeys(dialects)
        for design_name, name in sorted(treated, key=lambda pair: (pair[1], pair[0]))
        for each in treated[design_name, name]
    ]


def sample(number: int = SAMPLED) -> list[Spec]:
    """The bundled sample: bodies, dialects and treatments in turn, of a body's designs the one used least so far.

    Where a design has no place for the treatment whose turn it is, the next one for which it has steps in.
    """
    names = [one for one in bodies.names() if _suiting(one)]
    found: list[Spec] = []
    used: Counter[str | tuple[str, str]] = Counter()
    for turn in range(number):
        name = names[turn % len(names)]
        arranged = min(_suiting(name), key=lambda one: (used[one, name], used[one], one))
        used.update([arranged, (arranged, name)])
        written = [SAMPLE_DOSES[(turn + step) % len(SAMPLE_DOSES)] for step in range(len(SAMPLE_DOSES))]
        options = [(dose(one),) if one else () for one in written]
        treated = next(doses for doses in options if all(has_place(arranged, each) for each in doses))
        spoken = list(DIALECTS)[(turn + turn // len(names)) % len(DIALECTS)]
        found.append(Spec(arranged, name, spoken, treated))
    return found


def drills(number: int, seed: int = 1) -> list[Spec]:
    """The pages of the drills: some pairs plain, with doses of nothing, every twist and the doses of SENSITIVE."""
    found = []
    for design_name, name in pairs(number):
        plain = Spec(design_name, name, seed=seed)
        nothing = tuple(one for one in map(dose, NOTHING) if has_place(design_name, one))
        found += [
            plain,
            replace(plain, doses=nothing),
            *(replace(plain, dialect=f"{DIALECT}.{twist}") for twist in TWISTS),
        ]
        moved = [dose(one) for one in SENSITIVE]
        found += [replace(plain, doses=(one,)) for one in moved if has_place(design_name, one)]
    return found


def write(folder: Path, wanted: Sequence[Spec]) -> None:
    """Make a folder the corpus of an experiment."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LIST).write_text("".join(f"{spec.id}\n" for spec in wanted), encoding="utf-8")


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """The pages of an experiment, made on demand, in the order of its list; those outside the stretch are not made."""
    return map(_page, islice(_listed(folder), start, stop))


def golds(folder: Path) -> Iterator[Gold]:
    """Their golds, in the same order."""
    return map(_gold, _listed(folder))


@lru_cache(maxsize=KEPT)
def _page(spec: Spec) -> Page:
    """A page, kept for a while: every adapter and every round of timing asks for it again."""
    return page_of(spec, CORPUS)


@lru_cache(maxsize=KEPT_GOLDS)
def _gold(spec: Spec) -> Gold:
    """A gold, kept for a while: scores ask for it, and then the pages of the report."""
    return gold_by_construction(spec)


def _listed(folder: Path) -> Iterator[Spec]:
    return map(parse_id, (folder / LIST).read_text(encoding="utf-8").splitlines())


def _suiting(name: str) -> list[str]:
    kind = bodies.load(name).type
    return [one for one in designs() if kind in design(one).TYPES]
