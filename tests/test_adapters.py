"""What holds for whatever stands in the room of adapters: the file itself, and what its worker makes of odd pages."""

from __future__ import annotations

import ast
import json
import os
import random
import re
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from benchmark import rooms
from benchmark.records import FORMS, OUTCOMES, Extraction, Page
from benchmark.regions import visible_text
from benchmark.store import cache_folder, models_folder
from benchmark.text import decode, plain, tokens
from benchmark.workers.declaration import INPUTS, Declaration
from benchmark.workers.environments import Environment, Unavailable, build
from benchmark.workers.resolution import declared
from benchmark.workers.supervisor import CannotStart, Greeting, Worker

FILES = {name: rooms.path("adapters", name) for name in rooms.names("adapters")}
PYTHON = [name for name, file in FILES.items() if file.suffix == ".py"]
NODE = [name for name, file in FILES.items() if (file / "package.json").is_file()]
DECLARATIONS = {one.name: one for file in FILES.values() for one in declared(file)}
WHOLE_FIELD = bool(os.environ.get("BOILERBENCH_WHOLE_FIELD"))
"""Whether all adapters are run here, which takes many environments and half an hour; else the light field."""
RUN = [name for name, one in DECLARATIONS.items() if WHOLE_FIELD or one.light]
EXTREME_SECONDS = 10.0
"""Longest wait for an extreme page, which is given once."""
PIN = re.compile(
    r"(?m)^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,._-]+\])?==([a-z0-9.+!]+)(?: ; [^\\\n]+)? \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64} \\\n)*    --hash=sha256:[0-9a-f]{64}\n"
)
"""One pinned distribution: name, version, perhaps a marker, and hashes; nothing that names a registry or an address."""
TAG = re.compile(r"(?i)</?(?:html|body|div|p|span|a|h1|article|table|tr|td|ul|li|br|b)\b[^>]*>")

BODY = (
    "The harbour office said on Tuesday that the old crane at the northern quay will be taken down before the winter.",
    "It was built when the town still shipped granite, and for the last thirty years nobody has lifted anything with "
    "it, but it has been on every picture postcard that was ever sold in the shop by the station.",
    "A group of neighbours had asked the council to keep it, because it is the only thing on the quay that is older "
    "than they are. The council answered that it would have to be painted every third year, and that there was no "
    "money for the paint.",
    "What will be done with the steel has not been decided. The office will hear offers until the end of the month.",
    "Until then the quay stays open to walkers on Sundays, as it has been since the last ship was loaded there.",
)
MENU = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in ("Home", "News", "Sport", "Contact"))
ARTICLE = (
    "<!doctype html><html lang=en><head><meta charset={charset}><title>The old crane goes - The Harbour Post</title>"
    f"</head><body><ul>{MENU}</ul><div class=article><h1>The old crane goes</h1>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in BODY)
    + "</div><div class=foot>Copyright The Harbour Post</div></body></html>"
)
RUSSIAN = (
    "<html lang=ru><head><meta http-equiv=Content-Type content='text/html; charset=windows-1251'><title>Кран</title>"
    "</head><body><div><h1>Старый кран</h1>"
    + "<p>Портовая контора сообщила во вторник, что старый кран на северной набережной будет разобран до зимы.</p>" * 4
    + "</div></body></html>"
)
FRENCH = ARTICLE.format(charset="iso-8859-1").replace("winter", "hiver, à la fin de l’été".replace("’", "'"))
ROWS = "".join(f"<tr><td>{number}<td>{BODY[number % 5]}" for number in range(40))

