"""Words of the funnel's process: speed, handovers, origins; read by `labels`."""

PROCESS_TEXTS: dict[str, tuple[str, str]] = {
    # rates of cohorts that no KPI covers
    "of_projection": (
        "n = {n}, {followed} followed for all days, the others projected; {period}",
        "n = {n}（うち全期間追跡済み{followed}、残りは推計）、{period}",
    ),
    "interval": ("95 %: {lower} – {upper}", "95%区間：{lower}～{upper}"),
    # speed
    "velocity": ("How fast, and who waits too long", "速さと滞留"),
    "velocity_lead": (
        "The day by which half, and a quarter to three quarters, of the conversions within the "
        "horizon have happened, with those still open taken into account. Ageing: open for longer "
        "than four fifths of the conversions took.",
        "期限内の転換のうち半数（および4分の1から4分の3）が起きる日数。まだ結果の出ていない人も考慮しています。"
        "滞留：転換の5分の4にかかる日数より長く待っている人。",
    ),
    "pair": ("From – to", "区間"),
    "median_days": ("Half within (days)", "半数の日数"),
    "middle_days": ("Middle half (days)", "中央50%の日数"),
    "waiting": ("Open now", "現在待機中"),
    "ageing": ("Ageing", "滞留"),
    "not_judged": ("not known", "不明"),
    # handovers
    "handovers": ("From marketing to sales", "マーケティングから営業への引き渡し"),
    "handovers_lead": (
        "What sales did with the MQLs of each month whose SLA is over. Late answers still lower "
        "those never touched.",
        "SLA期間が過ぎたMQLに対する営業の対応（MQL化の月別）。遅れた回答により「未対応」は後から減ります。",
    ),
    "mqls_due": ("MQLs due", "対象MQL"),
    "outcome.accepted": ("Accepted", "受け入れ"),
    "outcome.rejected": ("Rejected", "差し戻し"),
    "outcome.never_touched": ("Never touched", "未対応"),
    "answered_in_time": ("Answered in time", "SLA内の回答"),
    "reasons": ("Why sales turned them down", "差し戻しの理由"),
    "reason.not_stated": ("not stated", "記載なし"),
    "reason.other": ("other", "その他"),
    # origins
    "origins": ("What marketing may claim", "マーケティングの貢献範囲"),
    "origins_lead": (
        "Won amount of {period} by definition of origin. The definitions overlap and are no parts "
        "of a whole. None of them says what caused a deal.",
        "{period}の受注金額を起点の定義別に示します。定義どうしは重なり合い、合計しても全体にはなりません。"
        "いずれも因果関係を示すものではありません。",
    ),
    "origins_band": (
        "By definition between {lower} and {upper} of the won amount; {rest} has no known touch.",
        "定義により受注金額の{lower}から{upper}。接点が不明な分は{rest}。",
    ),
    "origins_none": ("No deal was won in {period} yet.", "{period}の受注はまだありません。"),
    "origins_few": (
        "{n} deals were won: too few for shares.",
        "受注は{n}件で、割合を示すには少なすぎます。",
    ),
    "origin_definition": ("Definition", "定義"),
    "won_amount": ("Won amount", "受注金額"),
    "deals": ("Deals", "件数"),
    "origin.is_sourced_by_lead_source": (
        "Sourced, by lead source",
        "創出（リードソース基準）",
    ),
    "origin.is_sourced_by_first_touch": (
        "Sourced, by first touch",
        "創出（初回接点基準）",
    ),
    "origin.is_sourced_by_touch_before_creation": (
        "Sourced, by a touch before creation",
        "創出（作成前接点基準）",
    ),
    "origin.is_influenced_before_creation": (
        "Influenced before creation",
        "影響（商談作成前）",
    ),
    "origin.is_influenced_before_close": (
        "Influenced before the close",
        "影響（クローズ前）",
    ),
    "origin.is_unattributed": ("No known touch", "接点不明"),
}
