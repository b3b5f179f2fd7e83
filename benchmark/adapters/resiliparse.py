# /// script
# requires-python = ">=3.10"
# dependencies = ["resiliparse==2.0.1"]
# [tool.boilerbench]
# licence = "Apache-2.0"
# input = "text"
# light = ["default"]
# ///
"""Resiliparse's main content rules: `extract_plain_text(html, main_content=True)`."""

from resiliparse.extract.html2text import extract_plain_text


def extract(page):
    """`extract_plain_text(html, main_content=True)`: the manual's call, so alternative texts and comments are kept."""
    return extract_plain_text(page.text, main_content=True)


def extract_bare(page):
    """The same without alternative texts, comments, post meta data and list bullets, which are on by default."""
    return extract_plain_text(
        page.text, main_content=True, alt_texts=False, comments=False, post_meta=False, list_bullets=False
    )


def extract_aeb(page):
    """`extract_plain_text(html, main_content=True, alt_texts=False)`: as measured on AEB."""
    return extract_plain_text(page.text, main_content=True, alt_texts=False)
