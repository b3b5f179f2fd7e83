# /// script
# requires-python = "==3.12.*"
# dependencies = ["rs-trafilatura==0.1.1"]
# [tool.boilerbench]
# licence = "MIT OR Apache-2.0"
# variants.aeb.input = "text"
# ///
"""rs-trafilatura, a descendant of trafilatura in Rust: `extract(html, url=url)`.

It first guesses the type of the page, from its address and HTML, and each type has rules of its own. Its one wheel is
for Python 3.12; the source distribution needs a Rust toolchain.
"""

import rs_trafilatura


def extract(page):
    """`extract_bytes(html, url=url).main_content` on the page's bytes, whose encoding it finds itself."""
    return rs_trafilatura.extract_bytes(page.html, url=page.url).main_content


def extract_aeb(page):
    """`extract(html, url=url).main_content` on decoded text: as measured on AEB."""
    return rs_trafilatura.extract(page.text, url=page.url).main_content
