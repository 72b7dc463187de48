"""Words about initiatives, in both languages; part of the page's texts."""

TEXTS: dict[str, tuple[str, str]] = {
    "initiatives": ("Initiatives", "施策"),
    "initiatives_lead": (
        "What is done for the KPIs, whether it worked, and what was decided. There is one verdict, "
        "when the planned time is over and final.",
        "KPIのための施策と、その効果・判断の一覧。判定は計画期間が終わり数値が確定した後に一度だけ行います。",
    ),
    "initiative_plan": ("Plan", "計画"),
    "initiative_do": ("Done", "実行"),
    "initiative_check": ("Checked", "評価"),
    "initiative_act": ("Act", "改善"),
    "phase.planned": ("planned", "計画中"),
    "phase.running": ("running", "実施中"),
    "phase.maturing": ("over, not final yet", "終了（数値確定待ち）"),
    "phase.to_review": ("to be decided", "判断待ち"),
    "phase.closed": ("closed", "完了"),
    "decision.adopt": ("adopted", "採用"),
    "decision.adapt": ("adapted", "改良"),
    "decision.abandon": ("abandoned", "中止"),
}  # fmt: skip
