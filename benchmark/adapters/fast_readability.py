# /// script
# requires-python = ">=3.7"
# dependencies = ["fast-readability==0.0.1"]
# [tool.boilerbench]
# licence = "MPL-2.0"
# input = "text"
# ///
"""fast-readability, Mozilla's Readability.js run in QuickJS: `Readability().extract_from_html(html)`.

It answers an error of its own with an empty text, so that what is an error elsewhere is an empty answer here.
"""

from fast_readability import Readability

# Built once, as the documentation does: the scripts are read and compiled when it is built.
reader = Readability()


def extract(page):
    """`Readability().extract_from_html(html)["textContent"]` on decoded text."""
    article = reader.extract_from_html(page.text)
    # Readability.js answers null where it finds no article.
    return None if article is None else article["textContent"]
