# /// script
# requires-python = ">=3.10"
# # Releases before 0.9.4 import lxml's cleaner, which is a distribution of its own by now.
# dependencies = ["newspaper4k[hi,ja,nlp,th,zh]==0.9.6", "lxml-html-clean==0.4.6"]
# [tool.boilerbench]
# licence = "MIT"
# input = "text"
# module = "newspaper"
# ///
"""newspaper4k, which measures text by the stop words of the page's language: `newspaper.article(url, input_html=html)`.

Installed with the extras that its documentation names for languages. A page that declares itself Korean is an error
all the same: its words are split by a model of NLTK's that would have to be downloaded at run time.
"""

import newspaper


def extract(page):
    """`newspaper.article(url, input_html=html, fetch_images=False).text` on decoded text: defaults, no downloads."""
    return newspaper.article(page.url or "", input_html=page.text, fetch_images=False).text


def extract_aeb(page):
    """The call of scrapinghub's article benchmark, which parses twice, without its downloads of images."""
    article = newspaper.article(page.url or "", input_html=page.text, fetch_images=False)
    article.parse()
    return article.text
