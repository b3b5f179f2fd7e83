# /// script
# requires-python = ">=3.9,<3.15"
# dependencies = ["readability-lxml==0.9", "html-text==0.7.1"]
# [tool.boilerbench]
# licence = "Apache-2.0"
# module = "readability"
# form = "html"
# light = ["default"]
# variants.aeb.form = "text"
# variants.aeb.input = "text"
# ///
"""readability-lxml, a Python port of arc90's Readability: `Document(html).summary()`."""

import html_text
from readability import Document


def extract(page):
    """`Document(html).summary()` on the page's bytes: cleaned HTML of the article."""
    return Document(page.html).summary()


def extract_aeb(page):
    """`html_text.extract_text(Document(html).summary(html_partial=True))`: the call of scrapinghub's benchmark."""
    return html_text.extract_text(Document(page.text).summary(html_partial=True))
