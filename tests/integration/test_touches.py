"""Touches out of the files of five sources: who, when, by which channel; bots and anonymous out."""

from datetime import datetime
from typing import Any

import pytest

from tests.sources import account_engagement, marketo
from tests.sources.ga4 import event, ndjson, session
from tests.sources.project import SourceProject, built_project

COMMON = ["people", "merged_ids"]
SOURCES = {
    "hubspot": [*COMMON, "email_events"],
    "salesforce": [*COMMON, "campaign_responses"],
    "marketo": [*COMMON, "email_events", "campaign_responses"],
    "account_engagement": ["people", "email_events", "campaign_responses"],
    "ga4": ["web_events"],
    "snowplow": ["web_events"],
}
FOLDERS = ["intermediate", "marts"]
FILES = {
    "hubspot/hubspot-crm-exports-all-contacts-2026-09-30.csv": (
        "Record ID,Email,Lifecycle Stage,Create Date,Original Source,GA Client ID,Web User ID\n"
        "1,Aki@Example.com,Lead,2026-01-10 09:00,Organic Search,a.1,N/A\n"
        "2,info@example.com,Lead,2026-01-10 09:00,Organic Search,,N/A\n"
        "3,cho@example.com,Lead,2026-01-10 09:00,Organic Search,,member-3\n"
    ),
    # A bot's click, a click that a later event made void, one at a mailbox that many read.
    "hubspot/hubspot-email-events-2026-09.csv": (
        "id,created,type,recipient,filteredEvent,obsoletedBy,emailCampaignId\n"
        "e1,1767571200000,CLICK,AKI@example.com,false,,42\n"
        "e2,1767571200001,CLICK,aki@example.com,true,,42\n"
        'e3,1767571200002,CLICK,aki@example.com,false,"{""id"":""e1""}",42\n'
        "e4,1767571200003,OPEN,aki@example.com,false,,42\n"
        "e5,1767571200004,CLICK,info@example.com,false,,42\n"
        "e6,1767571200005,CLICK,nobody@example.com,false,,42\n"
    ),
    "salesforce/2026-09-30/leads.csv": (
        "Id,IsDeleted,LastName,Email,Status,IsConverted,ConvertedContactId,CreatedDate,"
        "Web_User_ID__c\n"
        "00Q000000000001EAA,false,Ben,ben@example.net,Open,true,003000000000001AAA,"
        "2026-01-05T00:00:00.000Z,00123\n"
    ),
    "salesforce/2026-09-30/contacts.csv": (
        "Id,IsDeleted,LastName,Email,CreatedDate\n"
        "003000000000001AAA,false,Ben,ben@example.net,2026-02-10T01:00:00.000Z\n"
    ),
    "salesforce/2026-09-30/campaigns.csv": (
        "Id,IsDeleted,Name,Type,CreatedDate\n"
        "701000000000001AAA,false,Autumn fair,trade show,2026-01-01T00:00:00.000Z\n"
        "701000000000002AAA,false,Letter,Direct Mail,2026-01-01T00:00:00.000Z\n"
        "701000000000003AAA,false,List,Email,2026-01-01T00:00:00.000Z\n"
    ),
    "salesforce/2026-09-30/campaign_members.csv": (
        "Id,IsDeleted,CampaignId,LeadId,ContactId,Status,HasResponded,FirstRespondedDate,"
        "CreatedDate\n"
        "00v000000000001AAA,false,701000000000001AAA,00Q000000000001EAA,,Responded,true,"
        "2026-04-15,2026-04-12T01:00:00.000Z\n"
        "00v000000000002AAA,false,701000000000002AAA,,003000000000001AAA,Responded,true,,"
        "2026-05-12T01:00:00.000Z\n"
        "00v000000000003AAA,false,701000000000003AAA,,003000000000001AAA,Sent,false,,"
        "2026-05-12T01:00:00.000Z\n"
    ),
    "ga4/events_20260105.ndjson": ndjson(
        [
            event("2026-01-05T00:10:00", "a.1", params=session(1), **{
                "collected_traffic_source": {"manual_source": "n", "manual_medium": "email"}
            }),
            event("2026-01-05T09:00:00", "a.1", params=session(2)),
            event("2026-01-05T09:00:00", "b.2", params=session(3)),
            event("2026-01-05T09:00:00", None),
        ]
    ),
    # No form named these browsers: a log-in did, after the first visit of the one.
    "ga4/events_20260601.ndjson": ndjson(
        [
            event("2026-06-01T00:00:00", "c.3", params=session(4)),
            event("2026-06-01T09:00:00", "c.3", params=session(5), user_id="member-3"),
            event("2026-06-01T09:00:00", "d.4", params=session(6), user_id="N/A"),
            event("2026-06-01T09:00:00", "e.5", params=session(7), user_id="stranger"),
        ]
    ),
    "snowplow/events.csv": (
        "event_id,event_name,collector_tstamp,user_id,domain_userid,domain_sessionid\n"
        "s1,page_view,2026-06-02 01:00:00,00123,u1,s1\n"
        "s2,page_view,2026-06-02 01:00:00,,u2,s2\n"
    ),
}  # fmt: skip
# One attended the webinar; the other registered only.
WEBINARS = (
    "id,type,typeName,details,campaignId,prospectId,createdAt\n"
    "950,24,Attended Webinar,KPI hour,5,11,2026-03-10 15:00:00\n"
    "951,25,Registered for Webinar,KPI hour,5,13,2026-03-10 15:00:00\n"
)


