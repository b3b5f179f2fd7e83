"""Claims about README and docs: links lead somewhere, commands exist, and examples do what the pages say."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from conftest import COMMAND, ROOT, settings_of_nobody
from cyclopts import CycloptsError
from markdown_it import MarkdownIt

from benchmark.cli import app
from benchmark.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from markdown_it.token import Token

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLLOWED = ("start", "add-an-extractor", "add-a-corpus", "add-a-scorer")
"""Pages that readers follow step by step: their files are written and their commands run."""
OTHER_PROGRAMS = re.compile(r"^[|>&;]+$")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def parsed(page: Path) -> tuple[Token, ...]:
    return tuple(MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")))


def inline(page: Path) -> Iterator[Token]:
    """All that stands within lines: text, links, code."""
    return (child for token in parsed(page) for child in token.children or ())


def anchors(page: Path) -> set[str]:
    """Names of a page's headings as code hosts and the site make them: words in small letters, joined by hyphens."""
    found: set[str] = set()
    for before, token in zip(parsed(page), parsed(page)[1:], strict=False):
        if before.type == "heading_open":
            shown = "".join(one.content for one in token.children or () if one.type in {"text", "code_inline"})
            name = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
            found.add(name if name not in found else f"{name}-1")
    return found


def links(page: Path) -> Iterator[str]:
    return (str(token.attrs["href"]) for token in inline(page) if token.type == "link_open")


def commands(page: Path) -> Iterator[list[str]]:
    """Words of each command of ours in a plain fenced block, up to where another program takes over."""
    for token in parsed(page):
        if token.type == "fence" and not token.info:
            for line in token.content.splitlines():
                words = shlex.split(line, comments=True) if re.match(r"(\.venv/bin/)?(boilerbench|make) ", line) else []
                end = next((at for at, word in enumerate(words) if OTHER_PROGRAMS.match(word)), len(words))
                if words:
                    yield [words[0].removeprefix(".venv/bin/"), *words[1:end]]


def mentioned(page: Path) -> Iterator[list[str]]:
    """The first two words of every `boilerbench …` and `make …` inside a line."""
    for token in inline(page):
        found = re.match(r"(?:\.venv/bin/)?(boilerbench|make) ([a-z][\w-]*)(?![\w<-])", token.content)
        if token.type == "code_inline" and found:
            yield [*found.groups()]


def targets() -> list[str]:
    """Patterns of what `make` can be asked for."""
    lines = re.findall(r"^([a-z%][\w% -]*):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return [re.escape(one).replace("%", ".+") for line in lines for one in line.split()]


def files(page: Path) -> dict[str, str]:
    """Path -> content of the files that a page gives whole."""
    fences = [token for token in parsed(page) if token.type == "fence"]
    titles = [re.search(r'title="([^"]+)"', token.info) for token in fences]
    return {title[1]: token.content for title, token in zip(titles, fences, strict=True) if title}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_to_a_file_and_an_anchor_of_ours_leads_there(page: Path) -> None:
    lost = []
    for link in links(page):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = unquote(link).partition("#")
            place = (page.parent / path).resolve() if path else page
            if not place.exists() or (anchor and anchor not in anchors(place)):
                lost.append(link)
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_of_the_docs_stay_within_the_docs_so_that_the_site_has_them_too(page: Path) -> None:
    if page.parent == ROOT:
        return
    paths = [link.partition("#")[0] for link in links(page) if not re.match(r"[a-z]+:", link)]
    assert [path for path in paths if path and ROOT / "docs" not in (page.parent / path).resolve().parents] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_and_option_in_a_block_exists(page: Path) -> None:
    wrong = []
    for program, *arguments in commands(page):
        if program == "make":
            known = targets()
            wrong += [one for one in arguments if "=" not in one and not any(re.fullmatch(it, one) for it in known)]
        else:
            try:
                app.parse_args(arguments, exit_on_error=False, print_error=False)
            except CycloptsError as error:
                wrong.append(f"{shlex.join(arguments)}: {error}")
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_a_sentence_mentions_exists(page: Path) -> None:
    known = {"boilerbench": [*app], "make": targets()}
    assert [
        f"{program} {name}"
        for program, name in mentioned(page)
        if not any(re.fullmatch(one, name) for one in known[program])
    ] == []


def test_the_checks_notice_what_they_are_for(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Head\n\n[a](#head) `make nothing-at-all`\n\n```\nboilerbench run --no-such-thing\nmake zzz\n```\n"
    )
    assert (anchors(page), [*links(page)]) == ({"head"}, ["#head"])
    assert [*mentioned(page)] == [["make", "nothing-at-all"]]
    assert [*commands(page)] == [["boilerbench", "run", "--no-such-thing"], ["make", "zzz"]]
    assert not any(re.fullmatch(one, "zzz") for one in targets())
    with pytest.raises(CycloptsError):
        app.parse_args(["run", "--no-such-thing"], exit_on_error=False, print_error=False)


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_page_to_be_followed_works_from_its_first_line_to_its_last(name: str, tmp_path: Path) -> None:
    page = ROOT / "docs" / f"{name}.md"
    for path, content in files(page).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    ours = [words[1:] for words in commands(page) if words[0] == "boilerbench"]
    assert len(ours) >= 2
    environ = settings_of_nobody(tmp_path)
    environ.pop("BOILERBENCH_CACHE")  # environments of bundled adapters are there, or are made once for all
    environ |= {key: os.environ[key] for key in ("BOILERBENCH_CACHE",) if key in os.environ}
    for arguments in ours:
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=tmp_path,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stderr)
        assert "Traceback" not in done.stderr


def test_files_that_pages_give_are_followed_or_the_test_would_pass_over_them() -> None:
    given = {page.stem for page in PAGES if files(page)}
    assert given == set(FOLLOWED)


def test_every_page_stands_in_the_navigation_of_the_site_once() -> None:
    def paths(entries: list[dict[str, Any]]) -> Iterator[str]:
        for entry in entries:
            for place in entry.values():
                yield from paths(place) if isinstance(place, list) else [place]

    listed = [*paths(tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"])]
    assert sorted(listed) == sorted(str(page.relative_to(ROOT / "docs")) for page in PAGES[1:])


def test_the_reference_names_every_command_and_every_way_to_end() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^## boilerbench (\S+)$", text, re.MULTILINE))
    assert headings == {name for name in app if not name.startswith("-")}
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert codes == {0, 1, UsageError.exit_code, EnvironmentFault.exit_code, 130}
