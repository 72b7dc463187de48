"""Fields of the CRM that people fill in: why a contact was disqualified, whose it is, where it is.

Each is drawn from a random stream of its own, so that the rest of the company stays as it is.
"""

import numpy as np

from keiro.demo.arrays import Ints, pick, stream

DISQUALIFIED_REASONS = (
    ("No budget", "予算なし"),
    ("Not a decision maker", "決裁権なし"),
    ("Competitor or supplier", "競合・仕入先"),
    ("No reply", "連絡不通"),
    ("Collecting information only", "情報収集のみ"),
)
_REASON_WEIGHTS = (0.26, 0.18, 0.10, 0.28, 0.18)
# Nobody fills in every field.
_WITHOUT_REASON = 0.15
REGIONS = ("東京都", "大阪府", "愛知県", "福岡県", "北海道", "神奈川県")
_REGION_WEIGHTS = (0.46, 0.18, 0.11, 0.08, 0.06, 0.11)
_WITHOUT_REGION = 0.06
# Inside sales takes over who meets the marketing rule; the deals have salespeople of their own.
CONTACT_OWNERS = ("水城 理沙", "風見 一真", "葉山 千夏", "汐見 亮太")
_CONTACT_OWNER_WEIGHTS = (0.34, 0.27, 0.22, 0.17)


def contact_owners(seed: int, size: int) -> Ints:
    """Per person an index into CONTACT_OWNERS: who would take the person over."""
    return pick(stream(seed, "contact owners"), size, np.array(_CONTACT_OWNER_WEIGHTS))


def disqualified_reasons(seed: int, size: int) -> Ints:
    """Per person an index into DISQUALIFIED_REASONS, -1 where nobody names one."""
    rng = stream(seed, "disqualified reasons")
    reasons = pick(rng, size, np.array(_REASON_WEIGHTS))
    return np.where(rng.random(size) < _WITHOUT_REASON, -1, reasons)


def regions(seed: int, size: int) -> Ints:
    """Per company an index into REGIONS, -1 where nobody entered it."""
    rng = stream(seed, "regions")
    drawn = pick(rng, size, np.array(_REGION_WEIGHTS))
    return np.where(rng.random(size) < _WITHOUT_REGION, -1, drawn)
