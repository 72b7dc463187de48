"""GA4 events of the sessions: which, when, on which page; and the thinning by an outage."""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import DAY, Bools, Ints, day_number, end_of
from keiro.demo.incidents import Incidents
from keiro.demo.parameters import DemoParameters
from keiro.demo.sessions import PLAIN, Sessions

EVENT_NAMES = (
    "first_visit", "session_start", "page_view", "user_engagement", "generate_lead", "purchase",
)  # fmt: skip
FIRST_VISIT, SESSION_START, PAGE_VIEW, ENGAGEMENT, _, _ = range(6)
# Positions in `DemoParameters.pages` of those with a form.
FORM_PAGES = (9, 10)
LAST_PAGE_CHANCE = 0.84
LONGEST_GAP = 600.0


@dataclass(frozen=True)
class Events:
    """One entry per event, in order of time. `session` is an index into `Sessions`."""

    session: Ints
    name: Ints
    at_us: Ints  # wall-clock microseconds
    page: Ints
    previous_page: Ints  # -1 on the landing
    engagement_ms: Ints  # 0 where the event carries none
    is_engaged: Bools

    def __len__(self) -> int:
        """How many events there are."""
        return len(self.session)

    def take(self, index: Ints | Bools) -> "Events":
        """The events at these positions."""
        return Events(**{name: values[index] for name, values in vars(self).items()})

    @property
    def day(self) -> Ints:
        """The business day of each event, as a day number."""
        return np.asarray(self.at_us // 1_000_000 // DAY)


def simulate_events(
    parameters: DemoParameters, sessions: Sessions, rng: np.random.Generator
) -> Events:
    """All events from `start` to the end of `end`, as they happened (before any outage)."""
    in_period = np.flatnonzero(sessions.started_at >= day_number(parameters.start) * DAY)
    has_form = sessions.kind[in_period] != PLAIN
    views = rng.geometric(LAST_PAGE_CHANCE, len(in_period)) + has_form
    bounces = views == 1
    stays = bounces & (rng.random(len(in_period)) < 0.3)
    engaged = ~bounces | stays
    base = sessions.started_at[in_period] * 1_000_000 + rng.integers(0, 1_000_000, len(in_period))

    row, offset, page, previous = _page_views(sessions, in_period, views, rng)
    first = np.flatnonzero(sessions.number[in_period] == 1)
    stay, form = np.flatnonzero(stays), np.flatnonzero(has_form)
    landing = np.flatnonzero(np.append(True, row[1:] != row[:-1]))
    last = np.append(landing[1:], len(row)) - 1
    everyone = np.arange(len(in_period))
    parts = [
        (FIRST_VISIT, first, np.zeros(len(first)), page[landing][first], None),
        (SESSION_START, everyone, np.zeros(len(everyone)), page[landing], None),
        (PAGE_VIEW, row, offset, page, previous),
        (ENGAGEMENT, stay, rng.uniform(12.0, 120.0, len(stay)), page[landing][stay], None),
        (
            EVENT_NAMES.index(parameters.form_event),
            form,
            sessions.form_seconds[in_period][form].astype(np.float64),
            page[last][form],
            None,
        ),
    ]
    at_row = np.concatenate([part[1] for part in parts])
    seconds = np.concatenate([part[2] for part in parts])
    name = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
    shown = np.concatenate([part[3] for part in parts])
    before = np.concatenate(
        [np.full(len(part[1]), -1) if part[4] is None else part[4] for part in parts]
    )
    at_us = base[at_row] + np.rint(seconds * 1_000_000).astype(np.int64)
    time_spent = np.minimum(seconds * rng.uniform(0.3, 0.9, len(seconds)), 180.0)
    events = Events(
        session=in_period[at_row],
        name=name,
        at_us=at_us,
        page=shown,
        previous_page=before,
        engagement_ms=np.rint(time_spent * 1000).astype(np.int64),
        # GA4 says 0 on the first events of a session that turns out engaged only later.
        is_engaged=engaged[at_row] & (seconds > 0),
    )
    order = np.lexsort((name, at_row, at_us))
    ordered = events.take(order)
    return ordered.take(ordered.at_us // 1_000_000 <= end_of(parameters.end))


def _page_views(
    sessions: Sessions, in_period: Ints, views: Ints, rng: np.random.Generator
) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.float64]], Ints, Ints]:
    """Session row, offset in seconds, page and page before (-1) of each page view."""
    row = np.repeat(np.arange(len(in_period)), views)
    is_landing = np.append(True, row[1:] != row[:-1])
    starts = np.flatnonzero(is_landing)
    gaps = np.minimum(rng.exponential(55.0, len(row)) + 4.0, LONGEST_GAP)
    gaps[is_landing] = 0.0
    running = np.cumsum(gaps)
    offset = running - running[starts][row]
    total = offset[np.append(starts[1:], len(row)) - 1]
    form_seconds = sessions.form_seconds[in_period].astype(np.float64)
    # In a session with a form all pages come before it, the last one being the form's page.
    squeeze = np.where(form_seconds > 0, form_seconds / (total + 45.0), 1.0)
    offset = offset * squeeze[row]
    landing_pages = np.array([0, 0, 0, 1, 2, 3, 5, 5, 6, 7])
    page = np.where(
        is_landing,
        landing_pages[rng.integers(0, len(landing_pages), len(row))],
        rng.integers(0, FORM_PAGES[0], len(row)),
    )
    ends = np.append(starts[1:], len(row)) - 1
    form_page = np.array(FORM_PAGES)[rng.integers(0, 2, len(ends))]
    page[ends] = np.where(form_seconds > 0, form_page, page[ends])
    previous = np.append(-1, page[:-1])
    return row, offset, page, np.where(is_landing, -1, previous)


def thin_by_outage(
    parameters: DemoParameters, incidents: Incidents, events: Events, rng: np.random.Generator
) -> Events:
    """The events that were recorded: on days of the outage only a few of them."""
    lost = incidents.in_outage(events.at_us // 1_000_000)
    lost &= rng.random(len(events)) >= parameters.outage_share_left
    return events.take(~lost)
