# /// script
# requires-python = ">=3.10"
# dependencies = ["trafilatura==2.3.1"]
# [tool.boilerbench]
# licence = "Apache-2.0"
# light = ["default", "fast"]
# variants.aeb.input = "text"
# variants.aeb-fast.input = "text"
# variants.aeb-precision.input = "text"
# variants.aeb-recall.input = "text"
# ///
"""trafilatura, as its documentation shows it first: `extract(html)`, comments included."""

import trafilatura


def extract(page):
    """`trafilatura.extract(html)` on the page's bytes: documented defaults, so comments are kept."""
    return trafilatura.extract(page.html)


def extract_fast(page):
    """`extract(html, fast=True)` on the page's bytes: no second opinion from other algorithms; comments are kept."""
    return trafilatura.extract(page.html, fast=True)


def extract_precision(page):
    """`extract(html, favor_precision=True)` on the page's bytes: rather less text; comments are kept."""
    return trafilatura.extract(page.html, favor_precision=True)


def extract_recall(page):
    """`extract(html, favor_recall=True)` on the page's bytes: rather more text; comments are kept."""
    return trafilatura.extract(page.html, favor_recall=True)


def extract_aeb(page):
    """`extract(html, include_comments=False)` on decoded text: the call of scrapinghub's article benchmark."""
    return trafilatura.extract(page.text, include_comments=False)


def extract_aeb_fast(page):
    """`extract(html, include_comments=False, fast=True)` on decoded text: @fast, as measured on AEB."""
    return trafilatura.extract(page.text, include_comments=False, fast=True)


def extract_aeb_precision(page):
    """`extract(html, include_comments=False, favor_precision=True)` on decoded text: @precision, as measured on AEB."""
    return trafilatura.extract(page.text, include_comments=False, favor_precision=True)


def extract_aeb_recall(page):
    """`extract(html, include_comments=False, favor_recall=True)` on decoded text: @recall, as measured on AEB."""
    return trafilatura.extract(page.text, include_comments=False, favor_recall=True)
