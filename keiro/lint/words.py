"""What `keiro lint` says around its findings, in both languages."""

from typing import Any

from keiro.report.labels import LANGUAGES, Lang

WORDS: dict[str, tuple[str, str]] = {
    "severity.error": ("error", "エラー"),
    "severity.warning": ("warning", "警告"),
    "severity.info": ("for information", "情報"),
    "grain.day": ("day", "日次"),
    "grain.week": ("week", "週次"),
    "grain.month": ("month", "月次"),
    "grain.fiscal_quarter": ("fiscal quarter", "四半期"),
    "grain.fiscal_year": ("fiscal year", "年度"),
    "remedy": ("remedy", "対応"),
    "clean": ("No finding.", "指摘はありません。"),
    "counts": (
        "{error} errors, {warning} warnings, {info} for information.",
        "エラー{error}件、警告{warning}件、情報{info}件。",
    ),
    "switched_off": (
        "{n} findings are switched off, each with a reason (--format json lists them).",
        "理由つきで無効にした指摘が{n}件あります（--format json で一覧）。",
    ),
    "left_out": (
        "Nothing is published yet, so {n} rules that need data were left out: {names}.",
        "まだ公開されたデータがないため、データを使う{n}個のルールは適用していません：{names}。",
    ),
}


def say(language: Lang, key: str, **values: Any) -> str:
    """A text in the reader's language, its fields filled in."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)
