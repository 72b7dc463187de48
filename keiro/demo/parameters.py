"""All parameters of the simulated company in one frozen dataclass."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import numpy as np

from keiro.demo.arrays import Floats

STEPS = ("mql", "sal", "sql", "opportunity", "won")
STAGES = ("visit", "lead", *STEPS)


@dataclass(frozen=True)
class Lag:
    """A delay in business days: lognormal (median, sigma) or gamma (mean, shape)."""

    kind: Literal["lognormal", "gamma"]
    centre: float
    shape: float

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        """`size` delays of at least six working minutes."""
        if self.kind == "lognormal":
            days = self.centre * np.exp(self.shape * rng.standard_normal(size))
        else:
            days = rng.gamma(self.shape, self.centre / self.shape, size)
        return np.maximum(days, 0.01)


@dataclass(frozen=True)
class Channel:
    """Where people come from. `visitor_share` is among web visitors, 0 for offline channels."""

    name: str
    source_en: str
    source_ja: str
    visitor_share: float
    lead_probability: float
    mql_probability: float


@dataclass(frozen=True)
class Step:
    """One step of the funnel: who goes on, after which delay, and who is disqualified instead."""

    probability: float
    lag: Lag
    disqualified_share: float
    disqualified_lag: Lag


@dataclass(frozen=True)
class Campaign:
    """A Google Ads campaign: share of the paid clicks, mean cost of a click in JPY."""

    name: str
    campaign_id: int
    share: float
    cost_per_click: float
    click_rate: float
    has_conversion_action: bool = True


CHANNELS = (
    Channel("organic_search", "Organic Search", "オーガニック検索", 0.40, 0.081, 0.46),
    Channel("paid_search", "Paid Search", "有料検索", 0.20, 0.092, 0.40),
    Channel("social", "Organic Social", "オーガニックソーシャル", 0.09, 0.042, 0.32),
    Channel("email", "Email Marketing", "Eメールマーケティング", 0.05, 0.130, 0.56),
    Channel("referral", "Referrals", "参照元", 0.10, 0.102, 0.55),
    Channel("direct", "Direct Traffic", "ダイレクトトラフィック", 0.16, 0.078, 0.46),
    Channel("seminar", "Offline Sources", "オフラインソース", 0.0, 0.0, 0.47),
)

# People whom sales found and entered by hand; only where the demo is asked for them.
OUTBOUND = Channel("outbound", "Offline Sources", "オフラインソース", 0.0, 0.0, 0.75)

STEP_MODEL = {
    # The mql probability is the channel's; see Channel.mql_probability.
    "mql": Step(0.45, Lag("lognormal", 5.0, 0.9), 0.20, Lag("lognormal", 6.0, 0.8)),
    "sal": Step(0.67, Lag("gamma", 3.5, 1.6), 0.65, Lag("gamma", 5.0, 1.6)),
    "sql": Step(0.70, Lag("lognormal", 8.0, 0.8), 0.60, Lag("lognormal", 10.0, 0.7)),
    "opportunity": Step(0.65, Lag("lognormal", 7.0, 0.8), 0.60, Lag("lognormal", 12.0, 0.7)),
    "won": Step(0.30, Lag("lognormal", 52.0, 0.55), 1.0, Lag("lognormal", 42.0, 0.7)),
}

CAMPAIGNS = (
    Campaign("Brand_Search", 20145678901, 0.22, 210.0, 0.120),
    Campaign("Generic_CRM導入", 20145678902, 0.44, 780.0, 0.042),
    Campaign("Competitor_Terms", 20145678903, 0.20, 940.0, 0.031),
    Campaign("Remarketing_Display", 20145678904, 0.14, 160.0, 0.006, has_conversion_action=False),
)


PAGES = (
    "/", "/products/", "/products/crm/", "/pricing/", "/cases/", "/blog/kpi-tree/",
    "/blog/lead-scoring/", "/seminars/", "/company/", "/contact/", "/download/whitepaper/",
)  # fmt: skip


@dataclass(frozen=True)
class DemoParameters:
    """The company at scale 1. Rates per day are averages around `level_date`."""

    start: date
    end: date
    scale: float = 1.0
    seed: int = 0
    # Before `start` people live already, so that the first day is not the company's first one:
    # the CRM knows them, while web events, cost and seminar lists begin at `start`.
    history_days: int = 183

    level_date: date = date(2025, 10, 1)
    yearly_growth: float = 0.22
    visitors_per_day: float = 62.0
    day_noise: float = 0.06
    # April to March is the fiscal year; budgets are planned in autumn and spent before March.
    month_factors: tuple[float, ...] = (
        0.94, 1.04, 1.06, 1.02, 0.96, 1.04, 1.02, 0.90, 1.05, 1.07, 1.06, 0.90,
    )  # fmt: skip
    weekday_factors: tuple[float, ...] = (1.16, 1.24, 1.22, 1.18, 1.08, 0.55, 0.50)
    holiday_factor: float = 0.45
    closure_factor: float = 0.60
    # Share of web visitors by hour of the day, 0 to 23.
    hour_weights: tuple[float, ...] = (
        0.8, 0.5, 0.3, 0.2, 0.2, 0.4, 0.8, 1.8, 3.8, 6.8, 8.2, 7.8,
        6.0, 7.6, 8.2, 8.0, 7.4, 6.2, 4.4, 3.2, 2.8, 2.6, 2.2, 1.4,
    )  # fmt: skip

    channels: tuple[Channel, ...] = CHANNELS
    steps: dict[str, Step] = field(default_factory=lambda: dict(STEP_MODEL))
    campaigns: tuple[Campaign, ...] = CAMPAIGNS

    lead_in_first_session: float = 0.5
    lead_delay_days: Lag = Lag("lognormal", 9.0, 1.0)
    returns_without_lead: float = 0.33
    returns_before_lead: float = 0.8
    returns_after_lead: float = 2.0
    return_days_after_lead: float = 35.0
    seminar_people_visiting: float = 0.4
    weekend_visit_kept: float = 0.35

    # The last two pages hold the form; `form_event` is what sending it is to analytics.
    pages: tuple[str, ...] = PAGES
    form_event: str = "generate_lead"

    no_consent_share: float = 0.035
    cookie_change: float = 0.08
    contact_without_client_id: float = 0.04
    second_form: float = 0.008
    skipped_stage: float = 0.025
    deal_without_amount: float = 0.012
    freemail_share: float = 0.05

    seminars_per_month: int = 2
    seminar_registrants: tuple[int, int] = (25, 60)
    seminar_new_share: float = 0.62
    seminar_attendance: float = 0.65
    seminar_mql_attended: float = 0.60
    seminar_mql_absent: float = 0.24
    seminar_follow_up: float = 0.85
    seminar_follow_up_absent: float = 0.10
    # Business days after the seminar: 0, 1, 2, … ; most within three.
    follow_up_day_weights: tuple[float, ...] = (
        0.08, 0.38, 0.26, 0.15, 0.05, 0.03, 0.02, 0.02, 0.01,
    )  # fmt: skip

    # Whether nurture scenarios mail the leads; which share they take on, and what it brings.
    nurture: bool = False
    nurture_share: float = 0.8
    nurture_lift: float = 1.3

    # Whether sales finds people of its own; how many on a business day, and how large they buy.
    outbound: bool = False
    outbound_per_day: float = 6.5
    outbound_amount_factor: float = 3.0

    amount_median_jpy: float = 1_800_000.0
    amount_sigma: float = 0.7
    # Closings that would fall shortly after the end of a half-year are pulled before it.
    pull_window_days: int = 25
    pull_into_days: int = 12
    pull_won: float = 0.5
    pull_lost: float = 0.2

    outage_share_left: float = 0.04
    outage_days: int = 4
    fall_months: int = 5
    fall_to: float = 0.5

    @property
    def first_day(self) -> date:
        """The day on which the simulated history begins."""
        return self.start - timedelta(days=self.history_days)

    def channel_index(self, name: str) -> int:
        """The position of a channel in `channels`."""
        return [channel.name for channel in self.channels].index(name)
