"""The written page as elements and texts."""

import json
import re
from html.parser import HTMLParser

from keiro.report import write_report
from tests.unit.report_database import ReportDatabase

VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """The page as elements: texts by language, ids, tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.open: list[str] = []
        self.places: list[tuple[str | None, str | None]] = []
        self.texts: list[tuple[str, str | None, str]] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag not in VOID:
            self.open.append(tag)
            language, section = self.places[-1] if self.places else (None, None)
            self.places.append(
                (given.get("data-body") or language, given.get("data-section") or section)
            )

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag
            self.places.pop()

    def handle_data(self, data):
        language, section = self.places[-1] if self.places else (None, None)
        if language and data.strip():
            self.texts.append((language, section, " ".join(data.split())))

    def text(self, language: str = "en", section: str | None = None) -> str:
        """The text of a language, of one section or of all; white space is one space."""
        return " ".join(
            said for lang, of, said in self.texts if lang == language and section in (None, of)
        )

    @property
    def sections(self) -> list[str]:
        found = [str(attrs["data-section"]) for _, attrs in self.tags if "data-section" in attrs]
        return found[: len(found) // 2]

    @property
    def payload(self):
        found = re.search(r'<script type="application/json" id="payload">(.*?)</script>', self.html)
        assert found
        return json.loads(found.group(1))


def written(database: ReportDatabase, language: str = "en") -> Page:
    page = database.file.with_name("report.html")
    write_report(database.file, page, language=language)
    return Page(page.read_text(encoding="utf-8"))
