# /// script
# requires-python = ">=3.10"
# dependencies = ["trafilatura==2.3.1"]
# [tool.boilerbench]
# light = ["default"]
# ///
"""trafilatura, as its documentation shows it first: `extract(html)`, comments included."""

import trafilatura


def extract(page):
    """`trafilatura.extract(html)` on the page's bytes: documented defaults, so comments are kept."""
    return trafilatura.extract(page.html)


def extract_aeb(page):
    """`extract(html, include_comments=False)` on decoded text: the call of scrapinghub's article benchmark."""
    return trafilatura.extract(page.text, include_comments=False)
