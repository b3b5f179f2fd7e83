"""Real Chromium, offline, and a watch over everything a page asks for or complains of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
DESKTOP, PHONE = (1280, 900), (390, 800)


@dataclass
class Watched:
    """A page, and what it did."""

    page: Page
    """The page."""
    requests: list[str] = field(default_factory=list)
    """Addresses it asked for, the file itself first."""
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings of its console, and exceptions that nobody caught."""


Open = Callable[..., Watched]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the test is skipped, or fails where CI or BOILERBENCH_NEEDS_BROWSER is set."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        reason = "no Chromium here; type: sudo apt-get install chromium"
        if os.environ.get("CI") or os.environ.get("BOILERBENCH_NEEDS_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens a file in a context of its own without a network: `visit(path, place="#x", size=PHONE, scheme="dark")`."""
    contexts = []

    def visit(path: Path, place: str = "", *, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Watched:
        width, height = size
        context = browser.new_context(offline=True, viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        seen = Watched(page)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on(
            "console",
            lambda message: seen.complaints.append(message.text) if message.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(path.as_uri() + place)
        return seen

    yield visit
    for context in contexts:
        context.close()