HTML: Mapping[str, bytes] = {
    "article": ARTICLE.format(charset="utf-8").encode(),
    "empty": b"",
    "white space": b" \n\t\r\n ",
    "not html": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8,
    "latin-1": FRENCH.encode("latin-1"),
    "windows-1251": RUSSIAN.encode("cp1251"),
    "utf-16": ARTICLE.format(charset="utf-16").encode("utf-16"),
    "nul": ARTICLE.format(charset="utf-8").replace(" the ", " \0the ").encode(),
    "nested": b"<body>" + b"<div>" * 300 + BODY[1].encode(),
    "table": f"<html lang=en><body><table>{ROWS}</table></body></html>".encode(),
    "cut off": ARTICLE.format(charset="utf-8").encode()[:700],
    "text": "\n\n".join(BODY).encode(),
    "only a head": b"<!doctype html><html><head><title>The old crane goes</title></head></html>",
    "entities": b"<p>&#x1F600; &#0; &#xD800; &#99999999; &notanentity; &amp;lt;" + b"<p>" + BODY[2].encode(),
}
EXTREME: Mapping[str, bytes] = {
    # Rivals on jsdom, and domdown, take seconds for it, half a minute on a busy machine.
    "2,000 nested elements": b"<body>" + b"<div>" * 2_000 + BODY[1].encode(),
    "50,000 nested elements": b"<body>" + b"<div>" * 50_000 + BODY[1].encode(),
    "20 MB": ARTICLE.format(charset="utf-8").replace(BODY[1], (BODY[1] + "</p><p>") * 95_000).encode(),
}
"""Pages on which a competitor may fail, but must not take anything with it."""
PAGES = [Page(name, "odd", html, "https://www.harbour.example/crane") for name, html in HTML.items()]


@dataclass(frozen=True)
class Seen:
    """What one worker made of all pages, twice."""

    declaration: Declaration
    greeting: Greeting
    first: Mapping[str, Extraction]
    again: Mapping[str, Extraction]
    inputs: Mapping[str, str | None]
    extreme: Mapping[str, Extraction]
    afterwards: Extraction


def environment_of(declaration: Declaration) -> Environment:
    """Its environment from the user's cache, built if need be; where there is none, a skip, and in CI a failure."""
    try:
        return build(declaration, cache_folder() / "environments", models_folder())
    except Unavailable as reason:
        if os.environ.get("CI") and not str(reason).startswith("needs "):  # a Python, a Node or weights
            raise
        pytest.skip(f"no environment for {declaration.name}: {reason}")


@pytest.fixture(scope="module", params=RUN)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    declaration = DECLARATIONS[request.param]
    shuffled = random.Random(20_260_101).sample(PAGES, len(PAGES))
    with Worker(declaration, environment_of(declaration), 30, tmp_path_factory.mktemp("scratch")) as worker:
        greeting = worker.start()
        answers = {page.id: worker.extract(page) for page in PAGES}
        again = {page.id: worker.extract(page).extraction for page in shuffled}
    scratch = tmp_path_factory.mktemp("scratch")
    with Worker(declaration, environment_of(declaration), EXTREME_SECONDS, scratch, attempts=1) as worker:
        extreme = {name: worker.extract(Page(name, "odd", html)).extraction for name, html in EXTREME.items()}
        afterwards = worker.extract(PAGES[0]).extraction
    first = {name: answer.extraction for name, answer in answers.items()}
    inputs = {name: answer.input for name, answer in answers.items()}
    return Seen(declaration, greeting, first, again, inputs, extreme, afterwards)


@pytest.mark.parametrize("name", PYTHON)
def test_an_adapter_file_says_what_it_is(name: str) -> None:
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("extract")]
    for docstring in (ast.get_docstring(tree), *map(ast.get_docstring, functions)):
        assert docstring
        assert docstring.splitlines()[0].endswith(".")


@pytest.mark.parametrize("name", FILES)
def test_an_adapter_has_an_unnamed_variant_and_every_variant_bears_its_name(name: str) -> None:
    variants = [one.name for one in declared(FILES[name])]
    assert variants[0] == name
    assert all(re.fullmatch(rf"{re.escape(name)}@[a-z0-9-]+", variant) for variant in variants[1:])


def test_all_variants_of_all_adapters_have_names_of_their_own() -> None:
    assert len(DECLARATIONS) == sum(len(declared(file)) for file in FILES.values())


@pytest.mark.parametrize("name", DECLARATIONS)
def test_an_adapter_declares_form_input_licence_and_a_summary(name: str) -> None:
    declaration = DECLARATIONS[name]
    assert declaration.form in FORMS
    assert declaration.input in INPUTS
    assert declaration.summary.endswith(".")
    assert (declaration.licence is not None) == bool(declaration.dependencies)


