# /// script
# requires-python = ">=3.9"
# dependencies = ["lxml==6.1.3"]
# ///
"""The yardstick: one lxml parse of the page's bytes, freed again; every quoted speed is a multiple of it.

lxml raises on a page without any element (no bytes, only a comment). Such a page has no ratio.
"""

from __future__ import annotations

from typing import Any

import lxml.html  # type: ignore[import-untyped]


def extract(page: Any) -> None:  # noqa: ANN401 - a page as the worker shows it; that class is not importable here
    """`lxml.html.document_fromstring(html)`, default parser; there is no answer, only the time it takes."""
    lxml.html.document_fromstring(page.html)
