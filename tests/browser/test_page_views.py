from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe

from benchmark import views
from benchmark.diff import marked, stretches
from benchmark.plan import find_corpus
from benchmark.records import EDITION, FORMAT, Extraction, Gold, Manifest, PageEntry, PageView, Results
from benchmark.records import Page as WebPage
from benchmark.reports import _pages as report
from benchmark.text import decode, spelt_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

MANIFEST = Manifest("r", FORMAT, EDITION, "0.1.0", None, "2026-01-01T00:00:00Z", 0, {}, {}, "none", {}, {}, {})
MOST_SECONDS = 20
"""A page of 100,000 lines opens within seconds; the rest is for a busy machine."""


class Opened:
    """A page in a browser without network, and what it asked for or complained of."""

    def __init__(self, browser: Browser, file: Path, **options: Any) -> None:
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.file = file
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("console", self._complained)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._spoke)

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def _complained(self, message: ConsoleMessage) -> None:
        self.complaints.append(message.text)

    def _spoke(self, dialog: Dialog) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()

    def go(self, fragment: str = "") -> Page:
        """Open the page at a fragment of its address, and wait until an answer is painted."""
        self.page.goto(self.file.as_uri() + fragment)
        self.page.wait_for_selector("html[data-painted]", timeout=MOST_SECONDS * 1000)
        return self.page

    def assert_quiet(self) -> None:
        """Nothing but the page itself was asked for, nothing was complained of, no dialog was opened."""
        assert self.requests == [self.file.as_uri()] * len(self.requests)
        assert self.complaints == []


Open = Callable[..., Opened]


