"""Words about the design of the KPIs, in both languages; part of the page's texts."""

TEXTS: dict[str, tuple[str, str]] = {
    "design": ("Design of the KPIs", "KPIの設計"),
    "design_lead": (
        "Whether the KPIs are specific, measurable, achievable, relevant and time-bound, by rules; "
        "`keiro lint` lists all findings.",
        "KPIが具体的・測定可能・達成可能・関連性あり・期限つきかをルールで点検した結果。"
        "全件は keiro lint で確認できます。",
    ),
    "design_counts": (
        "Errors: {error}, warnings: {warning}, for information: {info}",
        "エラー：{error}件、警告：{warning}件、情報：{info}件",
    ),
    "design_none": ("The rules find nothing.", "指摘はありません。"),
    "design_more": ("and {n} more", "ほか{n}件"),
    "design_off": (
        "Switched off with a reason: {n}",
        "理由つきで無効にした指摘：{n}件",
    ),
    "design_rule": ("Rule", "ルール"),
    "design_finding": ("Finding", "指摘"),
    "finding.error": ("error", "エラー"),
    "finding.warning": ("warning", "警告"),
    "finding.info": ("for information", "情報"),
}  # fmt: skip
