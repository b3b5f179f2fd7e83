# /// script
# requires-python = ">=3.9"
# dependencies = ["html2text==2025.4.15"]
# [tool.boilerbench]
# category = "converter"
# licence = "GPL-3.0-or-later"
# input = "text"
# form = "markdown"
# variants.aeb.form = "text"
# ///
"""html2text, the whole page as Markdown: `html2text.html2text(html)`."""

import html2text


def extract(page):
    """`html2text.html2text(html)` on decoded text."""
    return html2text.html2text(page.text)


def extract_aeb(page):
    """`HTML2Text().handle(html)` without links and images: the call of scrapinghub's article benchmark."""
    converter = html2text.HTML2Text()
    converter.ignore_links = True
    converter.ignore_images = True
    return converter.handle(page.text)
