"""Invented Marketo bulk extracts: empty fields are the text null, attributes are JSON in a cell."""

import csv
import io
import json
from typing import Any

LEADS = (
    ("id", "email", "firstName", "lastName", "company", "leadSource", "leadStatus", "sfdcLeadId",
     "createdAt", "updatedAt"),
    ("101", "Mika@Example.com", "美香", "見本", "株式会社見本", "Webinar", "SQL",
     "00Q5g00000AbCdE", "2026-01-05T00:30:00Z", "2026-03-01T03:00:00Z"),
    ("102", "null", "null", "null", "null", "null", "null", "null", "2026-02-01T15:10:00Z", "null"),
    ("103", "kenji@example.org", "Kenji", "Rei", "null", "Organic Search", "null", "null",
     "2026-02-02T15:10:00Z", "yesterday"),
)  # fmt: skip
# Activity, lead, time, type, subject's id and name, attributes.
ACTIVITIES: tuple[tuple[str, str, str, int, str, str, dict[str, Any] | None], ...] = (
    ("1", "101", "2026-01-20T14:45:00Z", 13, "7", "Lead Status",
     {"New Value": "MQL", "Old Value": None, "Reason": "Web form, \"demo\""}),
    ("2", "99", "2026-01-10T01:00:00Z", 13, "7", "leadStatus", {"New Value": "MQL"}),
    ("3", "101", "2026-02-20T01:00:00Z", 13, "8", "Phone Number", {"New Value": "000"}),
    ("4", "101", "2026-02-21T01:00:00Z", 13, "7", "Lead Status", {"New Value": "Nurture"}),
    ("5", "101", "2026-02-01T00:00:00Z", 32, "101", "null",
     {"Merge IDs": "[99,98]", "Merged in Sales": False}),
    ("6", "98", "2026-02-02T00:00:00Z", 32, "98", "null", {"merge_ids": "[97]"}),
    ("7", "101", "2026-03-01T00:00:00Z", 104, "1670", "Webinar March",
     {"Old Status": "Not in Program", "New Status": "On List", "Success": False}),
    ("8", "101", "2026-03-05T00:00:00Z", 104, "1670", "Webinar March",
     {"Old Status": "On List", "New Status": "Attended", "Success": True}),
    ("9", "101", "2026-03-06T00:00:00Z", 6, "55", "Thank you", {"Campaign Run ID": 3}),
    ("10", "101", "2026-03-06T00:01:00Z", 10, "55", "Thank you", {"Is Bot Activity": True}),
    ("11", "101", "2026-03-06T09:00:00Z", 11, "55", "Thank you",
     {"Is Bot Activity": False, "Link": "https://example.com"}),
    ("12", "103", "2026-03-07T00:00:00Z", 1, "9", "/pricing", None),
)  # fmt: skip
BROKEN = ("13", "103", "2026-03-08T00:00:00Z", "2", "null", "9", "Form", '{"Form Fields": ')


def _csv(rows: list[tuple[object, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def files() -> dict[str, str]:
    """File names and contents of one extract of leads and two windows of activities.

    The windows overlap in one activity.
    """
    header = (
        "marketoGUID", "leadId", "activityDate", "activityTypeId", "campaignId",
        "primaryAttributeValueId", "primaryAttributeValue", "attributes",
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (guid, lead, at, kind, "null", value_id, value,
         "null" if says is None else json.dumps(says, ensure_ascii=False))
        for guid, lead, at, kind, value_id, value, says in ACTIVITIES
    ]  # fmt: skip
    return {
        "marketo/leads_2026-09-30.csv": _csv(list(LEADS)),
        "marketo/activities_2026-01.csv": _csv([header, *rows[:7]]),
        "marketo/activities_2026-03.csv": _csv([header, *rows[6:], BROKEN]),
    }
