# /// script
# requires-python = ">=3.11"
# dependencies = ["html-to-markdown==3.21.0"]
# [tool.boilerbench]
# category = "converter"
# licence = "MIT"
# input = "text"
# form = "markdown"
# variants.aeb.form = "text"
# ///
"""html-to-markdown, the whole page as Markdown, in Rust: `convert(html)`."""

from html_to_markdown import convert


def extract(page):
    """`html_to_markdown.convert(html).content` on decoded text."""
    return convert(page.text).content


def extract_aeb(page):
    """`html_to_markdown.convert(html).content`, taken for plain text: as measured on AEB."""
    return convert(page.text).content
