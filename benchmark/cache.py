"""Keeps answers between runs, so that only what changed is run again.

An answer is kept under what decides it: the page's bytes, address and declared charset; the adapter's code, pins,
interpreter and our own code around it. Each entry carries a checksum: one that was damaged is noticed and made again.
Answers of adapters whose behaviour those do not decide (nothing pinned, files of the user's own, programs) are never
kept, nor are timeouts, crashes and lack of memory, which may be the machine's doing. Costs are not kept either.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .records import Extraction, Page

KEPT = ("ok", "empty", "error")
"""Outcomes that would come out the same again."""
WAIT_SECONDS = 30
"""How long to wait while another run writes."""


def page_key(page: Page) -> str:
    """SHA-256 of all that a worker is told of a page."""
    return hashlib.sha256(repr((page.sha256, page.url, page.charset)).encode()).hexdigest()


class Shelf:
    """The kept answers of one adapter in one environment; works as if empty where its file cannot be used."""

    def __init__(self, folder: Path, key: str) -> None:
        self._file = folder / f"{key}.sqlite"

    def find(self, pages: Iterable[tuple[str, Page]], adapter: str) -> dict[str, Extraction]:
        """Page key -> the answer kept for it, as a row of `adapter`; pages without a sound entry are left out."""
        found: dict[str, Extraction] = {}

        def look(shelf: sqlite3.Connection) -> None:
            for key, page in pages:
                entry = shelf.execute("SELECT row, sha256 FROM answers WHERE page = ?", (key,)).fetchone()
                if entry and isinstance(entry[0], bytes) and hashlib.sha256(entry[0]).hexdigest() == entry[1]:
                    found[key] = Extraction(page.id, adapter, **json.loads(entry[0]))

        if self._file.exists():
            self._open_for(look)
        return found

    def keep(self, answers: Sequence[tuple[str, Extraction]]) -> None:
        """Keep answers under the keys of their pages."""
        entries = [(key, _packed(row)) for key, row in answers if row.outcome in KEPT]
        rows = [(key, packed, hashlib.sha256(packed).hexdigest()) for key, packed in entries]
        if rows:
            with contextlib.suppress(OSError):  # a cache that cannot be written is no reason to stop
                self._file.parent.mkdir(parents=True, exist_ok=True)
            self._open_for(lambda shelf: shelf.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", rows))

    def _open_for(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Do all of the work or none of it; a file that is no sound database is thrown away."""
        try:
            with contextlib.closing(sqlite3.connect(self._file, timeout=WAIT_SECONDS)) as shelf, shelf:
                shelf.execute("CREATE TABLE IF NOT EXISTS answers (page TEXT PRIMARY KEY, row BLOB, sha256 TEXT)")
                work(shelf)
        except sqlite3.OperationalError:
            pass  # locked for too long, no space, no right to write: as if nothing were kept
        except sqlite3.DatabaseError:
            with contextlib.suppress(OSError):
                self._file.unlink(missing_ok=True)


def _packed(row: Extraction) -> bytes:
    value = {name: getattr(row, name) for name in ("version", "text", "form", "outcome", "error")}
    return json.dumps(value, ensure_ascii=True).encode()
