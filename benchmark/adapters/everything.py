# /// script
# requires-python = ">=3.9,<3.16"
# dependencies = ["selectolax==1.0.2"]
# [tool.boilerbench]
# category = "floor"
# input = "text"
# licence = "MIT"
# light = ["default"]
# ///
"""The upper end of the ruler: all visible text of the page, by the same definition that page tokens follow."""

from benchmark.regions import visible_text


def extract(page):
    """Keep everything that a reader in text mode would see, alternative texts included."""
    return visible_text(page.text)
