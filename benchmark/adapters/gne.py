# /// script
# requires-python = ">=3.8"
# dependencies = ["gne==0.4.3"]
# [tool.boilerbench]
# licence = "MIT"
# input = "text"
# ///
"""GNE (GeneralNewsExtractor), made for Chinese news: `GeneralNewsExtractor().extract(html)`."""

from gne import GeneralNewsExtractor

# Built once, as the documentation does.
extractor = GeneralNewsExtractor()


def extract(page):
    """`GeneralNewsExtractor().extract(html)["content"]` on decoded text."""
    return extractor.extract(page.text)["content"]
