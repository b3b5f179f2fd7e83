# /// script
# requires-python = ">=3.10"
# dependencies = ["news-please==1.6.16"]
# [tool.boilerbench]
# licence = "Apache-2.0"
# input = "text"
# module = "newsplease"
# ///
"""news-please, which chooses between the texts of newspaper4k and others: `NewsPlease.from_html(html, url)`.

It asks for newspaper4k without extras, so pages that declare themselves Chinese, Japanese, Korean, Hindi or Thai, to
name a few, are errors.
"""

from newsplease import NewsPlease


def extract(page):
    """`NewsPlease.from_html(html, url, fetch_images=False).maintext` on decoded text: defaults, no downloads."""
    return maintext(NewsPlease.from_html(page.text, url=page.url, fetch_images=False))


def extract_aeb(page):
    """`NewsPlease.from_html(html, url=None).maintext`: the call of scrapinghub's benchmark, less its downloads."""
    return maintext(NewsPlease.from_html(page.text, url=None, fetch_images=False))


def maintext(article):
    """The article's text; for a page without a single character there is a bare {} instead of an article."""
    return article.maintext if article else None
