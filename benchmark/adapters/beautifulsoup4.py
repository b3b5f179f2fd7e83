# /// script
# requires-python = ">=3.7"
# dependencies = ["beautifulsoup4==4.15.0"]
# [tool.boilerbench]
# category = "floor"
# licence = "MIT"
# module = "bs4"
# variants.aeb.input = "text"
# ///
"""Beautiful Soup with Python's own parser, all text of the page: `BeautifulSoup(html, "html.parser").get_text()`."""

from bs4 import BeautifulSoup


def extract(page):
    """`BeautifulSoup(html, "html.parser").get_text()` on the page's bytes, whose encoding it finds itself."""
    return BeautifulSoup(page.html, "html.parser").get_text()


def extract_aeb(page):
    """`get_text(" ", strip=True)` on decoded text: the call of scrapinghub's article benchmark."""
    return BeautifulSoup(page.text, "html.parser").get_text(" ", strip=True)
