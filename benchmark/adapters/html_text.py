# /// script
# requires-python = ">=3.9"
# dependencies = ["html-text==0.7.1"]
# [tool.boilerbench]
# category = "converter"
# licence = "MIT"
# input = "text"
# light = ["default"]
# ///
"""html-text, the whole page as text: `html_text.extract_text(html)`."""

import html_text


def extract(page):
    """`html_text.extract_text(html)` on decoded text."""
    return html_text.extract_text(page.text)
