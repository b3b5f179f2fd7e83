"""The report in real Chromium: opens without a network, sorts, filters, draws, follows links, and nothing wakes up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import synthetic
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from benchmark.records import Results
from benchmark.reports import _quality_charts, html
from benchmark.reports._boards import board_of

from .conftest import PHONE, Open, Watched

NAMES = synthetic.names(8)
PAGES = [f"page-{number}" for number in range(6)]
EVIL = "</script><script>window.woken=1</script>\"'><img src=x onerror=window.woken=1>\u202egnp."


def drawn(seen: Watched) -> Page:
    """The page, once all its charts are drawn."""
    expect(seen.page.locator("html[data-drawn=all]")).to_be_attached(timeout=60_000)
    return seen.page


def column(table: Locator, place: int) -> list[str]:
    """The texts of a column, the first line of each."""
    cells = table.locator(f"tbody tr:not([hidden]) > :nth-child({place + 1})")
    return [text.split("\n")[0].split(" [")[0].strip() for text in cells.all_inner_texts()]


@pytest.fixture(scope="module")
def results() -> Results:
    return synthetic.results(NAMES, PAGES, ("real", "other"), slices=("language=en", "language=fr"), viewed=2)


@pytest.fixture(scope="module")
def report(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report, with a plain file in place of each view of a page."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "index.html").write_text(html.index(results), encoding="utf-8")
    for entry in results.entries:
        if to := html.href(entry):
            (folder / to).parent.mkdir(parents=True, exist_ok=True)
            (folder / to).write_text("<!doctype html><title>view</title>", encoding="utf-8")
    return folder / "index.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_from_disk_asks_for_nothing_and_complains_of_nothing(visit: Open, report: Path, scheme: str) -> None:
    seen = visit(report, scheme=scheme)
    page = drawn(seen)

    assert page.locator("figure .plot").count() == page.locator("figure .plot.drawn svg").count() >= 8
    # A mark may lie below another, whose tooltip serves as well; neither needs a style sheet of the library's own.
    page.locator("#c0-pareto svg path[aria-roledescription=point]").first.hover(force=True)
    expect(page.locator("#vg-tooltip-element.visible")).to_be_visible()
    assert seen.requests == [report.as_uri()]
    assert seen.complaints == []


def test_a_head_sorts_by_mouse_and_by_keyboard_both_ways_and_says_so(visit: Open, report: Path) -> None:
    page = visit(report).page
    table = page.locator("#c0-main")
    heads = table.locator("thead th")

    heads.nth(1).locator("button").click()
    rising = column(table, 1)
    assert rising == sorted(rising, key=float)
    expect(heads.nth(1)).to_have_attribute("aria-sort", "ascending")

    heads.nth(1).locator("button").focus()
    page.keyboard.press("Enter")
    assert column(table, 1) == sorted(rising, key=float, reverse=True)
    expect(heads.nth(1)).to_have_attribute("aria-sort", "descending")

    heads.nth(0).locator("button").focus()
    page.keyboard.press("Space")
    names = column(table, 0)
    assert names == sorted(names)
    expect(heads.nth(0)).to_have_attribute("aria-sort", "ascending")
    assert table.locator("[aria-sort]").count() == 1


def test_a_part_of_a_name_and_one_row_for_each_tool_filter_the_tables_of_that_corpus(visit: Open, report: Path) -> None:
    page = visit(report).page
    one, other = page.locator("#c0"), page.locator("#c1")

    one.locator(".by-name").fill("EXTRACTOR-03")
    assert [name.split()[0] for name in column(page.locator("#c0-main"), 0)] == ["extractor-03"]
    assert page.locator("#c0-worst + .wide tbody tr:not([hidden])").count() == 1
    expect(one.locator(".shown")).to_have_text("1 of 6 shown")
    assert len(column(page.locator("#c1-main"), 0)) == 6

    one.locator(".by-name").fill("")
    one.locator(".by-tool").check()
    assert not [name for name in column(page.locator("#c0-main"), 0) if "@" in name or "==" in name]
    expect(other.locator(".shown")).to_have_text("")


def test_a_slice_fills_the_table_with_its_values_and_all_pages_bring_the_old_ones_back(
    visit: Open, results: Results, tmp_path: Path
) -> None:
    rows = tuple(
        replace(row, estimate=0.123, low=0.1, high=0.2, n=2) if row.slice == "language=fr" else row
        for row in results.summaries
    )
    (tmp_path / "index.html").write_text(html.index(replace(results, summaries=rows)), encoding="utf-8")
    page = visit(tmp_path / "index.html").page
    table, select = page.locator("#c0-main"), page.locator("#c0 .by-slice")
    before, order = table.locator("tbody").inner_text(), column(table, 0)

    table.locator("thead button").nth(2).click()
    select.select_option(label="language=fr")
    assert set(column(table, 1)) == {".123"}
    assert table.locator("tbody td small").first.inner_text() == "[.100, .200]"
    assert "2 pages" in table.locator("thead th").nth(1).inner_text()

    assert table.locator("[aria-sort]").count() == 0  # the rows stand as the figures of before sorted them
    assert "1 failed, empty not counted" in table.locator("tbody tr").first.inner_text()
    assert set(column(table, table.locator("thead th").count() - 1)) == {"full"}

    select.select_option(label="all")
    table.locator("thead button").nth(1).click()
    table.locator("thead button").nth(1).click()
    assert column(table, 0) == order
    assert table.locator("tbody").inner_text() == before


def test_differences_are_those_to_the_extractor_and_in_the_measure_that_are_chosen(
    visit: Open, report: Path, results: Results
) -> None:
    page = drawn(visit(report))
    controls = page.locator("#c0 .forest-controls")
    page.locator("#c0 details:has(#c0-forest-table) > summary").click()

    for chosen, metric in ((NAMES[2], "article.recall"), (NAMES[5], "regions.leaked.player")):
        controls.locator(".measure").select_option(label=metric)
        controls.locator(".chosen").select_option(label=chosen)
        wanted = {
            row.b if row.a == chosen else row.a: row.difference * (-1 if row.a == chosen else 1)
            for row in results.comparisons
            if (row.corpus, row.metric) == ("other", metric) and chosen in {row.a, row.b}
        }
        table = page.locator("#c0-forest-table")
        shown = dict(zip(column(table, 0), map(float, column(table, 1)), strict=True))
        assert shown.keys() == wanted.keys()
        assert all(synthetic.nearly(shown[name], wanted[name]) for name in wanted)
        expect(page.locator("#c0-forest svg")).to_contain_text(f"{metric} less that of {chosen}")


def test_marks_of_differences_are_painted_whoever_is_chosen(visit: Open, report: Path, results: Results) -> None:
    """Against the leader all others are worse, so that a mark for better must be known before a row has it."""
    page = drawn(visit(report))
    last = board_of(results, "other").adapters[-3]  # the two behind it are converters

    page.locator("#c0 .forest-controls .chosen").select_option(label=last)

    expect(page.locator("#c0-forest svg")).to_contain_text(f"article.f1 less that of {last}")
    marks = page.locator("#c0-forest svg .mark-symbol path[aria-roledescription=point]")
    fills = {mark.get_attribute("fill") for mark in marks.all()}
    assert marks.count() == len(NAMES) - 3
    assert _quality_charts.VERDICTS["better"][0] in fills
    assert fills <= {colour for colour, _ in _quality_charts.VERDICTS.values()}


@pytest.mark.parametrize(
    ("place", "end"),
    [
        ("#page=page-1&corpus=real&adapter=extractor-03", "pages/real/page-1.html#adapter=extractor-03"),
        (f"#page=page-0&corpus=other&adapter={quote('a b&c')}", "pages/other/page-0.html#adapter=a+b%26c"),
    ],
)
def test_a_deep_link_goes_on_to_the_view_of_that_page(visit: Open, report: Path, place: str, end: str) -> None:
    page = visit(report, place).page

    page.wait_for_url(f"**/{end}")


def test_a_link_to_a_page_without_a_view_says_so_and_leads_nowhere(visit: Open, report: Path) -> None:
    seen = visit(report, "#page=<img src=x onerror=woken()>&adapter=x")

    expect(seen.page.locator("#notice")).to_have_text(
        "This report has no view of the page <img src=x onerror=woken()>. "
        "For views of all pages type: boilerbench report --pages all"
    )
    assert seen.page.url.startswith(report.as_uri())
    assert seen.page.locator("#notice img").count() == 0


def test_a_link_into_a_folded_part_opens_it(visit: Open, report: Path) -> None:
    page = visit(report).page
    expect(page.locator("#c0-costs")).to_be_hidden()

    page.locator("#c0-tail a").click()

    expect(page.locator("#c0-costs")).to_be_visible()


def test_hostile_names_stay_text(visit: Open, tmp_path: Path) -> None:
    names = [f"{EVIL}{number}" for number in range(5)]
    made = synthetic.results(names, [EVIL, "javascript:window.woken=1", "__proto__"], (EVIL,), slices=(EVIL,), viewed=3)
    (tmp_path / "index.html").write_text(html.index(made), encoding="utf-8")
    seen = visit(tmp_path / "index.html")
    page = drawn(seen)

    page.locator("#c0-main thead button").first.click()
    page.locator("#c0 .by-slice").select_option(index=1)
    page.locator("#c0 .forest-controls .chosen").select_option(index=2)
    page.locator("#c0 .by-name").fill("<img")
    assert page.evaluate("window.woken") is None
    assert page.locator("main img").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert len(column(page.locator("#c0-main"), 0)) == 3
    assert seen.requests == [(tmp_path / "index.html").as_uri()]
    assert seen.complaints == []


@pytest.mark.parametrize("size", [PHONE, (320, 640)])
def test_on_a_phone_the_page_does_not_scroll_sideways(visit: Open, report: Path, size: tuple[int, int]) -> None:
    page = drawn(visit(report, size=size))

    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for region in page.locator(".wide:visible, .plot:visible").all():
        box = region.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= size[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_of(visit: Open, tmp_path: Path, scheme: str) -> None:
    made = synthetic.results(NAMES[:5], PAGES[:3], ("real", "other"), slices=("language=en",), viewed=1)
    (tmp_path / "index.html").write_text(html.index(made), encoding="utf-8")
    page = drawn(visit(tmp_path / "index.html", scheme=scheme))
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    found = Axe().run(page)

    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"]] == []


def test_in_the_dark_charts_have_light_letters_and_print_has_dark_ones(visit: Open, report: Path) -> None:
    page = drawn(visit(report, scheme="dark"))
    label = page.locator("#c0-tail svg text").first
    dark = label.evaluate("(text) => getComputedStyle(text).fill")

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#c0-tail svg text").first).not_to_have_css("fill", dark)


def test_a_lone_percent_sign_in_a_link_stops_nothing(visit: Open, report: Path) -> None:
    seen = visit(report, "#100%")

    drawn(seen)
    assert seen.complaints == []


def test_a_chart_that_cannot_be_drawn_costs_no_other(visit: Open, report: Path, tmp_path: Path) -> None:
    source = report.read_text(encoding="utf-8")
    start = source.index('id="c0-leak_map-spec"')
    broken = source[:start] + source[start:].replace('"layer":[', '"layer":[{"mark":7},', 1)
    (tmp_path / "index.html").write_text(broken, encoding="utf-8")

    page = drawn(visit(tmp_path / "index.html"))

    whole = page.locator("figure .plot").count()
    assert page.locator("#c0-leak_map .plot.drawn").count() == 0
    assert page.locator("figure .plot.drawn svg").count() == whole - 1


def test_all_that_is_folded_away_is_open_while_it_is_printed(visit: Open, report: Path) -> None:
    page = drawn(visit(report))
    folded = page.locator("main details:not([open])")
    before = folded.count()
    assert before > 0

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0
    expect(page.locator("#c0-costs")).to_be_visible()

    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert folded.count() == before


def test_on_a_phone_charts_fit_and_captions_are_read_without_scrolling(visit: Open, report: Path) -> None:
    seen = visit(report, size=PHONE)
    page = drawn(seen)

    for name in ("forest", "pareto", "tail", "memory", "growth"):
        plot = page.locator(f"#c0-{name} .plot")
        assert plot.evaluate("(plot) => plot.scrollWidth - plot.clientWidth") <= 0, name
    caption = page.locator("#c0-main caption > span").bounding_box()
    assert caption is not None
    assert caption["x"] + caption["width"] <= PHONE[0]
    assert seen.complaints == []


def test_names_of_pages_do_not_run_into_the_next_column(visit: Open, tmp_path: Path) -> None:
    made = synthetic.results(NAMES[:5], [f"{number:064x}" for number in range(4)], ("real",))
    (tmp_path / "index.html").write_text(html.index(made), encoding="utf-8")
    page = visit(tmp_path / "index.html").page

    cells = page.locator("#c0-worst + .wide td, .leaks:visible td")
    assert cells.count() > 5
    assert cells.evaluate_all("(all) => all.filter((one) => one.scrollWidth > one.clientWidth).length") == 0


def test_on_paper_a_wide_table_stands_in_pieces_that_together_hold_all_of_it(visit: Open, report: Path) -> None:
    page = drawn(visit(report))
    heads = "(all) => all.flatMap((row) => [...row.cells].slice(1).map((head) => head.textContent))"
    whole = page.locator("#c0-others thead tr").evaluate_all(heads)
    assert len(whole) > 32  # so that it takes three pieces

    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    pieces = page.locator("details:has(#c0-others) table.piece")
    assert pieces.locator("thead tr").evaluate_all(heads) == whole
    widths = pieces.locator("tr").evaluate_all("(rows) => rows.map((row) => row.cells.length)")
    assert max(widths) <= 17
    expect(page.locator("#c0-others")).to_be_hidden()
    expect(pieces.first).to_be_visible()

    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("table.piece").count() == 0
    page.emulate_media(media="screen")
    expect(page.locator("#c0-main")).to_be_visible()


def test_a_head_that_is_printed_again_on_the_next_sheet_has_its_names(visit: Open, report: Path) -> None:
    """Chromium repeats a table's head without the form controls in it."""
    page = drawn(visit(report))

    page.emulate_media(media="print")

    assert page.locator("#c0-main thead button").first.evaluate("(one) => getComputedStyle(one).display") == "contents"
