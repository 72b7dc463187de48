"""What the command line shows: progress on a terminal, tables of KPIs, flags and checks."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from keiro.progress import Reporter, Silent

if TYPE_CHECKING:
    from keiro.checks import CheckResult
    from keiro.status import Status

WORDS = {
    "en": {
        "preflight": "validating the project",
        "load": "loading exports",
        "build": "building tables",
        "check": "checking indicators",
        "flag": "flagging and judging",
        "publish": "publishing",
        "demo": "writing the demo's exports",
        "kpi": "KPI",
        "period": "period",
        "actual": "actual",
        "target": "target",
        "attainment": "attainment",
        "pace": "pace",
        "status": "status",
        "trust": "trust",
        "flags": "open flags",
        "subject": "what",
        "cause": "cause",
        "severity": "severity",
        "detail": "detail",
        "as_of": "as of",
        "version": "version",
        "page": "page",
        "nothing_new": "nothing new: {version} is current",
        "published": "published {version}",
        "not_recorded": "this run is not recorded: {why}",
        "warnings": "{n} tests of the data warn: {names}",
        "withheld": "withheld",
    },
    "ja": {
        "preflight": "プロジェクトの検証",
        "load": "エクスポートの読み込み",
        "build": "テーブルの作成",
        "check": "指標の検査",
        "flag": "フラグと判定",
        "publish": "公開",
        "demo": "デモデータの作成",
        "kpi": "KPI",
        "period": "期間",
        "actual": "実績",
        "target": "目標",
        "attainment": "達成率",
        "pace": "ペース",
        "status": "状況",
        "trust": "信頼度",
        "flags": "未解決のフラグ",
        "subject": "対象",
        "cause": "原因",
        "severity": "重大度",
        "detail": "内容",
        "as_of": "基準日",
        "version": "版",
        "page": "レポート",
        "nothing_new": "新しいデータはありません: {version} が最新です",
        "published": "{version} を公開しました",
        "not_recorded": "この実行は記録されません: {why}",
        "warnings": "データのテスト {n} 件が警告: {names}",
        "withheld": "非公開",
    },
}
TRUST_STYLES = {"ok": "green", "drifting": "yellow", "withheld": "red"}


def word(language: str, key: str, **values: Any) -> str:
    """A label in the reader's language."""
    return WORDS[language][key].format(**values)


class Bars:
    """A bar for the running step and a line for each finished one."""

    def __init__(self, progress: Progress, language: str) -> None:
        """Draw on `progress`."""
        self._progress = progress
        self._language = language
        self._bar: Any = None

    def begin(self, step: str) -> None:
        """Start a bar of unknown length."""
        self._bar = self._progress.add_task(word(self._language, step), total=None, what="")

    def advance(self, done: int, total: int, what: str) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._progress.update(self._bar, completed=done, total=total, what=what)

    def end(self, step: str, seconds: float) -> None:
        """Replace the bar by a line with the time that it took."""
        self._progress.remove_task(self._bar)
        self._bar = None
        self._progress.console.print(f"[dim]{word(self._language, step)}: {seconds:.1f} s[/dim]")


@contextmanager
def reporting(console: Console, language: str) -> Iterator[Reporter]:
    """Bars on a terminal, silence elsewhere."""
    if not console.is_terminal:
        yield Silent()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[what]}[/dim]"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bars(progress, language)


def kpi_table(status: "Status", language: str) -> Table:
    """One line for each KPI: actual, target, attainment, pace and how far to trust it."""
    table = Table(
        title=f"{word(language, 'as_of')} {status.publication.manifest['as_of']}",
        title_justify="left",
    )
    for key in ("kpi", "period"):
        table.add_column(word(language, key))
    for key in ("actual", "target", "attainment", "pace"):
        table.add_column(word(language, key), justify="right")
    for key in ("status", "trust"):
        table.add_column(word(language, key))
    for row in status.kpis:
        style = "bold" if row["role"] == "kgi" else ""
        table.add_row(*kpi_cells(row, language), style=style)
    return table


def kpi_cells(row: dict[str, Any], language: str) -> list[str]:
    """The cells of one KPI; a withheld one shows no number."""
    trust = str(row.get("trust") or "–")
    withheld = trust == "withheld"
    style = TRUST_STYLES.get(trust)
    return [
        str(row[f"label_{language}"]),
        _period(row),
        word(language, "withheld") if withheld else amount(row["actual"], row["unit"]),
        amount(row["target"], row["unit"]),
        "–" if withheld else percent(row["attainment"]),
        "–" if withheld or row["pace_index"] is None else f"{float(row['pace_index']):.2f}",
        str(row["status"] or "–"),
        f"[{style}]{trust}[/{style}]" if style else trust,
    ]


def flag_table(flags: Sequence[dict[str, Any]], language: str) -> Table:
    """One line for each open flag."""
    title = f"{word(language, 'flags')}: {len(flags)}"
    table = Table(title=title, title_justify="left")
    for key in ("severity", "cause", "subject", "detail"):
        table.add_column(word(language, key))
    for row in flags:
        subject = row["metric"] or row["subject"]
        cells = (row["severity"], row["cause"], subject, row[f"detail_{language}"])
        table.add_row(*(str(cell or "–") for cell in cells))
    return table


def check_table(results: Iterable["CheckResult"], language: str) -> Table:
    """One line for each check that did not pass."""
    table = Table()
    for key in ("status", "severity", "subject", "detail"):
        table.add_column(word(language, key))
    for result in results:
        detail = result.detail_ja if language == "ja" else result.detail_en
        subject = f"{result.check_id} ({result.subject})"
        table.add_row(result.status, result.severity, subject, detail or result.observed or "–")
    return table


def amount(value: Any, unit: str | None) -> str:
    """A number in its unit: yen without decimals, rates as percent, counts with separators."""
    if value is None:
        return "–"
    if unit == "JPY":
        return f"¥{float(value):,.0f}"
    if unit in ("ratio", "rate", "share"):
        return percent(value)
    return f"{float(value):,.0f}" if float(value).is_integer() else f"{float(value):,.2f}"


def percent(value: Any) -> str:
    """A share of one as percent with one decimal."""
    return "–" if value is None else f"{float(value):.1%}"


def _period(row: dict[str, Any]) -> str:
    if row["period_start"] is None:
        return "–"
    return f"{row['period_start']:%Y-%m-%d} … {row['period_end']:%Y-%m-%d}"
