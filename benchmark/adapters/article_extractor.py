# /// script
# requires-python = ">=3.12"
# dependencies = ["article-extractor==0.5.9", "html-text==0.7.1"]
# [tool.boilerbench]
# licence = "MIT"
# form = "markdown"
# variants.aeb.form = "text"
# variants.aeb.input = "text"
# ///
"""article-extractor, scoring in the manner of Readability: `extract_article(html, url=url)`.

It knows seven sites by name and treats their pages in ways of their own.
"""

import html_text
from article_extractor import extract_article


def extract(page):
    """`extract_article(html, url=url).markdown` on the page's bytes."""
    return extract_article(page.html, url=page.url or "").markdown


def extract_aeb(page):
    """`html_text.extract_text(extract_article(html, url=url).content)` on decoded text: as measured on AEB."""
    return html_text.extract_text(extract_article(page.text, url=page.url or "").content)