@pytest.fixture
def open_view(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the file of a view, written as the report writes it; asserts at the end that it was quiet."""
    opened: list[Opened] = []

    def open_(view: PageView, **options: Any) -> Opened:
        entry = PageEntry(view.corpus, view.page_id, {"site": "example.org"}, {}, {}, None, None, None, viewed=True)
        ((name, content),) = report.render_pages(Results(MANIFEST, (), (), (), {}, entries=(entry,), views=(view,)))
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        opened.append(Opened(browser, file, **options))
        return opened[-1]

    yield open_
    for one in opened:
        one.assert_quiet()
        one.context.close()


def answer(adapter: str, text: str) -> Extraction:
    return Extraction("p", adapter, "1", text, "text", "ok")


def hostile_view(html: str, *texts: str) -> PageView:
    body = "the body of the page"
    page = WebPage("p", "c", f"<html><body>{html}<p>{body}</p></body></html>".encode("utf-8", "surrogatepass"))
    return views.view(page, Gold("p", body), [answer(f"a{number}", text) for number, text in enumerate(texts)])


def seed(number: int) -> tuple[WebPage, Gold]:
    corpus = find_corpus("seeds", None)
    return list(zip(corpus.reader().pages(corpus.folder), corpus.golds(), strict=True))[number]


def test_what_is_painted_is_what_the_diff_says(open_view: Open) -> None:
    page, gold = seed(2)
    words = gold.body.split()
    texts = {
        "every-second": " ".join(words[::2]),
        "all": decode(page.html, page.charset),
        "body": gold.body + " " + gold.body,
    }
    view = views.view(page, gold, [answer(name, text) for name, text in texts.items()])
    opened = open_view(view)

    for name, text in texts.items():
        opened.go(f"#adapter={name}")
        found = opened.page.eval_on_selector_all(
            "#lines li > .out",
            """outs => outs.map(out => [...out.childNodes].map(node => {
                const unseen = node.querySelector?.('.unseen');
                const text = unseen ? node.textContent.slice(unseen.textContent.length) : node.textContent;
                return [text.trim(), node.className ?? 'kept'];
            }).filter(([text]) => text))""",
        )
        expected = []
        for line in marked(decode(page.html, page.charset), gold, text).lines:
            row: list[list[str]] = []
            for part in stretches(line):
                if row and row[-1][1] == part.state:
                    row[-1][0] += part.text
                else:
                    row.append([part.text, part.state])
            if {state for _, state in row} == {"left out"}:
                row = []
            expected.append(
                [["…", "left"] if state == "left out" else [spelt_out(text.strip()), state] for text, state in row]
            )
        assert found == expected


HOSTILE = (
    "".join(
        f"<p>{escape(text)}</p>"
        for text in (
            "<script>alert(1)</script>",
            "</script><script>alert(2)</script>",
            "<!-- <script> <!--",
            "<img src=http://127.0.0.1:9/x onerror=alert(3)>",
            "\u202egnp.exe \u2066isolated",
            "{{constructor.constructor('alert(5)')()}}",
        )
    )
    + "<p><a href='javascript:alert(4)'>javascript:alert(4)</a><p>nul \0 here"
)


def test_hostile_text_stays_text(open_view: Open) -> None:
    view = hostile_view(HOSTILE, "<script>alert(6)</script> </script><img src=x onerror=alert(7)> \u202e \0", HOSTILE)
    view = PageView(**{**vars(view), "page_id": "</title><script>alert(8)</script>", "url": "javascript:alert(9)"})
    page = open_view(view).go("#adapter=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&line=%3Cb%3E&show=__proto__&%E0%A4%A")

    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, a[href^='javascript']").count() == 0
    assert page.get_by_text("</script><script>alert(2)</script>").count() >= 1
    page.get_by_label("Adapter", exact=True).select_option("a1")
    page.wait_for_selector("html[data-painted=a1]")


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        pytest.param("<p>" + "word " * 210_000, 2, id="a line of 1 MB"),
        pytest.param("<p>" + "\u6f22\u5b57" * 170_000, 2, id="a line of 1 MB without spaces"),
        pytest.param("<p>" + "w" * 1_000_000, 2, id="a word of 1 MB"),
        pytest.param("".join(f"<p>line {number} of many" for number in range(100_000)), 100_001, id="100,000 lines"),
    ],
)
def test_a_huge_page_opens_within_seconds(open_view: Open, html: str, lines: int) -> None:
    view = hostile_view(html, "the body of the page", "line 5 of many word word word \u6f22\u5b57\u6f22")
    assert len(view.lines) == lines
    opened = open_view(view)

    begun = time.monotonic()
    page = opened.go(f"#line={lines}")

    assert page.evaluate("document.querySelectorAll('#lines li').length") == lines
    assert page.evaluate("document.activeElement.id") == f"L{lines}"
    assert time.monotonic() - begun < MOST_SECONDS


def test_an_address_leads_to_an_answer_a_line_and_a_filter(open_view: Open) -> None:
    page_, gold = seed(0)
    view = views.view(page_, gold, [answer("quiet", ""), answer("a+b@c d&e", decode(page_.html))])
    opened = open_view(view)

    page = opened.go("#adapter=a%2Bb%40c%20d%26e&show=leaked")
    assert page.locator("#adapter").input_value() == "a+b@c d&e"
    shown = page.locator("#lines li:visible")
    assert shown.count() > 0
    assert shown.count() == page.locator("#lines li:visible mark.leaked").locator("xpath=ancestor::li").count()
    assert page.locator("input[value=leaked]").is_checked()

    page = opened.go("#adapter=quiet&line=3")
    assert page.locator("#adapter").input_value() == "quiet"
    assert page.evaluate("document.activeElement.id") == "L3"
    assert page.locator("#L3").is_visible()

    page.get_by_role("link", name="a+b@c d&e").click()
    page.wait_for_function("document.documentElement.dataset.painted === 'a+b@c d&e'")
    assert "adapter=a%2Bb" in page.url


def test_a_link_of_the_report_leads_to_an_adapter_whose_name_has_a_space(open_view: Open) -> None:
    """The report hands a deep link on with a plus for each space."""
    page_, gold = seed(0)
    view = views.view(page_, gold, [answer("quiet", ""), answer("cmd:./mine --fast a+b", decode(page_.html))])
    opened = open_view(view)

    opened.page.goto(f"{opened.file.as_uri()}#{urlencode({'adapter': 'cmd:./mine --fast a+b', 'show': 'leaked'})}")

    opened.page.wait_for_selector("html[data-painted='cmd:./mine --fast a+b']")
    assert opened.page.locator("input[value=leaked]").is_checked()


def test_a_link_to_an_answer_that_is_not_there_says_so_until_another_is_chosen(open_view: Open) -> None:
    page_, gold = seed(0)
    page = open_view(views.view(page_, gold, [answer("one", ""), answer("two", gold.body)])).go("#adapter=three")
    said = page.locator("#unknown")

    assert said.get_attribute("role") == "status"
    assert said.inner_text().startswith("No answer of three here")
    page.locator("#adapter").select_option("two")
    page.wait_for_selector("html[data-painted=two]")
    assert said.inner_text() == ""


def test_the_skip_link_keeps_which_lines_are_shown_also_of_the_next_answer(open_view: Open) -> None:
    page_, gold = seed(0)
    answers = [answer("all", decode(page_.html)), answer("body", gold.body)]
    page = open_view(views.view(page_, gold, answers)).go("#show=leaked")

    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "lines"
    page.locator("#adapter").select_option("body")
    page.wait_for_selector("html[data-painted=body]")

    assert page.locator("input[value=leaked]").is_checked()
    assert page.locator("#lines").get_attribute("data-show") == "leaked"


def test_a_long_page_is_printed_whole_and_folded_again(open_view: Open) -> None:
    view = hostile_view("".join(f"<p>line {number} of many" for number in range(2 * report.PART)), "line 5 of many")
    page = open_view(view).go()
    folded = page.locator("main details.part:not([open])")
    before = folded.count()
    assert before == 2

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("main details:not([open])").count() == 0
    assert page.locator("#lines li:not(:has(.out))").count() == 0

    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert folded.count() == before


def test_all_can_be_done_with_the_keyboard(open_view: Open) -> None:
    page_, gold = seed(0)
    view = views.view(page_, gold, [answer("one", ""), answer("two", decode(page_.html)), answer("three", gold.body)])
    page = open_view(view).go()
    order = page.locator("#adapter option").all_text_contents()

    page.locator("#adapter").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(f"html[data-painted={order[1]}]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"html[data-painted={order[2]}]")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.locator("input[value=wrong]").is_checked()
    assert "show=wrong" in page.url
    page.locator("#table a").nth(0).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"html[data-painted={order[0]}]")


def test_a_filter_that_fits_no_line_says_so(open_view: Open) -> None:
    page_, gold = seed(0)
    page = open_view(views.view(page_, gold, [answer("quiet", "")])).go("#show=leaked")

    assert page.get_by_text("No line of this page shows that.").is_visible()
    page.get_by_label("only lost").check()
    assert not page.get_by_text("No line of this page shows that.").is_visible()


def test_without_scripts_the_text_and_the_table_are_there(open_view: Open) -> None:
    page_, gold = seed(0)
    view = views.view(page_, gold, [answer("all", decode(page_.html))])
    opened = open_view(view, java_script_enabled=False)

    opened.page.goto(opened.file.as_uri())

    assert opened.page.locator("#lines li p").all_inner_texts() != []
    assert opened.page.locator("#table tbody tr").is_visible()
    assert not opened.page.locator("#adapter").is_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_nothing_stands_in_the_way_of_assistive_technology(open_view: Open, scheme: str, width: int) -> None:
    page_, gold = seed(2)
    texts = decode(page_.html), gold.body + " words from nowhere " + gold.body
    view = views.view(page_, gold, [answer(f"a{number}", text) for number, text in enumerate(texts)])
    opened = open_view(view, color_scheme=scheme, viewport={"width": width, "height": 800})

    for name in ("a0", "a1"):
        page = opened.go(f"#adapter={name}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
