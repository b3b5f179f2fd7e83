"""What stands here: members of the rooms, environments of the adapters, and whether this machine can work."""

import ast
import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from .. import rooms
from ..plan import whole_field
from ..terminal import console, finding_table, open_progress, print_table, say
from ..workers.resolution import declared
from ._options import RUNS

Room = Literal["corpora", "adapters", "scorers", "reports", "engines", "formats"]


def list_room(
    room: Annotated[Room, Parameter(help="Which room.")],
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="Print JSON instead of lines.")] = False,
) -> int:
    """Show what stands in a room."""
    rows = _room_rows(room)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - rich would wrap it
    else:
        width = max(len(row["name"]) for row in rows)
        for row in rows:
            console.print(f"{row['name']:<{width}}  {row['summary']}", highlight=False, markup=False, soft_wrap=True)
    return 0


def _room_rows(room: str) -> list[dict[str, str]]:
    """Name and description of everything in a room; adapters with each of their variants."""
    files = {name: rooms.path(room, name) for name in rooms.names(room)}
    if room == "adapters":
        found = [one for file in files.values() for one in declared(file)]
        return [{"name": one.name, "summary": one.summary, "form": one.form} for one in found]
    return [{"name": name, "summary": _first_line(file)} for name, file in files.items()]


def _first_line(file: Path) -> str:
    about = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return about.partition("\n")[0]


def sync(
    *adapter: str,
    offline: Annotated[bool, Parameter(negative="", help="Fetch nothing; what caches hold must do.")] = False,
    download_pythons: Annotated[
        bool, Parameter(negative="", help="Let uv fetch a Python that an adapter needs and this machine lacks.")
    ] = False,
) -> int:
    """Build the environments of the adapters named, or of all; exit 3 where one that was named is unavailable."""
    from .. import pipeline
    from ..workers.installing import Wishes

    with open_progress() as progress:
        wanted = adapter or tuple(whole_field())
        entrants = pipeline.sync_environments(wanted, progress, Wishes(offline, download_pythons))
    missing = {name: about for name, about in entrants.items() if "unavailable" in about}
    for name, about in missing.items():
        say(f"{name} is unavailable: {about['unavailable']} (try: {about['remedy']})")
    say(f"{len(entrants) - len(missing)} of {len(entrants)} adapters are ready")
    return 3 if adapter and missing else 0


def doctor() -> int:
    """Say whether this machine can work: folders, tools, bundled pages, and every adapter's environment."""
    from .. import pipeline

    with open_progress() as progress:
        findings = pipeline.examine(RUNS, progress)
    print_table(finding_table(findings))
    return 0 if all(finding.well for finding in findings) else 3
