"""HubSpot's export of e-mail events, one file per month."""

from datetime import date, timedelta

import numpy as np

from keiro.demo.arrays import DAY, JST_OFFSET, add_months, day_number
from keiro.demo.crm import Crm
from keiro.demo.crm_export import Rows
from keiro.demo.nurture import EVENT_TYPES, Mails

HEADER = [
    "id", "created", "type", "recipient", "emailCampaignId", "sentBy.id", "sentBy.created",
    "filteredEvent",
]  # fmt: skip


def mail_rows(mails: Mails, crm: Crm, people: int, month: date) -> tuple[list[str], Rows]:
    """The events of one month, times in milliseconds of UTC as HubSpot gives them."""
    last = add_months(month, 1) - timedelta(days=1)
    first_second, last_second = day_number(month) * DAY, (day_number(last) + 1) * DAY
    rows = np.flatnonzero((mails.at >= first_second) & (mails.at < last_second))
    address = np.zeros(people, dtype=np.int64)
    originals = np.flatnonzero(~crm.contacts.is_duplicate)
    address[crm.contacts.person[originals]] = originals
    created = ((mails.at - JST_OFFSET) * 1000).tolist()
    recipients = address[mails.person[rows]].tolist()
    columns = (
        rows.tolist(),
        mails.kind[rows].tolist(),
        recipients,
        mails.campaign_id[rows].tolist(),
        mails.sent[rows].tolist(),
        mails.is_filtered[rows].tolist(),
    )
    return HEADER, [
        [
            _event_id(row),
            str(created[row]),
            EVENT_TYPES[kind],
            crm.contacts.email[recipient],
            str(campaign),
            _event_id(sent),
            str(created[sent]),
            "true" if is_filtered else "false",
        ]
        for row, kind, recipient, campaign, sent, is_filtered in zip(*columns, strict=True)
    ]


def _event_id(position: int) -> str:
    return f"e{position + 1:010x}"
