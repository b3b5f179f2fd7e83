# /// script
# requires-python = "==3.7.*"
# dependencies = [
#   "dragnet==2.0.4",
#   "scikit-learn==0.20.4",
#   "numpy==1.21.6",
#   "cython==0.29.37",
#   "lxml==4.9.4",
#   "setuptools==68.0.0",
#   "wheel==0.42.0",
# ]
# [tool.boilerbench]
# licence = "MIT"
# build = ["numpy==1.21.6", "cython==0.29.37", "lxml==4.9.4", "setuptools==68.0.0", "wheel==0.42.0"]
# variants.aeb.input = "text"
# ///
"""dragnet, random trees over features of text blocks, trained in 2018: `extract_content(html)`.

Its models are pickles of scikit-learn 0.19 that 0.20 still reads, and its Cython code is older than Cython 3, so it is
built against the libraries of its day, which end at Python 3.7.
"""

import dragnet


def extract(page):
    """`dragnet.extract_content(html)` on the page's bytes, whose encoding it takes from the page or for UTF-8."""
    return dragnet.extract_content(page.html)


def extract_comments(page):
    """`dragnet.extract_content_and_comments(html)` on the page's bytes: another model, which keeps comments."""
    return dragnet.extract_content_and_comments(page.html)


def extract_aeb(page):
    """`dragnet.extract_content(html, encoding="utf8")` on decoded text: the call of scrapinghub's article benchmark."""
    return dragnet.extract_content(page.text, encoding="utf8")
