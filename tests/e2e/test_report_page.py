"""The page in a real browser: it renders from a file, offline, in both languages."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from keiro.report import write_report
from tests.unit.report_database import YEAR, ReportDatabase, month, small_company
from tests.unit.test_report_process import with_process

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
INSIDE = ("file:", "data:", "blob:", "about:")
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
HOSTILE = "</script><img src=https://example.org/x onerror=window.broken=1>"


@dataclass
class Visit:
    """An open page, and what it did that it should not."""

    page: Any
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def check(self) -> None:
        assert self.errors == []
        assert [url for url in self.requests if not url.startswith(INSIDE)] == []
        assert self.page.evaluate("window.broken") is None

    def wait(self) -> None:
        self.page.wait_for_selector("html[data-ready]", timeout=60_000, state="attached")

    def switch(self, language: str) -> None:
        self.page.click(f"button[data-lang={language}]")
        self.page.wait_for_selector(f"html[lang={language}]", state="attached")
        self.wait()

    def empty_charts(self) -> list[str]:
        """Charts of the language that is shown without an element that has a size."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('[data-body]:not([hidden]) [data-spec]')]
            .filter((holder) => holder.offsetParent !== null)
            .filter((holder) => !(holder.querySelector('svg')?.getBoundingClientRect().height > 10
                && holder.querySelector('svg path, svg rect, svg line')))
            .map((holder) => holder.dataset.rows)"""
        )

    def width(self) -> tuple[int, int]:
        return tuple(
            self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(
            "no Chromium found; get it with: apt-get install chromium fonts-ipaexfont-gothic"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    """Opens a file in a new, offline profile; the test fails on errors and outside requests."""
    contexts = []

    def open_file(file: Path, viewport: dict[str, int] = DESKTOP, **options: Any) -> Visit:
        context = browser.new_context(viewport=viewport, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        opened = Visit(page)
        page.on("request", lambda request: opened.requests.append(request.url))
        page.on("pageerror", lambda error: opened.errors.append(str(error)))
        page.on(
            "console",
            lambda said: (
                opened.errors.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        page.goto(file.as_uri())
        opened.wait()
        return opened

    yield open_file
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company with everything that a page can show, and with hostile texts in its data."""
    base = with_process(small_company(tmp_path_factory.mktemp("company")))
    base.kpi("evil", "main", label_en=HOSTILE, label_ja=HOSTILE, description=HOSTILE)
    base.value("evil", **YEAR, value=1)
    base.value("evil", **month("2026-09-01", "2026-09-30"), value=1)
    base.flag("long", subject="a/" * 60, detail_en="google_ads/" * 9, detail_ja="google_ads/" * 9)
    base.flag("evil", subject=HOSTILE, detail_en=HOSTILE, detail_ja=HOSTILE)
    base.insert(
        "funnel.dim_stages", [{"stage": "x", "position": 3, "kind": "open", "label_en": HOSTILE}]
    )
    base.insert(
        "funnel.fct_stage_entries",
        [{"entity_id": "p", "stage": "x", "exit_type": "open", "entered_date": "2026-05-01"}],
    )
    page = base.file.with_name("report.html")
    write_report(base.file, page)
    return page


def test_all_charts_are_drawn_offline(visit, company):
    opened = visit(company)
    assert opened.page.locator("[data-body=en] svg.marks").count() >= 8
    assert opened.empty_charts() == []
    opened.check()
    assert opened.requests[0] == company.as_uri()


def test_the_languages_are_switched_in_place(visit, company):
    opened = visit(company)
    page = opened.page
    page.click("#en-kpi-won_deals summary")
    assert page.title() == "KPI report"
    opened.switch("ja")
    assert page.title() == "KPIレポート"
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert page.locator("[data-body=en]").is_hidden()
    assert page.locator("#ja-kpi-won_deals").get_attribute("open") is not None
    assert "受注" in page.locator("#ja-funnel").inner_text()
    assert page.locator("button[data-lang=ja]").get_attribute("aria-pressed") == "true"
    assert opened.empty_charts() == []
    opened.switch("en")
    assert page.locator("[data-body=en]").is_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
    opened.check()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_is_wider_than_a_phone(visit, company, language):
    opened = visit(company, PHONE)
    opened.switch(language)
    wanted, there = opened.width()
    assert wanted <= there
    assert opened.empty_charts() == []
    opened.check()


def test_a_link_opens_the_definition_of_a_kpi(visit, company):
    opened = visit(company)
    opened.page.click("#en-summary a[href='#en-kpi-won_deals']")
    opened.page.wait_for_selector("#en-kpi-won_deals[open]")
    assert "What won_deals counts." in opened.page.locator("#en-kpi-won_deals").inner_text()
    opened.check()


def test_a_chart_says_its_values_under_the_pointer(visit, company):
    opened = visit(company)
    chart = opened.page.locator("[data-body=en] [data-rows='months:won_revenue']")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    tooltip = opened.page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for(timeout=10_000)
    assert "¥20.0M" in tooltip.inner_text()
    opened.check()


@pytest.mark.parametrize("timezone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_months_are_the_same_in_every_time_zone(visit, company, timezone):
    opened = visit(company, timezone_id=timezone)
    labels = opened.page.locator("[data-body=en] [data-rows=pace] text").all_text_contents()
    assert "2026-04" in labels
    assert "2026-03" not in labels
    opened.check()


def test_headings_tables_and_charts_are_named(visit, company):
    opened = visit(company)
    levels = opened.page.evaluate(
        """() => [...document.querySelectorAll('[data-body=en] :is(h1, h2, h3, h4)')]
        .map((heading) => Number(heading.tagName[1]))"""
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert opened.page.locator("[data-body=en] table:not(:has(thead th[scope=col]))").count() == 0
    assert opened.page.locator("[data-spec]:not([role=img][aria-label])").count() == 0
    assert opened.page.locator("section:not(:has(h2))").count() == 0


@pytest.mark.parametrize(
    ("language", "claim"), [("en", "25.0% and 75.0%"), ("ja", "25.0%から75.0%")]
)
def test_speed_handovers_and_origins_are_tables(visit, company, language, claim):
    """Each under a heading of its own; what people typed as a reason is text."""
    opened = visit(company)
    opened.switch(language)
    funnel = opened.page.locator(f"#{language}-funnel")
    assert funnel.locator("h3:visible").count() == 4
    assert [table.locator("tbody tr").count() for table in funnel.locator("table").all()] == [
        2,
        2,
        6,
    ]
    assert claim in funnel.inner_text()
    assert "</td><script>" in funnel.inner_text()
    opened.check()


def test_a_page_without_data_renders(visit, tmp_path):
    base = ReportDatabase(tmp_path)
    page = tmp_path / "report.html"
    write_report(base.file, page, language="ja")
    opened = visit(page)
    assert "KPIがまだ定義されていません。" in opened.page.locator("[data-body=ja]").inner_text()
    opened.check()


def test_the_page_of_the_demo_company(visit, demo):
    """What `keiro run` publishes: the KGI, every stage, and a chart for each KPI in the tree."""
    opened = visit(demo.published / "current" / "report.html")
    page = opened.page
    assert page.locator("[data-body=en] .kgi .big").inner_text().startswith("¥")
    assert page.locator("[data-body=en] .funnel > li").count() == 7
    assert page.locator("[data-body=en] .kpi").count() >= 15
    assert page.locator("[data-body=en] .trend").count() >= 8
    assert opened.empty_charts() == []
    opened.switch("ja")
    assert opened.empty_charts() == []
    assert (demo.published / "current" / "report.html").stat().st_size < 2_000_000
    opened.check()