@pytest.mark.parametrize("name", NODE)
def test_a_node_adapter_has_exact_versions_and_a_lock_that_names_no_registry(name: str) -> None:
    folder = FILES[name]
    manifest = json.loads((folder / "package.json").read_bytes())
    lock = (folder / "package-lock.json").read_text(encoding="utf-8")
    versions = json.loads(lock)["packages"]
    assert manifest["private"] is True
    assert manifest["engines"]["node"]
    for package, version in manifest["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", version), package
        assert versions[f"node_modules/{package}"]["version"] == version
    assert "resolved" not in lock
    assert all(
        "integrity" in about
        for place, about in versions.items()
        if place and not (about.get("link") or about.get("inBundle"))
    )


@pytest.mark.parametrize("name", [name for name, one in DECLARATIONS.items() if one.runtime == "python"])
def test_a_header_declares_exact_pins_and_what_is_measured(name: str) -> None:
    declaration = DECLARATIONS[name]
    assert SpecifierSet(declaration.requires) is not None
    requirements = list(map(Requirement, declaration.dependencies))
    for requirement in requirements:
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        assert "*" not in specifier.version
        assert requirement.url is None
    if requirements:
        assert declaration.requires
        measured = canonicalize_name(declaration.distribution or "")
        assert measured in {canonicalize_name(requirement.name) for requirement in requirements}


@pytest.mark.parametrize("name", DECLARATIONS)
def test_requirements_stand_beside_the_file_exactly_where_something_is_required(name: str) -> None:
    declaration = DECLARATIONS[name]
    assert (declaration.requirements is not None) == bool(declaration.dependencies)


def test_no_requirements_are_left_of_an_adapter_that_is_gone() -> None:
    left = {file.stem for file in (rooms.PACKAGE / "adapters").glob("*.txt")}
    assert left <= {file.stem for file in FILES.values()}


@pytest.mark.parametrize("name", [name for name in PYTHON if DECLARATIONS[name].requirements])
def test_requirements_are_pins_with_hashes_that_satisfy_the_header_and_name_no_registry(name: str) -> None:
    declaration = DECLARATIONS[name]
    assert declaration.requirements is not None
    text = declaration.requirements.read_text(encoding="utf-8")
    assert PIN.sub("", text) == ""
    pins: dict[str, set[str]] = {}
    for distribution, version in PIN.findall(text):
        pins.setdefault(canonicalize_name(distribution), set()).add(version)
    for requirement in map(Requirement, declaration.dependencies):
        (specifier,) = requirement.specifier
        assert pins[canonicalize_name(requirement.name)] == {specifier.version}


@pytest.mark.parametrize("name", PYTHON)
def test_an_adapter_can_be_read_by_the_oldest_python_it_names(name: str) -> None:
    declaration = DECLARATIONS[name]
    oldest = next(minor for minor in range(7, 99) if _allows(declaration.requires, minor))
    ast.parse(declaration.file.read_text(encoding="utf-8"), feature_version=(3, oldest))


def _allows(specifier: str, minor: int) -> bool:
    return any(SpecifierSet(specifier).contains(f"3.{minor}.{patch}") for patch in range(30))


def test_a_worker_reports_the_version_that_is_pinned(seen: Seen) -> None:
    declaration, reported = seen.declaration, seen.greeting.version
    if declaration.runtime == "node":
        assert f"{declaration.distribution}@{reported}" in declaration.dependencies
    else:
        pins = {canonicalize_name(one.name): one.specifier for one in map(Requirement, declaration.dependencies)}
        measured = canonicalize_name(declaration.distribution or "")
        assert (f"=={reported}" if reported else None) == (str(pins[measured]) if pins else None)
    assert {row.version for row in seen.first.values()} == {reported}


