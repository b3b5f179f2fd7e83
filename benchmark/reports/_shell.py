"""What every HTML page of a report is made with: templates, the content policy, data for scripts, and safe text."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import jinja2
from markupsafe import Markup

from ._foreign import on_one_line

FOLDER = Path(__file__).parent / "_html"
"""Templates, style sheets and scripts."""


@functools.cache
def environment() -> jinja2.Environment:
    """Templates of `_html/`: what is put into them is escaped unless it is Markup, and a missing name is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["on_one_line"] = on_one_line
    return made


@functools.cache
def source(name: str) -> str:
    """A style sheet or script of `_html/`."""
    return (FOLDER / name).read_text(encoding="utf-8")


def style(text: str) -> Markup:
    """A style sheet as it stands inside a page; ValueError where it would end its element."""
    if "</" in text:
        raise ValueError("a style sheet must not hold '</'")
    return Markup(f"<style>{text}</style>")  # noqa: S704 - our own files


def script(text: str) -> Markup:
    """A script as it stands inside a page, where nothing in it can end its element."""
    return Markup(f'<script type="module">{_inert(text)}</script>')  # noqa: S704 - our own files and the kept library


def data(name: str, value: object) -> Markup:
    """A value as JSON for a script to read: `<script type="application/json" id=name>`, which no browser runs."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    safe = re.sub(r"[<>&\x7f-\U0010ffff]", _spelt, text)
    identifier = Markup.escape(name)
    return Markup(f'<script type="application/json" id="{identifier}">{safe}</script>')  # noqa: S704 - escaped above


def policy(styles: list[str], scripts: list[str]) -> str:
    """Content policy of a page that may use these style sheets and scripts and nothing else, from nowhere."""
    return (
        f"default-src 'none'; style-src {_hashes(styles)}; script-src {_hashes(map(_inert, scripts))}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashes(texts: Iterable[str]) -> str:
    sums = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{one}'" for one in sums) or "'none'"


def _spelt(found: re.Match[str]) -> str:
    """A sign as JSON writes it in ASCII, where it could end the element or cannot be seen; else the sign itself."""
    sign = found[0]
    hidden = sign in "<>&\u2028\u2029" or unicodedata.category(sign) in {"Cc", "Cf", "Cs"}
    return f"\\u{ord(sign):04x}" if hidden and sign in "<>&" else json.dumps(sign)[1:-1] if hidden else sign


def _inert(text: str) -> str:
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
