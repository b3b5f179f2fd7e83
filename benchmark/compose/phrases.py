"""What sites say around a body, by language: original labels, teasers, comments and notices, drawn by seed."""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..errors import UsageError

FOLDER = Path(__file__).with_name("phrases")
Table = dict[str, str | list[str]]
PARTS = ("article", "product", "thread", "documentation")
"""Types of pages that the menu's labels belong to, in their order; `menu_parts` has where the last three begin."""


class Site(NamedTuple):
    """Who publishes a page: what it is called and says of itself, everywhere on the page alike."""

    name: str
    """Name of the site."""
    slogan: str
    """Its claim."""
    about: str
    """A paragraph about it."""
    copyright: str
    """The line at its foot."""


def names() -> list[str]:
    """Language codes that have phrases, sorted."""
    return sorted(file.stem for file in FOLDER.glob("[!.]*.toml"))


@cache
def _table(language: str) -> Table:
    if language not in names():
        raise UsageError(f"there are no phrases in {language!r}; known: {', '.join(names())}")
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    own = {
        f"{genre}.{key}": value
        for genre, part in table.items()
        if isinstance(part, dict)
        for key, value in part.items()
    }
    return {**{key: value for key, value in table.items() if not isinstance(value, dict)}, **_menus(table), **own}


def _menus(table: dict[str, list[str]]) -> Table:
    """The menu's labels by the type of page that they belong to; listings and recipes have lists of their own."""
    starts = [0, *(table["menu"].index(label) for label in table["menu_parts"]), len(table["menu"])]
    parts = zip(PARTS, starts[:-1], starts[1:], strict=True)
    return {f"{genre}.menu": table["menu"][start:stop] for genre, start, stop in parts}


class Phrases:
    """The phrases of a language on pages of one type, drawn by a stream of random numbers of their own.

    Where a language has phrases for pages of that type, such as reviews for products, these stand for the others.

    What is drawn depends on the seed words given and on how much was drawn before; a longer list begins with the
    shorter one. Only `random.Random.random` is used, whose numbers are the same in every Python (documentation of the
    module `random`, "Notes on Reproducibility").
    """

    def __init__(self, language: str, *seed: object, genre: str = "article") -> None:
        self.language = language
        self.genre = genre
        self._seed = seed
        digest = hashlib.sha256("\0".join(map(str, (language, *seed))).encode()).digest()
        self._random = random.Random(int.from_bytes(digest[:16], "big"))  # noqa: S311 - it has to be predictable
        self._table = _table(language)

    def stream(self, *more: object) -> Phrases:
        """A stream of its own, which nothing drawn from this one moves."""
        return Phrases(self.language, *self._seed, *more, genre=self.genre)

    def site(self, genre: str = "") -> Site:
        """The site of the page, the same however often it is asked for; a genre if it is not that of the page."""
        rows = zip(
            *(self.all(f"site_{key}") for key in ("types", "names", "slogans", "abouts", "copyrights")), strict=True
        )
        wanted = genre or self.genre
        fitting = [Site(*facts) for kind, *facts in rows if kind == wanted]
        return fitting[self.stream("site").number(len(fitting))]

    def _value(self, key: str) -> str | list[str]:
        return self._table.get(f"{self.genre}.{key}", self._table[key])

    def text(self, key: str) -> str:
        """A single phrase."""
        value = self._value(key)
        assert isinstance(value, str), key
        return value

    def all(self, key: str) -> list[str]:
        """All phrases of a list, in its order."""
        value = self._value(key)
        assert isinstance(value, list), key
        return list(value)

    def one(self, key: str) -> str:
        """One phrase of a list."""
        return self.pick(self.all(key))

    def pick(self, items: Sequence[str]) -> str:
        """One of some phrases."""
        return items[self.number(len(items))]

    def some(self, key: str, count: int) -> list[str]:
        """That many different phrases, those for pages of this type first.

        Where all lists together have fewer, two of them are joined by a dash, and then three.
        """
        own = self.all(key)
        rest = [one for one in self._table[key] if one not in own]
        if count <= len(own) or not rest:
            return self.different(own, count)
        return [*self.different(own, len(own)), *self.different(rest, count - len(own))]

    def different(self, items: Sequence[str], count: int) -> list[str]:
        """That many different phrases made of some."""
        rest, found = list(dict.fromkeys(items)), dict[str, None]()
        while len(found) < count and rest:
            found[rest.pop(self.number(len(rest)))] = None
        while len(found) < count:
            parts = dict.fromkeys(self.pick(items) for _ in range(1 + len(found) // len(items)))
            found[" – ".join(parts)] = None
        return list(found)

    def number(self, below: int, least: int = 0) -> int:
        """A whole number from `least` to below `below`."""
        return least + int(self._random.random() * (below - least))

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self._random.random() < share

    def comment(self) -> str:
        """What a reader wrote: one to five sentences."""
        middle = [self.one("comment_remarks") for _ in range(self.number(4))]
        parts = dict.fromkeys([self.one("comment_openers"), *middle, *([self.one("comment_closers")] * self.number(2))])
        return ("" if self.language in {"zh", "ja"} else " ").join(parts)

    def word(self, length: int) -> str:
        """A meaningless name of letters and digits, as build tools give them to classes and files."""
        letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        return letters[self.number(26)] + "".join(letters[self.number(36)] for _ in range(length - 1))