def test_every_page_gives_one_row_with_a_known_outcome_and_no_bundled_adapter_hangs_or_dies(seen: Seen) -> None:
    assert list(seen.first) == list(HTML)
    for name, row in seen.first.items():
        assert row.outcome in OUTCOMES
        assert row.outcome not in ("timeout", "oom", "crash"), f"{name}: {row.error}"
        assert (row.error is not None) == row.failed
        assert not str(row.error).startswith("could not start"), row.error
        assert (row.outcome == "ok") == bool(row.text and row.text.strip())
        assert (row.adapter, row.form) == (seen.declaration.name, seen.declaration.form)


def test_an_adapter_asks_for_what_its_header_says(seen: Seen) -> None:
    told = seen.inputs["article"]
    assert told == (seen.declaration.input if seen.declaration.name != "nothing" else "bytes")


def test_an_extreme_page_costs_its_own_row_and_nothing_else(seen: Seen) -> None:
    assert {row.outcome for row in seen.extreme.values()} <= set(OUTCOMES)
    assert seen.afterwards == seen.first["article"]


def test_the_same_bytes_give_the_same_row_whatever_came_before(seen: Seen) -> None:
    assert seen.again == seen.first


def test_an_ordinary_article_is_found(seen: Seen) -> None:
    row = seen.first["article"]
    if seen.declaration.name == "nothing":
        assert row.outcome == "empty"
        return
    assert row.outcome == "ok", row.error
    found = " ".join(tokens(plain(row.text or "", row.form)))
    assert all(" ".join(tokens(paragraph)) in found for paragraph in BODY)


def test_the_form_that_is_declared_is_what_comes_out(seen: Seen) -> None:
    for name in ("article", "table", "cut off"):
        row = seen.first[name]
        if row.text and row.form != "markdown":  # which may hold tags, such as those of a table
            assert bool(TAG.search(row.text)) == (row.form == "html"), f"{name}: {row.text[:200]}"


@pytest.mark.parametrize("seen", ["everything"], indirect=True)
def test_everything_gives_every_visible_token_of_every_page(seen: Seen) -> None:
    for name, row in seen.first.items():
        assert tokens(row.text or "") == tokens(visible_text(decode(HTML[name]))), name


@pytest.mark.parametrize("seen", ["nothing"], indirect=True)
def test_nothing_gives_nothing(seen: Seen) -> None:
    assert {(row.outcome, row.text) for row in seen.first.values()} == {("empty", None)}


def install(site: Path, name: str, version: str, *files: str) -> None:
    """Put a distribution into a folder of packages, as an installer would."""
    about = site / f"{name.replace('-', '_')}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (about / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")
    for file in files:
        (site / file).parent.mkdir(exist_ok=True)
        (site / file).write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    ("installed", "answer"),
    [
        ({"readability-lxml": "readability/__init__.py"}, "0.9"),
        ({"readability": "readability/__init__.py"}, "No package metadata was found for readability-lxml"),
        (
            {"readability": "readability/__init__.py", "readability-lxml": "something_else.py"},
            "is not part of readability-lxml",
        ),
        ({"readability-lxml": "something_else.py"}, "No module named 'readability'"),
    ],
    ids=["the right one", "only the other one", "both, the module is the other's", "the right one without its module"],
)
def test_a_module_of_the_wanted_name_counts_only_if_the_wanted_distribution_brought_it(
    tmp_path: Path, installed: dict[str, str], answer: str
) -> None:
    venv.create(tmp_path / "env", symlinks=True)
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    for name, file in installed.items():
        install(site, name, "0.9", file)
    adapter = tmp_path / "rival.py"
    adapter.write_text("import readability\ndef extract(page): return ''\n", encoding="utf-8")
    declaration = replace(declared(adapter)[0], distribution="readability-lxml", module="readability")
    environment = Environment(
        tmp_path / "env" / "bin" / "python",
        "0" * 64,
        pinned=False,
        place=tmp_path / "env",
        roots=(Path(sys.base_prefix),),
    )
    with Worker(declaration, environment, 10, tmp_path / "scratch") as worker:
        try:
            told = str(worker.start().version)
        except CannotStart as refusal:
            told = str(refusal)
    assert answer in told
