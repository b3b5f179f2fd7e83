# /// script
# requires-python = ">=3.9,<3.16"
# dependencies = ["selectolax==1.0.2"]
# [tool.boilerbench]
# category = "floor"
# licence = "MIT"
# input = "text"
# ///
"""selectolax with Lexbor, all text of the body but scripts and styles: `LexborHTMLParser(html).body.text()`."""

from selectolax.lexbor import LexborHTMLParser


def extract(page):
    r"""`LexborHTMLParser(html).body.text(separator="\n")` on decoded text, without script and style."""
    body = body_without(page.text, ["script", "style"])
    return None if body is None else body.text(separator="\n")


def extract_aeb(page):
    """`LexborHTMLParser(html).body.text(separator=" ", strip=True)`, without noscript too: as measured on AEB."""
    body = body_without(page.text, ["script", "style", "noscript"])
    return None if body is None else body.text(separator=" ", strip=True)


def body_without(html, tags):
    """The body once these elements are taken out of the page."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(tags)
    return tree.body
