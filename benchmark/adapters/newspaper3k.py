# /// script
# requires-python = ">=3.8"
# # lxml has since moved its cleaner, which newspaper3k imports, to a distribution of its own.
# dependencies = ["newspaper3k==0.2.8", "lxml-html-clean==0.4.6"]
# [tool.boilerbench]
# licence = "MIT"
# input = "text"
# module = "newspaper"
# ///
"""newspaper3k, unchanged since 2018: `article = Article(url)`, `download()`, `parse()`, `article.text`.

It has the parser put loose text into paragraphs, which lxml's stopped doing with version 6: such text may be lost.
"""

from newspaper import Article


def extract(page):
    """`download(input_html=html)` and `parse()` of an `Article(url, fetch_images=False)`, on decoded text."""
    article = Article(page.url or "", fetch_images=False)
    article.download(input_html=page.text)
    article.parse()
    return article.text
