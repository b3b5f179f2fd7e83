"""What leaked and what was lost: each word of an answer is traced to the region of the page it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from ..attribution import INVENTED, Attribution, Tracer
from ..printings import counted_as, printed_again
from ..records import Gold, Metric
from ..regions import BLOCK_TYPES, KINDS, NAMED
from ..text import tokens

BOILERPLATE = tuple(name for name, kind in KINDS.items() if kind.role == "boilerplate")
OPTIONAL = tuple(name for name, kind in KINDS.items() if kind.role == "optional")
BLOCKS = ("paragraph", *sorted(set(BLOCK_TYPES.values())))
REPEATED = ("main", "comments")
"""Kinds whose repetition has a figure of its own."""
GROUP = "leakage"


def _leak(kind: str) -> list[Metric]:
    summary = f"share of the page's {kind} words that the answer lets through"
    return [
        Metric(f"regions.leaked.{kind}", summary, "lower", on_failure=1.0, headline=kind in NAMED, group=GROUP),
        Metric(f"regions.leaked_at_least.{kind}", f"{summary}, doubtful words left out", "lower", on_failure=1.0),
        Metric(f"regions.leaked_at_most.{kind}", f"{summary}, doubtful words counted in", "lower", on_failure=1.0),
    ]


def _lost(name: str, what: str, *, headline: bool = False) -> Metric:
    summary = f"share of the words of {what} that the answer has lost"
    return Metric(f"regions.lost.{name}", summary, "lower", on_failure=1.0, headline=headline, group=GROUP)


METRICS = (
    *(metric for kind in BOILERPLATE for metric in _leak(kind)),
    _lost("main", "the main text", headline=True),
    *(_lost(block, f"{block}s in the main text") for block in BLOCKS),
    _lost("first_block", "the first block of the main text"),
    _lost("last_block", "the last block of the main text"),
    *(Metric(f"regions.kept.{kind}", f"share of the page's {kind} words in the answer", "none") for kind in OPTIONAL),
    *(
        Metric(f"regions.output.{kind}", f"share of the answer that is {kind}", "none", on_failure=None)
        for kind in KINDS
    ),
    *(
        Metric(
            f"regions.repeated.{kind}",
            f"share of the answer that prints {kind} words again",
            "lower",
            on_failure=1.0,
            headline=True,
            group=GROUP,
        )
        for kind in REPEATED
    ),
    Metric("regions.repeated.anything", "share of the answer that prints anything again", "lower", on_failure=1.0),
    Metric("regions.invented", "share of the answer that stands nowhere on the page", "lower", on_failure=1.0),
    Metric("regions.doubtful", "share of the answer that fits words of several kinds", "none", on_failure=None),
)


def against(gold: Gold) -> Callable[[str], dict[str, float | None]]:
    """Score answers by the regions their words come from (`attribution`). Defined by this project.

    - `leaked.K`: words of boilerplate kind K in the answer over words of K on the page; undefined on a page without
      K. What a region prints twice in the same words (picture text and headline of a teaser) counts as let through
      when either print is. `leaked_at_least` and `leaked_at_most` leave out or count in words whose source is doubtful.
    - `lost.*`: words of the main text that are not in the answer, over all, by type of block, in the first and the
      last block. A copy of the main text is as good as the original.
    - `kept.K`: the same as leaked, for kinds that are neither rewarded nor punished.
    - `output.K`: words of the answer traced to K over all words of the answer; undefined for an empty answer.
    - `repeated.*`: words of the answer beyond those of one printing (of the body, of comments, of anything) over all
      words of the answer; a second copy on the page and a second print by the extractor count alike.
    - `invented`: words of the answer without a source on the page.

    A page without regions is undefined throughout. A failure has leaked and lost everything; an empty answer has
    leaked nothing and lost everything.
    """
    if not gold.tokens:
        undefined: dict[str, float | None] = dict.fromkeys(metric.name for metric in METRICS)
        return lambda _: dict(undefined)
    page = _Page(gold)
    tracer = Tracer([token.text for token in gold.tokens], page.labels)

    def score(answer: str) -> dict[str, float | None]:
        words = tokens(answer)
        trace = tracer.attribute(words)
        return {
            **_leaks(page, trace),
            **_losses(page, trace),
            **_shares(page, trace),
            **_repetitions(page, words, trace),
        }

    return score


class _Page:
    """What is asked of a page again and again, computed once."""

    def __init__(self, gold: Gold) -> None:
        names = list(KINDS)
        regions, page_tokens = gold.regions, gold.tokens
        self.kinds = [regions[token.region].kind for token in page_tokens]
        self.labels = [names.index(kind) for kind in self.kinds]
        self.owned = [token.text for token in page_tokens], [token.region for token in page_tokens], regions
        self.prints = counted_as(gold)
        self.of_kind: dict[str, list[int]] = {}
        for index, kind in enumerate(self.kinds):
            self.of_kind.setdefault(kind, []).append(index)
        main = [index for index in self.of_kind.get("main", []) if regions[page_tokens[index].region].copy_of is None]
        ends = [page_tokens[index].line for index in (main[:1] + main[-1:])]
        self.main = {
            "main": main,
            **{block: [index for index in main if page_tokens[index].block == block] for block in BLOCKS},
            "first_block": [index for index in main if page_tokens[index].line == ends[0]],
            "last_block": [index for index in main if page_tokens[index].line == ends[-1]],
        }


def _found(page: _Page, sources: Iterable[tuple[int, int]]) -> set[int]:
    """The page tokens that were found, each as the one it counts as; sources are given with their lengths."""
    return {page.prints[index] for source, length in sources for index in range(source, source + length)}


def _share(page: _Page, wanted: Sequence[int], found: set[int]) -> float | None:
    return sum(page.prints[index] in found for index in wanted) / len(wanted) if wanted else None


def _leaks(page: _Page, trace: Attribution) -> dict[str, float | None]:
    traced = list(zip(trace.sources, trace.lengths, strict=True))
    best = _found(page, traced)
    sure = _found(page, (one for one, others in zip(traced, trace.candidates, strict=True) if not others))
    possible = best | _found(page, ((other, 1) for others in trace.candidates for other in others))
    values: dict[str, float | None] = {}
    for kind in BOILERPLATE:
        wanted = page.of_kind.get(kind, [])
        for name, found in (("leaked", best), ("leaked_at_least", sure), ("leaked_at_most", possible)):
            values[f"regions.{name}.{kind}"] = _share(page, wanted, found)
    for kind in OPTIONAL:
        values[f"regions.kept.{kind}"] = _share(page, page.of_kind.get(kind, []), best)
    return values


def _losses(page: _Page, trace: Attribution) -> dict[str, float | None]:
    found = _found(page, zip(trace.sources, trace.lengths, strict=True))
    kept = {name: _share(page, wanted, found) for name, wanted in page.main.items()}
    return {f"regions.lost.{name}": None if share is None else 1 - share for name, share in kept.items()}


def _shares(page: _Page, trace: Attribution) -> dict[str, float | None]:
    size = len(trace.sources)
    counts = Counter(page.kinds[source] for source in trace.sources if source != INVENTED)
    invented = sum(source == INVENTED for source in trace.sources)
    doubtful = sum(bool(others) for others in trace.candidates)
    return {
        **{f"regions.output.{kind}": counts[kind] / size if size else None for kind in KINDS},
        "regions.invented": invented / size if size else 0.0,
        "regions.doubtful": doubtful / size if size else None,
    }


def _repetitions(page: _Page, words: Sequence[str], trace: Attribution) -> dict[str, float | None]:
    again = Counter(
        page.kinds[source]
        for source, more in zip(trace.sources, printed_again(*page.owned, words, trace), strict=True)
        if more
    )
    totals = {**{kind: again[kind] for kind in REPEATED}, "anything": again.total()}
    return {f"regions.repeated.{name}": total / len(words) if words else 0.0 for name, total in totals.items()}
