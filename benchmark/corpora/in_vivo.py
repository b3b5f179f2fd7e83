"""Pages of another corpus with treatments injected: what an experiment in vivo lists in its folder."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ..compose.injection import injected
from ..compose.page import Dose, dose
from ..errors import UsageError
from ..records import Gold, Page

LIST = "treated.json"
"""What the folder holds: module and folder of the corpus, ids of its pages, doses, seed."""
CORPUS = "doses"
"""Name of the corpus that an experiment's pages are."""


def write(folder: Path, module: str, source: Path, ids: list[str], doses: list[Dose], seed: int) -> None:
    """Make a folder the corpus of an experiment in vivo."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"module": module, "folder": str(source), "pages": ids, "doses": list(map(str, doses)), "seed": seed}
    (folder / LIST).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def pages(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[Page]:
    """Each page plain and under every dose, in the order of the corpus."""
    return islice((page for page, _ in _both(folder)), start, stop)


def golds(folder: Path) -> Iterator[Gold]:
    """The corpus' own body for each of them, unchanged; regions would no longer fit and are left out."""
    return (Gold(page.id, gold.body, gold.optional, provenance=gold.provenance) for page, gold in _both(folder))


def _both(folder: Path) -> Iterator[tuple[Page, Gold]]:
    file = folder / LIST
    if not file.is_file():
        raise UsageError(f"{folder} holds no {LIST}; `boilerbench dose --in-vivo CORPUS` makes one")
    about = json.loads(file.read_text(encoding="utf-8"))
    reader = importlib.import_module(f".{about['module']}", __package__)
    source, wanted, seed = Path(about["folder"]), set(about["pages"]), about["seed"]
    doses = [None, *map(dose, about["doses"])]
    for page, gold in zip(reader.pages(source), reader.golds(source), strict=True):
        if page.id in wanted:
            yield from ((injected(page, gold, one, seed, CORPUS), gold) for one in doses)
