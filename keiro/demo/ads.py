"""Google Ads: daily cost by campaign, and the monthly reports as the web interface gives them."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from keiro.demo.arrays import DAY, Bools, Floats, Ints, add_months, day_number, to_date
from keiro.demo.parameters import DemoParameters
from keiro.demo.sessions import FORM, Sessions
from keiro.demo.traffic import Traffic

# Not every click becomes a session that analytics sees.
CLICKS_PER_SESSION = 1.12
TEXTS = {
    False: {
        "title": "Campaign report",
        "header": "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,Conversions",
        "totals": ("Total: Campaigns", "Total: Account"),
    },
    True: {
        "title": "キャンペーン レポート",
        "header": "日,キャンペーン,キャンペーン ID,通貨コード,費用,表示回数,クリック数,"
        "コンバージョン",
        "totals": ("合計: キャンペーン", "合計: アカウント"),
    },
}


@dataclass(frozen=True)
class AdsCost:
    """One entry per day and campaign of the period, day by day."""

    day: Ints
    campaign: Ints
    cost_jpy: Ints
    impressions: Ints
    clicks: Ints
    conversions: Floats
    has_conversions: Bools


def simulate_ads(
    parameters: DemoParameters,
    sessions: Sessions,
    traffic: Traffic,
    rng: np.random.Generator,
) -> AdsCost:
    """Clicks follow the paid sessions, cost and impressions follow the clicks."""
    first, last = day_number(parameters.start), day_number(parameters.end)
    days, width = last - first + 1, len(parameters.campaigns)
    campaign = traffic.campaign
    day = sessions.started_at // DAY - first
    paid = (campaign >= 0) & (day >= 0)
    cell = day * width + campaign
    seen = np.bincount(cell[paid], minlength=days * width)
    forms = paid & (sessions.kind == FORM)
    conversions = np.bincount(cell[forms], minlength=days * width).astype(np.float64)
    clicks = seen + rng.binomial(np.maximum(seen * 2, 1), (CLICKS_PER_SESSION - 1) / 2)
    price = np.tile([entry.cost_per_click for entry in parameters.campaigns], days)
    rate = np.tile([entry.click_rate for entry in parameters.campaigns], days)
    noise = np.exp(0.12 * rng.standard_normal(days * width))
    cost = np.rint(clicks * price * noise).astype(np.int64)
    impressions = clicks + rng.poisson(np.maximum(clicks, 0.4) / rate)
    # Attribution gives part of some conversions to a later ad.
    conversions = np.where(
        (conversions > 0) & (rng.random(days * width) < 0.15), conversions - 0.5, conversions
    )
    counts = np.tile([entry.has_conversion_action for entry in parameters.campaigns], days)
    return AdsCost(
        day=np.repeat(np.arange(first, last + 1), width),
        campaign=np.tile(np.arange(width), days),
        cost_jpy=cost,
        impressions=impressions,
        clicks=clicks,
        conversions=np.where(counts, conversions, 0.0),
        has_conversions=counts & (impressions > 0),
    )


def months_of(parameters: DemoParameters) -> list[date]:
    """The first days of all months that the period touches."""
    months, month = [], parameters.start.replace(day=1)
    while month <= parameters.end:
        months.append(month)
        month = add_months(month, 1)
    return months


def is_japanese(parameters: DemoParameters, month: date) -> bool:
    """Whether a month's report is in Japanese: those of the second half of the period are."""
    months = months_of(parameters)
    return months.index(month) >= (len(months) + 1) // 2


def report_text(parameters: DemoParameters, ads: AdsCost, month: date) -> tuple[str, int]:
    """The report of one month (title, date range, header, rows, totals) and its count of rows."""
    japanese = is_japanese(parameters, month)
    texts = TEXTS[japanese]
    first = max(month, parameters.start)
    last = min(add_months(month, 1) - timedelta(days=1), parameters.end)
    rows = np.flatnonzero((ads.day >= day_number(first)) & (ads.day <= day_number(last)))
    lines = [str(texts["title"]), _date_range(first, last, japanese), str(texts["header"])]
    lines += [_row(parameters, ads, int(row)) for row in rows]
    totals = (
        f"--,--,JPY,{_number(int(ads.cost_jpy[rows].sum()))},"
        f"{_number(int(ads.impressions[rows].sum()))},{_number(int(ads.clicks[rows].sum()))},"
        f"{_number(float(ads.conversions[rows].sum()))}"
    )
    lines += [f"{label},{totals}" for label in texts["totals"]]
    return "\n".join(lines) + "\n", len(rows)


def _row(parameters: DemoParameters, ads: AdsCost, row: int) -> str:
    campaign = parameters.campaigns[int(ads.campaign[row])]
    conversions = _number(float(ads.conversions[row])) if ads.has_conversions[row] else "--"
    return (
        f"{to_date(int(ads.day[row]))},{campaign.name},{campaign.campaign_id},JPY,"
        f"{_number(int(ads.cost_jpy[row]))},{_number(int(ads.impressions[row]))},"
        f"{_number(int(ads.clicks[row]))},{conversions}"
    )


def _number(value: float) -> str:
    """A number as the report writes it: quoted where it carries thousands separators."""
    text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    return f'"{text}"' if "," in text else text


def _date_range(first: date, last: date, japanese: bool) -> str:
    if japanese:
        return "～".join(f"{day.year}年{day.month}月{day.day}日" for day in (first, last))
    return '"' + " - ".join(f"{day:%B} {day.day}, {day.year}" for day in (first, last)) + '"'
