# /// script
# requires-python = ">=3.8"
# dependencies = ["markdownify==1.2.3"]
# [tool.boilerbench]
# category = "converter"
# licence = "MIT"
# input = "text"
# form = "markdown"
# variants.aeb.form = "text"
# ///
"""markdownify, the whole page as Markdown: `markdownify(html)`."""

from markdownify import markdownify


def extract(page):
    """`markdownify.markdownify(html)` on decoded text."""
    return markdownify(page.text)


def extract_aeb(page):
    """`markdownify.markdownify(html)`, taken for plain text: as measured on AEB."""
    return markdownify(page.text)
