"""What `keiro as-of` and `keiro bridge` say, in English and Japanese."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from keiro.ledger.bridge import CAUSES, Bridge
from keiro.ledger.history import Known
from keiro.report.formats import NO_VALUE, number
from keiro.report.labels import LANGUAGES, Lang
from keiro.report.labels import word as label

WORDS: dict[str, tuple[str, str]] = {
    "title": (
        "Known on {day}: published {published_at} UTC, as of {as_of}",
        "{day} 時点の公表値：公開 {published_at} UTC、基準日 {as_of}",
    ),
    "period": ("Period", "期間"),
    "then": ("Then", "当時"),
    "now": ("Now", "現在"),
    "change": ("Change", "差"),
    "maturity": ("Status then", "当時の確度"),
    "trust": ("Trust then", "当時の信頼度"),
    "bridge": (
        "From what was final on {day} (published {published_at} UTC) to today",
        "{day} 時点の確定値（公開 {published_at} UTC）から現在までの差",
    ),
    "unchanged": (
        "Every value that was final on {day} and has one today is the same.",
        "{day} 時点で確定し現在も値のあるものは、すべて同じ値です。",
    ),
    "gone": (
        "{n} more were final and have no value now: withheld, or no longer reported.",
        "ほか {n} 件は確定していましたが、現在は値がありません（保留または対象外）。",
    ),
    "definition_change": ("Definition", "定義変更"),
    "late_data": ("Late data", "遅延データ"),
    "deletions_and_merges": ("Deleted, merged", "削除・統合"),
    "correction": ("Correction", "訂正"),
    "redefined": ("* defined otherwise since", "※ その後に定義を変更"),
}


def say(language: Lang, key: str, **values: Any) -> str:
    """A text in the reader's language."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def known_table(known: Known, language: Lang) -> Table:
    """One line for each KPI: what was reported then, and what is reported of the period now."""
    title = say(
        language,
        "title",
        day=known.day,
        published_at=f"{known.published_at:%Y-%m-%d %H:%M}",
        as_of=known.as_of,
    )
    table = Table(title=title, title_justify="left")
    table.add_column("KPI", overflow="fold")
    table.add_column(say(language, "period"), no_wrap=True)
    for key in ("then", "now", "change"):
        table.add_column(say(language, key), justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    for key in ("maturity", "trust"):
        table.add_column(say(language, key), no_wrap=True)
    for row in known.kpis:
        cells = known_cells(row, language)
        table.add_row(*map(escape, cells), style="bold" * (row["role"] == "kgi"))
    if any(row["is_redefined"] for row in known.kpis):
        table.caption = say(language, "redefined")
    return table


def bridge_table(bridge: Bridge, language: Lang) -> Table:
    """One line for each value that changed: reported + causes = now."""
    title = say(
        language,
        "bridge",
        day=bridge.day,
        published_at=f"{bridge.published_at:%Y-%m-%d %H:%M}",
    )
    table = Table(title=title, title_justify="left")
    table.add_column("KPI", overflow="fold")
    table.add_column(say(language, "period"), no_wrap=True)
    for key in ("then", *CAUSES, "now"):
        table.add_column(say(language, key), justify="right", no_wrap=True)
    for row in bridge.rows:
        table.add_row(*map(escape, bridge_cells(row, language)))
    return table


def bridge_cells(row: dict[str, Any], language: Lang) -> list[str]:
    """The cells of one value; a cause that changed nothing shows none."""
    unit = str(row["unit"])
    causes = [number(row[key], unit, language) if row[key] else NO_VALUE for key in CAUSES]
    return [
        str(row[f"label_{language}"] or row["metric"]),
        f"{row['period_start']:%Y-%m-%d} – {row['period_end']:%Y-%m-%d}",
        number(row["reported"], unit, language),
        *causes,
        number(row["today"], unit, language),
    ]


def known_cells(row: dict[str, Any], language: Lang) -> list[str]:
    """The cells of one KPI. Values under two definitions are shown and not subtracted."""
    unit = str(row["unit"])
    then, now = row["value"], row["value_today"]
    comparable = then is not None and now is not None and not row["is_redefined"]
    star = ("*", "※")[LANGUAGES.index(language)] if row["is_redefined"] else ""
    return [
        str(row[f"label_{language}"] or row["metric"]) + star,
        f"{row['period_start']:%Y-%m-%d} – {row['period_end']:%Y-%m-%d}",
        _value(then, row["trust"], unit, language),
        _value(now, row["trust_today"], unit, language),
        number(now - then, unit, language) if comparable else NO_VALUE,
        NO_VALUE if row["n"] is None else f"{row['n']:,}",
        label(language, "maturity", row["status"]),
        label(language, "trust", row["trust"]),
    ]


def _value(value: float | None, trust: str | None, unit: str, language: Lang) -> str:
    if trust == "withheld":
        return label(language, "trust", "withheld")
    return number(value, unit, language)
