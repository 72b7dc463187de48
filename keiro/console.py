"""What the command line shows: progress on a terminal, tables of KPIs, flags and checks."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from keiro.progress import Reporter, Silent
from keiro.report.formats import NO_VALUE, number, percent
from keiro.report.labels import LANGUAGES, Lang, text
from keiro.report.labels import word as label

if TYPE_CHECKING:
    from keiro.checks import CheckResult
    from keiro.status import Status

# Words of a run; those of KPIs and flags are the page's own.
WORDS: dict[str, tuple[str, str]] = {
    "preflight": ("validating the project", "プロジェクトの検証"),
    "load": ("loading exports", "エクスポートの読み込み"),
    "build": ("building tables", "テーブルの作成"),
    "check": ("checking indicators", "指標の検査"),
    "flag": ("flagging and judging", "フラグと判定"),
    "publish": ("publishing", "公開"),
    "bridge": ("computing what was known", "当時の値の再計算"),
    "demo": ("writing the demo's exports", "デモデータの作成"),
    "period": ("Period", "期間"),
    "cause": ("Cause", "原因"),
    "what": ("What", "対象"),
    "detail": ("Detail", "内容"),
    "page": ("Page", "レポート"),
    "nothing_new": (
        "nothing new: {version} is current",
        "新しいデータはありません: {version} が最新です",
    ),
    "published": ("published {version}", "{version} を公開しました"),
    "not_recorded": ("this run is not recorded: {why}", "この実行は記録されません: {why}"),
    "public_salt": (
        "KEIRO_PSEUDONYM_SALT is not set: who has a list of e-mail addresses can tell whose the "
        "pseudonymous ids are. Set it to a secret of your own and keep it",
        "KEIRO_PSEUDONYM_SALT が未設定です。メールアドレスの一覧があれば仮名IDから"
        "個人を特定できます。"
        "秘密の値を設定し、変えずに保管してください",
    ),
    "refused": (
        "{n} files were refused and are not in the numbers:",
        "{n} 件のファイルを拒否しました(数値に含まれません):",
    ),
    "unclaimed": (
        "{n} files were not read, since no source that is on asks for them: {names}",
        "{n} 件のファイルは、有効なソースの対象でないため読み込んでいません: {names}",
    ),
    "loads": ("Loaded files, newest first", "読み込んだファイル(新しい順)"),
    "loaded_at": ("Loaded (UTC)", "読込日時 (UTC)"),
    "file": ("File", "ファイル"),
    "load_loaded": ("loaded", "取込済み"),
    "load_duplicate_delivery": ("duplicate", "重複"),
    "load_refused": ("refused", "拒否"),
    "load_held": ("held back", "保留"),
    "reason": ("Reason", "理由"),
    "column": ("Column", "列"),
    "first_rows": ("First rows", "最初の行"),
    "rows_written": ("{n} rows written to {file}", "{n} 行を {file} に書き出しました"),
    "accounting": (
        "{rows_in} rows = {loaded} loaded + {unchanged} unchanged + {quarantined} quarantined",
        "{rows_in} 行 = 取込 {loaded} + 変更なし {unchanged} + 隔離 {quarantined}",
    ),
    "accepted": ("{file} is accepted as it is", "{file} をそのまま受け入れます"),
    "then_run": ("`keiro run` takes it into the KPIs", "`keiro run` で KPI に反映されます"),
    "held": (
        "{n} files are held back and are not in the numbers:",
        "{n} 件のファイルを保留しました(数値に含まれません):",
    ),
    "warnings": ("{n} tests of the data warn: {names}", "データのテスト {n} 件が警告: {names}"),
}
TRUST_STYLES = {"ok": "green", "drifting": "yellow", "withheld": "red"}
# Where nobody looks, as in a log, lines need not fit a window.
WIDTH_OF_A_LOG = 140


def word(language: Lang, key: str, **values: Any) -> str:
    """A word of a run in the reader's language."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def terminal() -> Console:
    """Standard output, wide enough for a table even where it is no terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, WIDTH_OF_A_LOG))


class Bars:
    """A bar for the running step and a line for each finished one."""

    def __init__(self, progress: Progress, language: Lang) -> None:
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
            self._progress.update(self._bar, completed=done, total=total, what=escape(what))

    def end(self, step: str, seconds: float) -> None:
        """Replace the bar by a line with the time that it took."""
        self._progress.remove_task(self._bar)
        self._bar = None
        self._progress.console.print(f"[dim]{word(self._language, step)}: {seconds:.1f} s[/dim]")


@contextmanager
def reporting(console: Console, language: Lang) -> Iterator[Reporter]:
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


def kpi_table(status: "Status", language: Lang) -> Table:
    """One line for each KPI: actual, target, attainment, pace and how far to trust it."""
    as_of = status.publication.manifest["as_of"]
    table = Table(title=f"{text(language, 'as_of')} {as_of}", title_justify="left")
    table.add_column("KPI", overflow="fold")
    table.add_column(word(language, "period"), no_wrap=True)
    for key in ("actual", "target", "attainment", "pace"):
        table.add_column(text(language, key), justify="right", no_wrap=True)
    for key in ("status", "trust"):
        table.add_column(text(language, key), no_wrap=True)
    for row in status.kpis:
        *cells, trust = kpi_cells(row, language)
        style = TRUST_STYLES.get(str(row["trust"]), "")
        table.add_row(
            *map(escape, cells), Text(trust, style=style), style="bold" * (row["role"] == "kgi")
        )
    return table


def kpi_columns(language: Lang) -> list[str]:
    """The headings of `kpi_cells`."""
    keys = ("actual", "target", "attainment", "pace", "status", "trust")
    return ["KPI", word(language, "period"), *(text(language, key) for key in keys)]


def kpi_cells(row: dict[str, Any], language: Lang) -> list[str]:
    """The cells of one KPI; a withheld one shows no number."""
    withheld = row["trust"] == "withheld"
    unit = str(row["unit"])
    pace = None if withheld else row["pace_index"]
    return [
        str(row[f"label_{language}"] or row["metric"]),
        _period(row),
        label(language, "trust", "withheld") if withheld else number(row["actual"], unit, language),
        number(row["target"], unit, language),
        NO_VALUE if withheld else percent(row["attainment"]),
        NO_VALUE if pace is None else f"{pace:.2f}",
        label(language, "status", row["status"]) if row["status"] else NO_VALUE,
        label(language, "trust", row["trust"]) if row["trust"] else NO_VALUE,
    ]


def flag_table(flags: Sequence[dict[str, Any]], language: Lang) -> Table:
    """One line for each open flag."""
    title = text(language, "flags_open", n=str(len(flags)))
    table = Table(title=title, title_justify="left")
    table.add_column(text(language, "severity"), no_wrap=True)
    for heading in (word(language, "cause"), "KPI", word(language, "detail")):
        table.add_column(heading, overflow="fold")
    for row in flags:
        table.add_row(
            label(language, "severity", row["severity"]),
            label(language, "cause", row["cause"]),
            escape(str(row["metric"] or NO_VALUE)),
            escape(str(row[f"detail_{language}"] or row["subject"] or NO_VALUE)),
        )
    return table


def check_table(results: Iterable["CheckResult"], language: Lang) -> Table:
    """One line for each check that did not pass."""
    table = Table()
    for heading in (text(language, "status"), text(language, "severity")):
        table.add_column(heading, no_wrap=True)
    for key in ("what", "detail"):
        table.add_column(word(language, key), overflow="fold")
    for result in results:
        detail = result.detail_ja if language == "ja" else result.detail_en
        table.add_row(
            text(language, result.status),
            label(language, "severity", result.severity),
            escape(f"{result.check_id} ({result.subject})"),
            escape(detail or result.observed or NO_VALUE),
        )
    return table


def _period(row: dict[str, Any]) -> str:
    if row["period_start"] is None:
        return NO_VALUE
    return f"{row['period_start']:%Y-%m-%d} – {row['period_end']:%Y-%m-%d}"