@pytest.fixture(scope="module")
def touched(tmp_path_factory: pytest.TempPathFactory) -> SourceProject:
    folder = tmp_path_factory.mktemp("touched")
    exports = SourceProject(folder, SOURCES, folders=FOLDERS)
    for name, content in {
        **FILES,
        **marketo.files(),
        **account_engagement.FILES,
        "account_engagement/visitor_activities_webinars.csv": WEBINARS,
    }.items():
        exports.put(name, content)
    with pytest.MonkeyPatch.context() as patch:
        # Tests whose tables are not all built say nothing here.
        patch.setenv("DBT_INDIRECT_SELECTION", "cautious")
        return built_project(folder, SOURCES, folders=FOLDERS, select=["+fct_touches"])


def _touches(project: SourceProject, kind: str) -> list[tuple[Any, ...]]:
    """Source, the person's first address, channel, campaign, time."""
    return project.query(
        """
        select touches.source, min(people.email), touches.channel, touches.campaign,
            touches.touched_at, touches.is_repeat
        from funnel.fct_touches as touches
        join intermediate.int_people_identified as records using (person_id)
        join intermediate.int_people_unioned as people on records.record_id = people.record_id
        where touches.kind = ?
        group by touches.touch_id, 1, 3, 4, 5, 6
        order by touched_at
        """,
        [kind],
    )


def test_clicks_of_people_are_touches_and_of_bots_not(touched: SourceProject) -> None:
    assert _touches(touched, "email_click") == [
        ("hubspot", "aki@example.com", "email", "42", datetime(2026, 1, 5), False),
        (
            "account_engagement",
            "nao@example.com",
            "email",
            "March letter",
            datetime(2026, 3, 1, 0, 7),
            False,
        ),
        ("marketo", "mika@example.com", "email", "Thank you", datetime(2026, 3, 6, 9), False),
    ]


def test_responses_have_the_channel_of_their_campaign(touched: SourceProject) -> None:
    assert [row[:5] for row in _touches(touched, "campaign_response")] == [
        ("marketo", "mika@example.com", "other", "Webinar March", datetime(2026, 3, 5)),
        (
            "account_engagement",
            "nao@example.com",
            "seminar",
            "KPI hour",
            datetime(2026, 3, 10, 6),
        ),
        # The lead that responded is the contact now; the day alone is known, of Tokyo.
        ("salesforce", "ben@example.net", "seminar", "Autumn fair", datetime(2026, 4, 14, 15)),
        ("salesforce", "ben@example.net", "other", "Letter", datetime(2026, 5, 12, 1)),
    ]


def test_visits_of_people_whom_a_form_named_are_touches(touched: SourceProject) -> None:
    """The visit ten minutes after the click is the same contact; the direct one counts for it."""
    assert _touches(touched, "session")[:2] == [
        ("ga4", "aki@example.com", "email", None, datetime(2026, 1, 5, 0, 10), True),
        ("ga4", "aki@example.com", "email", None, datetime(2026, 1, 5, 9), False),
    ]


def test_visits_on_a_browser_where_a_person_logged_in_are_touches(touched: SourceProject) -> None:
    """The visit before the log-in too; no placeholder and no stranger's log-in is anybody's."""
    assert _touches(touched, "session")[2:] == [
        ("ga4", "cho@example.com", "direct", None, datetime(2026, 6, 1), False),
        ("ga4", "cho@example.com", "direct", None, datetime(2026, 6, 1, 9), False),
        ("snowplow", "ben@example.net", "direct", None, datetime(2026, 6, 2, 1), False),
    ]
