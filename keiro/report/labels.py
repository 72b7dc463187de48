"""Every word that the page says, in both languages, in one place.

A text may hold named fields in braces; both languages have the same ones.
"""

from typing import Literal

from keiro.report.labels_designs import TEXTS as DESIGNS
from keiro.report.labels_initiatives import TEXTS as INITIATIVES
from keiro.report.labels_process import PROCESS_TEXTS

Lang = Literal["en", "ja"]
LANGUAGES: tuple[Lang, ...] = ("en", "ja")

TEXTS: dict[str, tuple[str, str]] = {
    # page
    "title": ("KPI report", "KPIレポート"),
    "brand_note": ("the route to the goal", "目標への経路"),
    "language": ("Language", "言語"),
    "as_of": ("As of", "基準日"),
    "version": ("Version", "版"),
    "published_at": ("Published at", "公開日時"),
    "contents": ("Contents", "目次"),
    "skip": ("Skip to the content", "本文へ移動"),
    "no_script": (
        "The charts need JavaScript; all numbers are in the text and tables.",
        "グラフの表示にはJavaScriptが必要です。数値はすべて本文と表にあります。",
    ),
    "this_period": ("this period", "当期"),
    "unknown": ("unknown", "不明"),
    "legend": ("Legend", "凡例"),
    # summary
    "summary": ("In one minute", "1分でわかる現状"),
    "q_route": ("Are we on the route?", "目標への経路に乗っているか"),
    "q_holds": ("What holds us back most?", "最も足を引っ張っているのは何か"),
    "q_trust": ("Which numbers not to rely on?", "信頼できない数値はどれか"),
    "kgi_none": ("No KGI is defined.", "KGIが定義されていません。"),
    "kgi_no_target": (
        "{label} stands at {actual}; it has no target.",
        "{label}は{actual}です。目標が設定されていません。",
    ),
    "kgi_withheld": (
        "{label} is withheld ({cause}).",
        "{label}は公表を保留しています（{cause}）。",
    ),
    "kgi_no_value": ("{label} has no value yet.", "{label}はまだ値がありません。"),
    "kgi_paced": (
        "{label}: {actual} of {target} ({attainment}). "
        "{expected} was to be reached by now, so this is {pace} of the pace.",
        "{label}：目標{target}に対し{actual}（達成率{attainment}）。"
        "現時点の想定は{expected}で、ペースは{pace}です。",
    ),
    "kgi_compared": (
        "{label}: {actual} against a target of {target} ({attainment}).",
        "{label}：目標{target}に対し{actual}（達成率{attainment}）。",
    ),
    "holds_none": (
        "No KPI with a target is behind.",
        "目標に遅れているKPIはありません。",
    ),
    "holds_pace": ("{share} of the pace", "ペース{share}"),
    "holds_target": ("{share} of the target", "目標比{share}"),
    "trust_none": (
        "No current number is withheld or drifting.",
        "保留中・変調中の数値はありません。",
    ),
    "trust_more": ("and {n} more, below", "ほか{n}件（下記）"),
    "flags_open": ("Open flags: {n}", "未解決のフラグ：{n}件"),
    # KGI
    "actual": ("Actual", "実績"),
    "target": ("Target", "目標"),
    "attainment": ("Attainment", "達成率"),
    "pace": ("Pace", "ペース"),
    "pace_note": (
        "actual ÷ what was to be reached by now, by business days",
        "実績 ÷ 営業日ベースの現時点の想定",
    ),
    "expected": ("Expected by now", "現時点の想定"),
    "expected_note": (
        "{share} of the period's business days have passed",
        "期間の営業日の{share}が経過",
    ),
    "status": ("Status", "状況"),
    "trust": ("Trust", "信頼度"),
    "remaining": ("Still to go", "残り"),
    "forecast": ("Expected at the end", "着地見込み"),
    "forecast_note": ("80 % interval: {lower} to {upper}", "80%区間: {lower}～{upper}"),
    "p_hit": ("Chance of the target", "目標達成の確率"),
    "p_hit_note": ("by the forecast's distribution", "着地見込みの分布から計算"),
    "coverage": ("Pipeline coverage", "パイプライン充足率"),
    "coverage_note": (
        "open / what is left of the target; {required} would be needed",
        "進行中 ÷ 目標までの残り。必要な水準は{required}",
    ),
    "no_forecast": ("No forecast", "見込みなし"),
    "forecast_reason.withheld": ("the value is withheld", "実績値が保留中です"),
    "forecast_reason.short_history": ("the history is too short", "過去の期間が不足しています"),
    "forecast_reason.no_parts": ("a median or formula", "中央値または計算式の指標です"),
    "scores": ("How right were past forecasts?", "過去の見込みはどれだけ当たったか"),
    "scores_note": (
        "Past months and fiscal quarters, replayed. The Brier score is the squared distance of the "
        "chance from what happened (0 is best), beside that of a plain run rate.",
        "過去の月と四半期で再現。ブライアスコアは確率と結果の差の二乗平均（0が最良）で、"
        "単純な進捗換算と比べています。",
    ),
    "score_horizon": ("Business days left", "残り営業日"),
    "score_n": ("Cases", "件数"),
    "score_coverage": ("Within the 80 % interval", "80%区間に入った割合"),
    "score_brier": ("Brier score", "ブライアスコア"),
    "score_run_rate": ("Run rate's", "単純な進捗換算"),
    "score_all": ("all", "全体"),
    "score_few": ("too few", "件数不足"),
    "remaining_note": ("{n} business days left", "残り営業日 {n}日"),
    "cumulative": ("Cumulative, {period}", "累計（{period}）"),
    "cumulative_hole": (
        "Days that are withheld count as zero in this line.",
        "保留中の日はこの線では0として数えています。",
    ),
    "line_actual": ("actual", "実績"),
    "line_pace": ("pace by business days", "営業日ベースのペース"),
    "line_before": ("year before", "前年度"),
    "line_forecast": ("expected, with the 80 % interval", "着地見込みと80%区間"),
    # tree
    "tree": ("The KPI tree", "KPIツリー"),
    "tree_lead": (
        "The goal, the main KPIs that lead to it, and what drives them. "
        "Open a line for its definition.",
        "ゴールと、それを導く主要KPI、そしてその要因。行を開くと定義が表示されます。",
    ),
    "tree_empty": ("No KPI is defined yet.", "KPIがまだ定義されていません。"),
    "kpi": ("KPI", "KPI"),
    "value": ("Value", "値"),
    "progress": ("Attainment and pace", "達成率とペース"),
    "trend": ("12 months", "12か月"),
    "bar_mark": (
        "the mark on the bar: what is expected by now; for rates and stocks, the target",
        "バーの印：現時点の想定（率や残高では目標）",
    ),
    "definition": ("Definition", "定義"),
    "formula": ("Formula", "計算式"),
    "role": ("Role", "役割"),
    "owner": ("Owner", "担当"),
    "unit": ("Unit", "単位"),
    "cases": ("Cases (n)", "件数（n）"),
    "period": ("Period", "期間"),
    "value_status": ("Maturity", "確定状況"),
    "metric_name": ("Metric", "指標名"),
    "direction": ("Better when", "望ましい方向"),
    "no_target": ("no target", "目標なし"),
    "why_withheld": ("Withheld because", "保留の理由"),
    "no_value": ("no value", "値なし"),
    "pace_short": ("pace {share}", "ペース{share}"),
    # funnel
    "funnel": ("The funnel", "ファネル"),
    "funnel_lead": (
        "People who entered each stage in {period}, and how many of a cohort reach the next stage "
        "within the days stated: of those followed for all of these days or, where it says so, "
        "projected for the others.",
        "{period}に各ステージへ入った人数と、次のステージへの転換率。"
        "転換率は、所定の日数を最後まで追跡できた人で計算し、推計を含む場合はその旨を示しています。",
    ),
    "funnel_empty": ("No stage is defined yet.", "ステージがまだ定義されていません。"),
    "entered": ("entered", "流入"),
    "within_days": ("within {n} days", "{n}日以内"),
    "of_cohort": ("n = {n}, {period}", "n = {n}、{period}"),
    "no_rate": ("not measured", "未計測"),
    "too_young": (
        "nobody was followed for {n} days yet",
        "{n}日間追跡できた人がまだいません",
    ),
    "outcomes": (
        "Where those who entered in {period} are now",
        "{period}に入った人の現在の状況",
    ),
    "outcome_advanced": ("moved on", "次へ進んだ"),
    "outcome_open": ("not yet", "まだ"),
    "outcome_lost": ("lost", "失注・対象外"),
    "stage": ("Stage", "ステージ"),
    "people": ("People", "人数"),
    "share": ("Share", "割合"),
    # trends
    "trends": ("Trends", "推移"),
    "trends_lead": (
        "Monthly values of the goal, the main KPIs and the conversions.",
        "ゴール、主要KPI、転換率の月次推移。",
    ),
    "trends_empty": ("There are no monthly values yet.", "月次の値がまだありません。"),
    "legend_final": ("final", "確定"),
    "legend_provisional": ("provisional", "暫定"),
    "legend_insufficient": ("too few cases", "件数不足"),
    "legend_flagged": ("flagged", "フラグあり"),
    "legend_withheld": ("withheld", "保留"),
    "legend_target": ("target", "目標"),
    "as_table": ("Monthly values as a table", "月次の値を表で見る"),
    "month": ("Month", "月"),
    "chart_months": (
        "{label} by month, {first} to {last}; latest {value}.",
        "{label}の月次推移、{first}から{last}、最新値{value}。",
    ),
    "chart_cumulative": (
        "{label}, cumulative over {period}: {actual}; expected by now {expected}.",
        "{label}の累計（{period}）：{actual}、現時点の想定{expected}。",
    ),
    "chart_spark": ("{label}, last 12 months", "{label}の過去12か月"),
    # flags
    "flags": ("Flags", "フラグ"),
    "flags_lead": (
        "What is broken, what drifts and what could not be checked.",
        "壊れている指標、変調している指標、検査できなかったもの。",
    ),
    "flags_none": ("No flag is open.", "未解決のフラグはありません。"),
    "flags_rest": ("More open flags: {n}", "ほかの未解決フラグ：{n}件"),
    "flags_closed": ("Closed flags: {n}", "解決済みのフラグ：{n}件"),
    "since": ("Since", "発生"),
    "concerns": ("Period", "対象期間"),
    "closed_on": ("Closed", "解決"),
    "cause": ("Cause", "原因"),
    "severity": ("Severity", "重大度"),
    "remedy": ("What to do", "対応"),
    "withheld_list": ("Withheld numbers", "公表を保留している数値"),
    "withheld_none": ("No number is withheld.", "保留している数値はありません。"),
    "withheld_what": ("Periods", "対象期間"),
    "reason": ("Reason", "理由"),
    "scope_all": ("overall", "全体"),
    "only_scopes": ("in {scopes}", "{scopes}"),
    # data
    "data": ("The data behind this page", "このページのデータ"),
    "loads": ("Loaded files", "読み込んだファイル"),
    "loads_none": ("No file has been loaded.", "読み込まれたファイルはありません。"),
    "source": ("Source", "データ源"),
    "files": ("Files", "ファイル"),
    "rows_in": ("Rows in", "入力行"),
    "rows_loaded": ("Loaded", "読込"),
    "rows_unchanged": ("Unchanged", "変更なし"),
    "rows_quarantined": ("Quarantined", "隔離"),
    "duplicates": ("Delivered twice", "重複納品"),
    "refused": ("Refused files", "拒否ファイル"),
    "held": ("Held back", "保留ファイル"),
    "rows_deleted": ("Deleted", "削除"),
    "refusals": ("Refused and held files, and why", "拒否・保留されたファイルと理由"),
    "quarantine": ("Quarantined rows by reason", "隔離された行の理由"),
    "rows": ("Rows", "行数"),
    "total": ("Total", "合計"),
    "checks": ("Checks", "検査"),
    "checks_none": ("No check has run.", "実行された検査はありません。"),
    "layer": ("Layer", "層"),
    "passed": ("Passed", "合格"),
    "failed": ("Failed", "不合格"),
    "errored": ("Could not run", "実行不能"),
    # words of the data
    "status.reached": ("reached", "達成"),
    "status.on_track": ("on track", "順調"),
    "status.slightly_behind": ("slightly behind", "やや遅れ"),
    "status.behind": ("behind", "遅れ"),
    "status.insufficient": ("not enough data", "データ不足"),
    "status.withheld": ("withheld", "保留"),
    "status.no_target": ("no target", "目標なし"),
    "maturity.final": ("final", "確定"),
    "maturity.provisional": ("provisional", "暫定"),
    "maturity.insufficient": ("too few cases", "件数不足"),
    "trust.ok": ("trusted", "信頼可"),
    "trust.drifting": ("drifting", "変調あり"),
    "trust.withheld": ("withheld", "保留"),
    "role.kgi": ("KGI", "KGI"),
    "role.main": ("main KPI", "主要KPI"),
    "role.driver": ("driver", "要因"),
    "role.guardrail": ("guardrail", "監視"),
    "kind.broken": ("broken", "破損"),
    "kind.drifting": ("drifting", "変調"),
    "kind.error": ("check could not run", "検査不能"),
    "cause.pipeline": ("data delivery", "データ連携"),
    "cause.instrumentation": ("measurement", "計測"),
    "cause.definition": ("definition changed", "定義変更"),
    "cause.lateness": ("late data", "データ遅延"),
    "cause.mix": ("change of mix", "構成変化"),
    "cause.business": ("business", "事業要因"),
    "cause.unknown": ("unknown cause", "原因不明"),
    "severity.critical": ("critical", "重大"),
    "severity.warning": ("warning", "警告"),
    "severity.info": ("for information", "情報"),
    "direction.up": ("higher", "高いほど良い"),
    "direction.down": ("lower", "低いほど良い"),
    "unit.count": ("count", "件数"),
    "unit.ratio": ("share (%)", "割合（%）"),
    "unit.days": ("days", "日数"),
    "layer.raw": ("raw data", "生データ"),
    "layer.funnel": ("funnel tables", "ファネル"),
    "layer.kpi": ("KPIs", "KPI"),
    "grain.fiscal_year": ("fiscal years", "年度"),
    "grain.fiscal_quarter": ("fiscal quarters", "四半期"),
    "grain.month": ("months", "か月"),
    "grain.week": ("weeks", "週"),
    "grain.day": ("days", "日"),
    "one.fiscal_year": ("fiscal year", "年度"),
    "one.fiscal_quarter": ("fiscal quarter", "四半期"),
    "one.month": ("month", "か月"),
    "one.week": ("week", "週"),
    "one.day": ("day", "日"),
    **INITIATIVES,
    **DESIGNS,
    **PROCESS_TEXTS,
}


def text(lang: Lang, key: str, **values: str) -> str:
    """The text of `key` in a language, its fields filled in. Raises KeyError on an unknown key."""
    return TEXTS[key][LANGUAGES.index(lang)].format(**values)


def word(lang: Lang, family: str, value: str | None) -> str:
    """The word for a value of the data (`family` as in `status`), or the value itself."""
    if not value:
        return text(lang, "unknown")
    entry = TEXTS.get(f"{family}.{value}")
    return entry[LANGUAGES.index(lang)] if entry else value
