"""boilerbench: what extractors keep, what they lose, which boilerplate leaks, how fast, and how they fail.

For notebooks: `run()` makes a run and `load(folder)` opens one; both give its tables as pandas frames, its charts, and
what became of the words of a page, as `docs/notebook.md` shows. Importing this package imports nothing else until a
name is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .notebook import OpenRun, PageDiff, load, run
    from .pipeline import results
    from .records import Comparison, Extraction, Gold, Manifest, Metric, Page, Report, Results, Score, Summary
    from .regions import visible_text
    from .store import Run
    from .text import decode, plain, tokens

__all__ = [
    "Comparison",
    "Extraction",
    "Gold",
    "Manifest",
    "Metric",
    "OpenRun",
    "Page",
    "PageDiff",
    "Report",
    "Results",
    "Run",
    "Score",
    "Summary",
    "decode",
    "load",
    "plain",
    "results",
    "run",
    "tokens",
    "visible_text",
]

_HOMES = {
    **dict.fromkeys(("decode", "plain", "tokens"), "text"),
    **dict.fromkeys(("OpenRun", "PageDiff", "load", "run"), "notebook"),
    "Run": "store",
    "results": "pipeline",
    "visible_text": "regions",
}
"""Name -> module it lives in, where that is not `records`."""


def __getattr__(name: str) -> object:
    """Import a name's module when the name is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES.get(name, 'records')}", __name__), name)
