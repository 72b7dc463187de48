"""Traffic sources of sessions: which source, medium and campaign stands behind a channel."""

from dataclasses import dataclass

import numpy as np

from keiro.demo.arrays import Bools, Ints, pick
from keiro.demo.parameters import DemoParameters
from keiro.demo.sessions import Sessions


@dataclass(frozen=True)
class Source:
    """A source as GA4 names it. `campaign` is the index of an ads campaign, else -1."""

    channel: str
    source: str
    medium: str
    name: str
    weight: float
    referrer: str | None = None
    campaign: int = -1


@dataclass(frozen=True)
class Traffic:
    """The sources, and for each session which one it has."""

    sources: tuple[Source, ...]
    source: Ints
    # Auto-tagged ads carry a click id; some of them nothing else.
    gclid_number: Ints
    is_gclid_only: Bools

    @property
    def campaign(self) -> Ints:
        """For each session the index of its ads campaign, or -1."""
        return np.array([entry.campaign for entry in self.sources])[self.source]


def _sources(parameters: DemoParameters) -> tuple[Source, ...]:
    google, yahoo, bing = (
        "https://www.google.com/",
        "https://search.yahoo.co.jp/",
        "https://www.bing.com/",
    )
    paid = [
        Source("paid_search", "google", "cpc", campaign.name, campaign.share, google, index)
        for index, campaign in enumerate(parameters.campaigns)
    ]
    return (
        Source("organic_search", "google", "organic", "(organic)", 0.72, google),
        Source("organic_search", "yahoo", "organic", "(organic)", 0.20, yahoo),
        Source("organic_search", "bing", "organic", "(organic)", 0.08, bing),
        *paid,
        Source("social", "x.com", "social", "(not set)", 0.5, "https://x.com/"),
        Source("social", "facebook.com", "social", "(not set)", 0.3, "https://www.facebook.com/"),
        Source("social", "linkedin.com", "social", "(not set)", 0.2, "https://www.linkedin.com/"),
        Source("email", "newsletter", "email", "monthly_newsletter", 0.7),
        Source("email", "nurturing", "email", "nurturing_steps", 0.3),
        Source(
            "referral", "review.example", "referral", "(referral)", 0.5, "https://review.example/"
        ),
        Source(
            "referral", "partner.example", "referral", "(referral)", 0.3, "https://partner.example/"
        ),
        Source(
            "referral", "press.example", "referral", "(referral)", 0.2, "https://press.example/"
        ),
        Source("direct", "(direct)", "(none)", "(direct)", 1.0),
    )


def assign_traffic(
    parameters: DemoParameters, sessions: Sessions, rng: np.random.Generator
) -> Traffic:
    """Draw a source for each session from those of its channel."""
    sources = _sources(parameters)
    source = np.zeros(len(sessions), dtype=np.int64)
    for index, channel in enumerate(parameters.channels):
        own = np.array([n for n, entry in enumerate(sources) if entry.channel == channel.name])
        rows = np.flatnonzero(sessions.channel == index)
        if len(rows) == 0:
            continue
        weights = np.array([sources[n].weight for n in own])
        source[rows] = own[pick(rng, len(rows), weights)]
    return Traffic(
        sources=sources,
        source=source,
        gclid_number=rng.integers(2**55, 2**62, len(sessions)),
        is_gclid_only=rng.random(len(sessions)) < 0.2,
    )
