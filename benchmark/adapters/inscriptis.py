# /// script
# requires-python = ">=3.11"
# dependencies = ["inscriptis==2.7.6"]
# [tool.boilerbench]
# category = "converter"
# licence = "Apache-2.0"
# input = "text"
# light = ["default"]
# ///
"""inscriptis, the whole page as text that keeps its layout: `get_text(html)`."""

from inscriptis import get_text


def extract(page):
    """`inscriptis.get_text(html)` on decoded text."""
    return get_text(page.text)
