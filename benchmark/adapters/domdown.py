# /// script
# requires-python = ">=3.10"
# dependencies = ["domdown==0.3.6"]
# [tool.boilerbench]
# licence = "unstated"
# input = "text"
# form = "markdown"
# variants.aeb.form = "text"
# ///
"""domdown, article pages to Markdown: `html_to_markdown(html, DomdownOptions(base_url=url))`."""

from domdown import DomdownOptions, html_to_markdown


def extract(page):
    """`html_to_markdown(html, DomdownOptions(base_url=url))` on decoded text: front matter above the Markdown."""
    return html_to_markdown(page.text, DomdownOptions(base_url=page.url))


def extract_aeb(page):
    """`html_to_markdown(html, DomdownOptions(emit_frontmatter=False))`, taken for plain text: as measured on AEB."""
    return html_to_markdown(page.text, DomdownOptions(emit_frontmatter=False))
