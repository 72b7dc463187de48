"""An online shop: visits of its web site, and the orders in which some of them end.

The visitors are those of the web simulator: the form that makes a lead of a visitor is here the
first order, and some later visits of a customer end in another one.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from keiro.demo.ads import AdsCost, simulate_ads
from keiro.demo.arrays import NEVER, Ints, day_number, end_of, never, pick, stream
from keiro.demo.company_calendar import company_calendar
from keiro.demo.events import Events, simulate_events
from keiro.demo.incidents import plan_incidents
from keiro.demo.lives import Lives, Population
from keiro.demo.names import invent_names
from keiro.demo.parameters import Campaign, Channel, DemoParameters, Lag
from keiro.demo.people import web_people
from keiro.demo.sessions import PLAIN, SECOND_FORM, Sessions, simulate_sessions
from keiro.demo.traffic import Traffic, assign_traffic

STATUSES = ("paid", "cancelled", "refunded")
STATUS_WEIGHTS = (0.955, 0.03, 0.015)
FREE_SHIPPING_FROM = 8_000
SHIPPING = 550
FIRST_ORDER_NUMBER = 10_001

CHANNELS = (
    Channel("organic_search", "Organic Search", "オーガニック検索", 0.36, 0.038, 0.0),
    Channel("paid_search", "Paid Search", "有料検索", 0.22, 0.044, 0.0),
    Channel("social", "Organic Social", "オーガニックソーシャル", 0.16, 0.018, 0.0),
    Channel("email", "Email Marketing", "Eメールマーケティング", 0.05, 0.090, 0.0),
    Channel("referral", "Referrals", "参照元", 0.07, 0.036, 0.0),
    Channel("direct", "Direct Traffic", "ダイレクトトラフィック", 0.14, 0.050, 0.0),
    # The web simulator tells people of seminars apart; a shop has none.
    Channel("seminar", "Offline Sources", "オフラインソース", 0.0, 0.0, 0.0),
)
CAMPAIGNS = (
    Campaign("Brand_Search", 20245678901, 0.25, 28.0, 0.130),
    Campaign("Shopping_コーヒー豆", 20245678902, 0.45, 46.0, 0.011),
    Campaign("Generic_ギフト", 20245678903, 0.30, 74.0, 0.030),
)
PAGES = (
    "/", "/beans/", "/beans/blend/", "/beans/single-origin/", "/drippers/", "/gifts/",
    "/journal/how-to-brew/", "/journal/roasting/", "/about/", "/checkout/", "/checkout/express/",
)  # fmt: skip


@dataclass(frozen=True)
class Orders:
    """One entry per order of the period, in order of time; amounts in JPY."""

    number: Ints
    session: Ints
    person: Ints
    customer: Ints
    at: Ints  # wall-clock seconds
    items: Ints
    subtotal: Ints
    discount: Ints
    shipping: Ints
    status: Ints
    email: tuple[str, ...]

    @property
    def total(self) -> Ints:
        """What the customer pays, per order."""
        return self.subtotal - self.discount + self.shipping

    def __len__(self) -> int:
        """How many orders there are."""
        return len(self.number)


@dataclass(frozen=True)
class Shop:
    """Everything that happens in the shop until its end."""

    parameters: DemoParameters
    sessions: Sessions
    traffic: Traffic
    events: Events
    orders: Orders
    ads: AdsCost


def shop_parameters(start: date, end: date, scale: float, seed: int) -> DemoParameters:
    """A small shop for coffee that grows fast; people buy in the evening and on weekends."""
    return DemoParameters(
        start=start,
        end=end,
        scale=scale,
        seed=seed,
        yearly_growth=0.46,
        visitors_per_day=120.0,
        month_factors=(0.92, 0.98, 1.0, 0.98, 0.96, 1.0, 0.94, 0.90, 0.98, 1.04, 1.14, 1.28),
        weekday_factors=(0.98, 0.96, 0.96, 0.98, 1.0, 1.06, 1.12),
        holiday_factor=1.1,
        closure_factor=1.0,
        hour_weights=(
            1.6, 0.8, 0.4, 0.3, 0.3, 0.5, 1.4, 2.6, 3.4, 3.8, 4.2, 4.4,
            6.0, 4.8, 4.2, 4.2, 4.4, 4.8, 5.4, 6.6, 8.6, 9.8, 8.4, 4.6,
        ),
        channels=CHANNELS,
        campaigns=CAMPAIGNS,
        pages=PAGES,
        form_event="purchase",
        lead_in_first_session=0.6,
        lead_delay_days=Lag("lognormal", 4.0, 1.0),
        returns_after_lead=4.5,
        return_days_after_lead=110.0,
        weekend_visit_kept=1.0,
        second_form=0.0,
        freemail_share=1.0,
        amount_median_jpy=5_200.0,
        amount_sigma=0.55,
    )  # fmt: skip


def simulate_shop(parameters: DemoParameters) -> Shop:
    """Simulate all of it; the same parameters give the same shop."""
    seed = parameters.seed
    calendar = company_calendar(parameters)
    incidents = plan_incidents(parameters, calendar, wanted=False)
    people = web_people(parameters, calendar, stream(seed, "shop"))
    nobody = never(len(people))
    nothing = {name: nobody for name in Lives.__dataclass_fields__ if name.endswith("_at")}
    lives = Lives(**nothing, sal_prevented_by_fall=nobody < NEVER)
    population = Population(parameters, calendar, incidents, people, lives)
    sessions = _buying_again(
        simulate_sessions(population, stream(seed, "shop sessions")),
        population,
        stream(seed, "shop again"),
    )
    traffic = assign_traffic(parameters, sessions, stream(seed, "shop traffic"))
    return Shop(
        parameters=parameters,
        sessions=sessions,
        traffic=traffic,
        events=simulate_events(parameters, sessions, stream(seed, "shop events")),
        orders=_orders(parameters, sessions, stream(seed, "orders")),
        ads=simulate_ads(parameters, sessions, traffic, stream(seed, "shop ads")),
    )


def _buying_again(sessions: Sessions, population: Population, rng: np.random.Generator) -> Sessions:
    """Some visits of customers end in another order."""
    bought = population.people.lead_at[sessions.person]
    again = (sessions.kind == PLAIN) & (sessions.started_at > bought)
    again &= rng.random(len(sessions)) < 0.21
    seconds = np.clip(rng.gamma(2.0, 150.0, len(sessions)), 60, 1200).astype(np.int64)
    return replace(
        sessions,
        kind=np.where(again, SECOND_FORM, sessions.kind),
        form_seconds=np.where(again, seconds, sessions.form_seconds),
    )


def _orders(parameters: DemoParameters, sessions: Sessions, rng: np.random.Generator) -> Orders:
    """An order for each session with a form that lies within the period."""
    at = sessions.started_at + sessions.form_seconds
    inside = (sessions.kind != PLAIN) & (sessions.started_at // 86_400 >= _first(parameters))
    session = np.flatnonzero(inside & (at <= end_of(parameters.end)))
    session = session[np.lexsort((session, at[session]))]
    size, person = len(session), sessions.person[session]
    years = (at[session] // 86_400 - day_number(parameters.level_date)) / 365.25
    value = parameters.amount_median_jpy * 1.07**years
    value *= np.exp(parameters.amount_sigma * rng.standard_normal(size))
    subtotal = np.maximum(np.rint(value / 10) * 10, 600).astype(np.int64)
    discounted = rng.random(size) < 0.12
    customers, customer = np.unique(person, return_inverse=True)
    names = invent_names(parameters, len(customers), rng)
    return Orders(
        number=FIRST_ORDER_NUMBER + np.arange(size),
        session=session,
        person=person,
        customer=customer,
        at=at[session],
        items=1 + rng.poisson(subtotal / 5000),
        subtotal=subtotal,
        discount=np.where(discounted, subtotal // 100 * 10, 0),
        shipping=np.where(subtotal >= FREE_SHIPPING_FROM, 0, SHIPPING),
        status=pick(rng, size, np.array(STATUS_WEIGHTS)),
        email=names.email,
    )


def _first(parameters: DemoParameters) -> int:
    return day_number(parameters.start)
