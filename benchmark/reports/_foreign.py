"""Foreign text made fit to be shown: names, versions and messages that somebody else wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable

UNKNOWN = "–"
"""What stands where there is no value."""
LONGEST = 200
"""Characters of a foreign string that are shown."""


def on_one_line(text: object, longest: int | None = None) -> str:
    """Text as one line in which nothing is hidden: a space for each break, a mark for what cannot be seen.

    What is longer than `longest` characters is cut, and ends in an ellipsis.
    """
    whole = str(text)
    line = " ".join("".join(map(_visible, whole[:longest])).split())
    return f"{line}…" if longest is not None and len(whole) > longest else line


def visible(text: str) -> str:
    """Text as one line of at most LONGEST characters, none of them hidden; a dash where nothing is left."""
    return on_one_line(text, LONGEST) or UNKNOWN


def distinct(names: Iterable[str], apart: Container[str] = ()) -> dict[str, str]:
    """Name -> what a chart calls it: nothing hidden, no two alike, and a mark on those that are `apart`."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        shown = bare = visible(name) + (", counted apart" if name in apart else "")
        number = 1
        while shown in taken:
            number += 1
            shown = f"{bare} ({number})"
        taken.add(shown)
        found[name] = shown
    return found


def _visible(sign: str) -> str:
    """The character; a space for one that breaks lines, a replacement character for one that cannot be seen."""
    if sign.isspace():
        return " "
    never = ord(sign) & 0xFFFE == 0xFFFE  # the last two of each plane are no characters, and no XML may hold them
    return "\N{REPLACEMENT CHARACTER}" if never or unicodedata.category(sign) in {"Cc", "Cf", "Cs"} else sign
