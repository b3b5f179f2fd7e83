"""Single pages: which to read, what is on one, and what an answer made of it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..plan import find_corpus
from ..terminal import console, say
from ._options import Folder, open_run


def blocks(
    page: Annotated[str, Parameter(help="Id of the page.")],
    *,
    corpus: Annotated[str, Parameter(help="Corpus of the page.")] = "seeds",
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
    ranges: Annotated[Path | None, Parameter(help="Annotation to turn into the TOML of a gold.")] = None,
    places: Annotated[
        bool, Parameter(negative="", help="Also print where each block stands; class names must not decide its kind.")
    ] = False,
) -> int:
    """Print the blocks of a page numbered, for annotating; or the gold that an annotation of them makes."""
    from .. import desk

    found = desk.find_page(find_corpus(corpus, data), page)
    if ranges:
        say(desk.gold_of(found, ranges.read_text(encoding="utf-8")))
        return 0
    for block in desk.blocks_of(found):
        place = f"  [{block.path}]" if places else ""
        say(f"{block.number:>5}  {block.type:<9}  {block.text}{place}")
    return 0


def sample(
    corpus: Annotated[str, Parameter(help="Corpus, or folder of pairs.")],
    *,
    pages: Annotated[int, Parameter(help="How many pages.")] = 27,
    seed: Annotated[int, Parameter(help="Seed of the draw.")] = 1,
    data: Annotated[Path | None, Parameter(help="Folder that holds external corpora by name.")] = None,
) -> int:
    """Choose pages to annotate, balanced over language, size and share of boilerplate, never by how they score."""
    from .. import desk

    found = find_corpus(corpus, data)
    done = desk.annotated(found)
    for one in desk.sample_of(found, pages, seed):
        about = f"{one.language:<12}  {one.words:>6} words  {one.boilerplate:4.0%} boilerplate  {one.site}"
        say(f"{one.page_id}  {about}{'  (has regions)' if one.page_id in done else ''}")
    return 0


def diff(
    page: Annotated[str, Parameter(help="Id of the page.")],
    adapter: Annotated[str, Parameter(help="Full name of the adapter.")],
    folder: Folder = None,
) -> int:
    """Show what an answer kept, lost, let through, repeated and invented of a page, word by word."""
    from .. import desk

    text = desk.diff_of(open_run(folder), page, adapter, colour=console.is_terminal, width=console.width)
    console.file.write(text)  # it has colours of its own, and everything else in it is spelt out
    return 0
