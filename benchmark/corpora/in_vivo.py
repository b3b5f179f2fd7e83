"""Pages of another corpus with treatments injected: what an experiment in vivo lists in its folder."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ..compose.injection import injected
from ..compose.page import Dose, dose, treatment
from ..errors import UsageError
from ..records import Gold, Page, PageToken, Region
from ..regions import visible_tokens

LIST = "treated.json"
"""What the folder holds: module and folder of the corpus, ids of its pages, doses, seed."""
REST = "widget"
"""Kind of all words that were not injected: what they are is not known."""
CORPUS = "doses"
"""Name of the corpus that an experiment's pages are."""


def write(folder: Path, module: str, source: Path, ids: list[str], doses: list[Dose], seed: int) -> None:
    """Make a folder the corpus of an experiment in vivo."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"module": module, "folder": str(source), "pages": ids, "doses": list(map(str, doses)), "seed": seed}
    (folder / LIST).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """Each page plain and under every dose, in the order of the corpus; those outside the stretch are not made."""
    return (_made(*one) for one in islice(_listed(folder), start, stop))


def golds(folder: Path) -> Iterator[Gold]:
    """The corpus' own body for each of them, unchanged, and on treated pages the region of what was injected.

    Regions of the corpus' own would no longer fit and are left out: all else is of kind REST, whatever it is, so that
    only the leakage of the treatment's own kind means anything.
    """
    plain: list[PageToken] = []
    for source, gold, one, seed in _listed(folder):
        page = _made(source, gold, one, seed)
        words = visible_tokens(page.html.decode("utf-8"))
        regions: tuple[Region, ...] = ()
        if one is None:
            plain, words = words, []
        else:
            regions, words = _with_regions(plain, words, treatment(one.treatment).KIND)
        yield Gold(page.id, gold.body, gold.optional, regions, tuple(words), provenance=gold.provenance)


def _with_regions(
    plain: Sequence[PageToken], treated: Sequence[PageToken], kind: str
) -> tuple[tuple[Region, ...], list[PageToken]]:
    """The words of a treated page, those that the plain one has not in a region of their own."""
    place = _inserted([token.text for token in plain], treated)
    if place is None:  # another word of the page was changed: nothing can be said of this one
        return (), []
    regions, words = [Region(REST)], list(treated)
    if place:
        regions.append(Region(kind))
        words[place.start : place.stop] = [replace(token, region=1) for token in treated[place.start : place.stop]]
    if place and place.stop < len(treated):
        regions.append(Region(REST))
        words[place.stop :] = [replace(token, region=2) for token in treated[place.stop :]]
    return tuple(regions), words


def _inserted(plain: Sequence[str], treated: Sequence[PageToken]) -> range | None:
    """Which words of the treated page stand between those of the plain one; None where that is not all.

    Where the words before are those at the end of what was inserted, several stretches may be meant: the one that
    begins with a block.
    """
    texts = [token.text for token in treated]
    more = len(texts) - len(plain)
    same = next((place for place, (one, other) in enumerate(zip(plain, texts, strict=False)) if one != other), None)
    last = len(plain) if same is None else same
    if more < 0 or plain[last:] != texts[last + more :]:
        return None
    first = last
    while first and plain[first - 1] == texts[first - 1 + more]:
        first -= 1
    start = next((place for place in range(last, first - 1, -1) if _begins_a_block(treated, place)), last)
    return range(start, start + more)


def _begins_a_block(words: Sequence[PageToken], place: int) -> bool:
    return place == 0 or place == len(words) or words[place].line != words[place - 1].line


def _made(page: Page, gold: Gold, one: Dose | None, seed: int) -> Page:
    return injected(page, gold, one, seed, CORPUS)


def _listed(folder: Path) -> Iterator[tuple[Page, Gold, Dose | None, int]]:
    """Page and gold of the corpus, and what is to be put into the page, in the order of the experiment's pages."""
    file = folder / LIST
    if not file.is_file():
        raise UsageError(f"{folder} holds no {LIST}; `boilerbench dose --in-vivo CORPUS` makes one")
    about = json.loads(file.read_text(encoding="utf-8"))
    reader = importlib.import_module(f".{about['module']}", __package__)
    source, wanted, seed = Path(about["folder"]), set(about["pages"]), about["seed"]
    doses = [None, *map(dose, about["doses"])]
    for page, gold in zip(reader.pages(source), reader.golds(source), strict=True):
        if page.id in wanted:
            yield from ((page, gold, one, seed) for one in doses)
