# /// script
# requires-python = ">=3.9"
# dependencies = ["breadability==0.1.21", "html-text==0.7.1"]
# [tool.boilerbench]
# licence = "BSD-2-Clause"
# input = "text"
# form = "html"
# variants.aeb.form = "text"
# ///
"""breadability, another port of arc90's Readability: `Article(html, url=url).readable`."""

import html_text
from breadability.readable import Article


def extract(page):
    """`Article(html, url=url).readable` on decoded text: cleaned HTML of the article."""
    return Article(page.text, url=page.url).readable


def extract_aeb(page):
    """`html_text.extract_text(Article(html, url=url).readable)`: as measured on AEB."""
    return html_text.extract_text(Article(page.text, url=page.url).readable)
