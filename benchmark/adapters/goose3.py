# /// script
# requires-python = ">=3.9"
# dependencies = ["goose3==3.1.22"]
# [tool.boilerbench]
# licence = "Apache-2.0"
# input = "text"
# ///
"""Goose3, for news and other articles: `Goose().extract(raw_html=html).cleaned_text`.

Installed without extras: they serve stop-word classes that must be chosen by hand, which would tell it the language.
It has the parser put loose text into paragraphs, which lxml's stopped doing with version 6: such text may be lost.
"""

from goose3 import Goose

# One for all pages, as the documentation advises for many of them.
goose = Goose()


def extract(page):
    """`Goose().extract(raw_html=html).cleaned_text` on decoded text."""
    return goose.extract(raw_html=page.text).cleaned_text
