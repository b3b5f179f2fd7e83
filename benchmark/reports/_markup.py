"""What Markdown is written with: foreign text that stays in its place, tables, folds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ._foreign import visible

SPECIAL = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*[]<>|~&$"}
"""Signs that mean something in Markdown, as references, which never do (CommonMark 0.31, section 2.5)."""


def escape(text: str) -> str:
    """Foreign text as one line that stays in its table cell: no markup, no HTML, no link, no invisible character."""
    line = visible(text).translate(SPECIAL).replace("://", "&#58;//").replace("www.", "www&#46;")
    # Between letters an underscore never starts emphasis, and names are full of them.
    return re.sub(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])", "&#95;", line)


def pipe_table(head: Sequence[str], lines: Iterable[Sequence[str]], left: int) -> str:
    """A pipe table whose first `left` columns are aligned to the left, the others to the right."""
    rule = ["---" if column < left else "--:" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rule, *lines])


def fold(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def listed(names: Sequence[str]) -> str:
    return ", ".join(map(escape, names))
