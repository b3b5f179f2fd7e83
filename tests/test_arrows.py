"""The house: which part of the package may import which, held by reading every import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "benchmark"
ROOMS = {entry.name for entry in PACKAGE.iterdir() if (entry / "__init__.py").exists()} - {"commands"}
SHARED = {"records", "errors", "text", "regions", "goldfiles", "attribution", "printings", "reading"}
EXCEPTIONS = {
    ("speed", "workers"),
    ("engines", "workers"),
    ("corpora", "compose"),
    ("corpora", "formats"),  # a file of golds is written like the answers that are held against it
    ("checks", "stats"),
}
"""The only arrows between rooms."""
CORRIDOR = {
    "records": set(),
    "errors": set(),
    "text": {"records", "errors"},
    "regions": {"records", "errors", "text"},
    "goldfiles": {"records", "errors", "text", "regions"},
    "attribution": {"records", "errors", "text", "regions"},
    "diff": {"records", "errors", "text", "regions", "attribution", "printings"},
    "diffsheet": {"diff", "records", "text"},
    "diffhtml": {"diff", "diffsheet", "records", "text"},
    "printings": {"records", "attribution"},
    "machine": set(),
    "rooms": {"errors"},
    "store": {"records", "errors"},
    "overlays": {"records", "errors", "store", "goldfiles", "regions", "text"},
    "reading": {"errors"},
    "plan": {"compose", "overlays", "records", "errors", "rooms", "store", "workers", "reading"},
    "progress": set(),
    "cache": {"records"},
    "schedule": set(),
    "handing": {"plan", "rooms", "store", "progress", *SHARED},
    "extraction": {"handing", "plan", "rooms", "store", "machine", "workers", "progress", "cache", "schedule", *SHARED},
    "scoring": {"plan", "store", "progress", *SHARED},
    "timing": {"plan", "store", "workers", "speed", "progress", "extraction", *SHARED},
    "dosing": {"store", "compose", "stats", *SHARED},
    "views": {"diff", "plan", "store", *SHARED},
    "pipeline": {
        *("dosing", "plan", "rooms", "store", "workers", "stats", "checks", "progress", "extraction", "scoring"),
        "timing",
        "handing",
        "views",
        *SHARED,
    },
    "desk": {
        "compose",
        "machine",
        "overlays",
        "plan",
        "rooms",
        "store",
        "annotate",
        "checks",
        "stats",
        "diff",
        "diffsheet",
        *SHARED,
    },
    "gating": {"pipeline", "plan", "store", "timing", "checks", "progress", *SHARED},
    "github": {"checks", *SHARED},
    "terminal": {"checks", *SHARED},
    "commands": {
        "commands",
        "checks",  # how much the gate lets pass, for its options
        *("compose", "gating", "github", "pipeline", "desk", "plan", "rooms", "store", "terminal", "views", "workers"),
        *SHARED,
    },
    "cli": {"commands", "errors", "terminal"},
    # as the commands: what a user types, the corridor, single pages; what adapters are called is in `workers`
    "notebook": {"pipeline", "desk", "diff", "diffhtml", "diffsheet", "plan", "rooms", "store", "workers", *SHARED},
    "__init__": {"notebook", "pipeline", "plan", "rooms", "store", *SHARED},
}
"""What files outside the rooms may import."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def place(module: Path) -> str:
    """The room a file stands in, or its own name outside the rooms."""
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(module: Path) -> Iterator[str]:
    """Places of the package that a file imports, also inside functions."""
    here = ("benchmark", *module.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            paths = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(here[: len(here) - node.level]) if node.level else []
            stem = [*base, *(node.module.split(".") if node.module else [])]
            paths = [[*stem, alias.name] for alias in node.names]
        else:
            continue
        for path in paths:
            if path[0] == "benchmark":
                assert len(path) > 1, f"{module}: nobody imports the package's front door"
                yield path[1]


def allowed(here: str) -> set[str]:
    if here in ROOMS:
        return SHARED | {here} | {there for room, there in EXCEPTIONS if room == here}
    return CORRIDOR[here]


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_only_where_the_house_allows(module: Path) -> None:
    assert set(imported(module)) - allowed(place(module)) == set()


def test_no_two_places_import_each_other_directly_or_in_a_ring() -> None:
    arrows: dict[str, set[str]] = {}
    for module in modules():
        arrows.setdefault(place(module), set()).update(set(imported(module)) - {place(module)})
    settled: set[str] = set()
    while ready := {here for here, there in arrows.items() if here not in settled and there <= settled}:
        settled |= ready
    assert set(arrows) - settled == set()


def test_only_the_command_line_and_its_commands_print_or_exit() -> None:
    speakers = set()
    for module in modules():
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
                if name in {"print", "exit", "quit", "sys.exit"}:
                    speakers.add(place(module))
    assert speakers <= {"cli", "commands", "reports"}


def test_records_and_what_a_worker_imports_need_nothing_but_the_standard_library() -> None:
    for name in ("records.py", "text.py", "workers/frames.py", "workers/child.py", "workers/command.py"):
        tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"), feature_version=(3, 7))
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        roots = {alias.name.split(".")[0] for node in top if isinstance(node, ast.Import) for alias in node.names}
        roots |= {str(node.module).split(".")[0] for node in top if isinstance(node, ast.ImportFrom) and not node.level}
        import sys

        assert roots <= set(sys.stdlib_module_names), name
