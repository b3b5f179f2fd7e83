"""boilerbench: what extractors keep, what they lose, which boilerplate leaks, how fast, and how they fail.

For notebooks: `Run.open(folder)` reads a run, `.scores(name)` gives its long-form tables as pandas frames, and
`results(run)` everything a report may show. Importing this package imports nothing else until a name is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    "Page",
    "Report",
    "Results",
    "Run",
    "Score",
    "Summary",
    "decode",
    "plain",
    "results",
    "tokens",
    "visible_text",
]

_HOMES = {
    **dict.fromkeys(("decode", "plain", "tokens"), "text"),
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
