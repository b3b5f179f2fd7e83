# /// script
# requires-python = ">=3.10"
# dependencies = ["crawl4ai==0.9.5", "html-text==0.7.1"]
# [tool.boilerbench]
# licence = "Apache-2.0"
# input = "text"
# form = "html"
# variants.aeb.form = "text"
# ///
"""Crawl4AI's pruning filter, the part that drops boilerplate: `PruningContentFilter().filter_content(html)`.

The package imports its crawler and two browser drivers whichever part is wanted, so its environment holds all it asks
for (700 MB).
"""

import html_text
from crawl4ai import PruningContentFilter, PruningContentFilterLXML

# Built once, as the documentation does.
pruning = PruningContentFilter()
pruning_lxml = PruningContentFilterLXML()


def extract(page):
    """`PruningContentFilter().filter_content(html)` on decoded text: fragments of HTML, joined."""
    return "\n".join(pruning.filter_content(page.text))


def extract_lxml(page):
    """`PruningContentFilterLXML().filter_content(html)`: the same filter on lxml, which is to replace the other."""
    return "\n".join(pruning_lxml.filter_content(page.text))


def extract_aeb(page):
    """`html_text.extract_text` on the joined fragments of `filter_content(html)`: as measured on AEB."""
    return html_text.extract_text(extract(page))
