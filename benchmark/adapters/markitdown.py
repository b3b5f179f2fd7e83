# /// script
# requires-python = ">=3.10,<3.15"
# dependencies = ["markitdown==0.1.8"]
# [tool.boilerbench]
# category = "converter"
# licence = "MIT"
# form = "markdown"
# variants.aeb.form = "text"
# variants.aeb.input = "text"
# ///
"""MarkItDown, files of many kinds to Markdown, here HTML: `MarkItDown().convert_stream(stream).markdown`."""

from io import BytesIO

from markitdown import MarkItDown, StreamInfo

# Built once, as the documentation does: it loads a small model that guesses the kind of a file.
converter = MarkItDown()
HTML = StreamInfo(extension=".html")


def extract(page):
    """`MarkItDown().convert_stream(stream, stream_info=StreamInfo(extension=".html")).markdown` on the page's bytes."""
    return converter.convert_stream(BytesIO(page.html), stream_info=HTML).markdown


def extract_aeb(page):
    """`convert_stream(stream, …).markdown` on the text as UTF-8, taken for plain text: as measured on AEB."""
    return converter.convert_stream(BytesIO(page.text.encode("utf-8", "replace")), stream_info=HTML).markdown
