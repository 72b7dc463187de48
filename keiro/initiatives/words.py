"""What `keiro review` says, in English and Japanese."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from keiro.initiatives.review import Review
from keiro.initiatives.wording import DESIGN_WORDS
from keiro.report.formats import NO_VALUE
from keiro.report.labels import LANGUAGES, Lang
from keiro.report.labels import word as label

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Initiatives as of {as_of}", "施策（基準日 {as_of}）"),
    "none": (
        "There are no initiatives in seeds/initiatives.csv",
        "seeds/initiatives.csv に施策がありません",
    ),
    "initiative": ("Initiative", "施策"),
    "plan": ("Plan", "計画"),
    "do": ("Done", "実行"),
    "check": ("Checked", "評価"),
    "act": ("Act", "改善"),
    "expected": ("{effect} of {kpi}", "{kpi} {effect}"),
    "detectable": ("detectable: {least}", "検出可能な最小効果：{least}"),
    "guardrail": ("Guardrail: {detail}", "監視指標：{detail}"),
    "due": ("to be decided by {day}", "判断期限 {day}"),
    "overdue": ("OVERDUE since {day}", "期限超過（{day}）"),
    "decided": ("{decision} on {day}", "{decision}（{day}）"),
    "some_overdue": ("{n} overdue: {names}", "期限超過 {n} 件：{names}"),
}


def say(language: Lang, key: str, **values: Any) -> str:
    """A text in the reader's language."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def review_table(review: Review, language: Lang) -> Table:
    """One line for each initiative with the four steps of its cycle."""
    title = say(language, "title", as_of=review.as_of)
    table = Table(title=title, title_justify="left", show_lines=True)
    for key in ("initiative", "plan", "do", "check", "act"):
        table.add_column(say(language, key), overflow="fold")
    for row in review.initiatives:
        cells = review_cells(row, language)
        table.add_row(*map(escape, cells), style="bold" * bool(row["is_overdue"]))
    return table


def review_cells(row: dict[str, Any], language: Lang) -> list[str]:
    """The cells of one initiative: who and what, plan, done, checked, act."""
    detail = row[f"detail_{language}"] or NO_VALUE
    guardrail = row[f"guardrail_detail_{language}"]
    return [
        f"{row[f'name_{language}']}\n{row['owner']}",
        _plan(row, language),
        f"{row['start_date']} – {row['end_date']}\n{label(language, 'phase', row['phase'])}",
        detail + (f"\n{say(language, 'guardrail', detail=guardrail)}" if guardrail else ""),
        act(row, language),
    ]


def act(row: dict[str, Any], language: Lang) -> str:
    """What was decided and what followed, or until when it is to be."""
    if row["decision"]:
        decision = label(language, "decision", row["decision"])
        decided = say(language, "decided", decision=decision, day=row["reviewed_date"])
        return decided + (f"\n{row['linked_change']}" if row["linked_change"] else "")
    key = "overdue" if row["is_overdue"] else "due"
    return say(language, key, day=row["review_due_date"])


def _plan(row: dict[str, Any], language: Lang) -> str:
    kpi = str(row[f"label_{language}"] or row["metric"])
    if row["scope"] != "all":
        kpi += f" ({row['scope']})"
    least = row["planned_detectable"]
    lines = [
        say(language, "expected", effect=f"{row['expected_effect']:+.0%}", kpi=kpi),
        DESIGN_WORDS[row["design"]][LANGUAGES.index(language)],
    ]
    if least is not None:
        lines.append(say(language, "detectable", least=f"{least:+.1%}"))
    return "\n".join(lines)
