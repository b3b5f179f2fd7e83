# /// script
# requires-python = ">=3.8"
# dependencies = ["readabilipy==0.3.0"]
# [tool.boilerbench]
# licence = "MIT"
# input = "text"
# ///
"""ReadabiliPy's pure-Python mode, the function's default: `simple_json_from_html_string(html)["plain_text"]`.

It cleans the whole page rather than choosing a part of it. The other mode, `use_readability=True`, wraps Readability.js
and is left out: at its first call it has npm install that into the environment, from the network.
"""

from readabilipy import simple_json_from_html_string


def extract(page):
    """The paragraphs of `simple_json_from_html_string(html)["plain_text"]`, one a line, on decoded text."""
    paragraphs = simple_json_from_html_string(page.text)["plain_text"]
    # None where nothing at all was found, as documented.
    return "\n".join(paragraph["text"] for paragraph in paragraphs or ())
