# /// script
# requires-python = ">=3.8"
# dependencies = ["libextract==0.0.12"]
# [tool.boilerbench]
# licence = "MIT"
# variants.aeb.input = "text"
# ///
"""libextract, the element with most children of one kind: `list(extract(html))[0].text_content()`."""

from libextract.api import extract as ranked


def extract(page):
    """`list(libextract.api.extract(html))[0].text_content()` on the page's bytes, which it takes for UTF-8."""
    nodes = list(ranked(page.html))
    return nodes[0].text_content() if nodes else None


def extract_aeb(page):
    """`extract(html)[0].text_content()` on the text encoded as UTF-8: as measured on AEB."""
    nodes = list(ranked(page.text.encode("utf-8", "replace")))
    return nodes[0].text_content() if nodes else None
