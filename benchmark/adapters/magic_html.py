# /// script
# requires-python = ">=3.12"
# dependencies = ["magic-html==0.1.8", "html-text==0.7.1"]
# [tool.boilerbench]
# licence = "Apache-2.0"
# input = "text"
# form = "html"
# variants.aeb.form = "text"
# ///
"""magic-html, as its documentation shows it first: `GeneralExtractor().extract(html, base_url=url)`."""

import html_text
from magic_html import GeneralExtractor

# Built once, as the documentation does; it holds nothing but the rules of a settings file, of which there is none here.
extractor = GeneralExtractor()


def extract(page):
    """`GeneralExtractor().extract(html, base_url=url)["html"]` on decoded text: HTML of the main region."""
    return extractor.extract(page.text, base_url=page.url or "")["html"]


def extract_aeb(page):
    """`html_text.extract_text(GeneralExtractor().extract(html, base_url=url)["html"])`: as measured on AEB."""
    return html_text.extract_text(extract(page))
