"""The invented company whose rows every Salesforce dialect renders, by the API's names, in UTC.

A cell is written as text: an id as `00Q:1` (prefix and rest), blank for null, `\\n` for a line end.
"""

from datetime import UTC, date, datetime

Value = str | bool | int | date | datetime | None
Row = dict[str, Value]
Tables = dict[str, list[Row]]

_BOOLEANS = {
    "IsDeleted",
    "IsConverted",
    "IsClosed",
    "IsWon",
    "IsPrimary",
    "IsActive",
    "HasResponded",
}
_DAYS = {"ConvertedDate", "MQL_Date__c", "CloseDate", "StartDate", "EndDate", "FirstRespondedDate"}
_NUMBERS = {"Amount", "NumberOfEmployees", "BudgetedCost", "ActualCost"}
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

# 00Q:1aB and 00Q:1ab are two leads: ids differ by case. 00Q:1aB became the contact 003:1 and the
# opportunity 006:1; 00Q:5 was merged into 00Q:1ab; 00Q:6 was a test.
_LEADS = r"""
Id|IsDeleted|MasterRecordId|FirstName|LastName|Company|Email|Phone|Title|LeadSource|Status|IsConverted|ConvertedDate|ConvertedAccountId|ConvertedContactId|ConvertedOpportunityId|MQL_Date__c|CreatedDate
00Q:1aB|0||太郎|髙﨑|株式会社あおぞら\r\n第2営業部|Taro.Takasaki@Aozora.example|03-0000-0001||Organic Search|Closed - Converted|1|2026-04-10|001:1|003:1|006:1||2026-04-01 00:30:00
00Q:1ab|0||Hanako|Kita|Blue "Sky", Ltd.|hanako@bluesky.example||Buyer,\nEast|Trade Show|Open - Not Contacted|0||||||2026-05-01 15:30:45
00Q:3|0|||Minami|Minami|m@minami.example||||Closed - Not Converted|0||||||2026-05-10 03:00:00
00Q:4|0|||Nishi|Nishi|n@nishi.example|||Purchased List|Nurturing|0|||||2026-06-12|2026-06-10 03:00:00
00Q:5|1|00Q:1ab||Kita|Blue Sky|kita@bluesky.example||||Working - Contacted|0||||||2026-05-03 03:00:00
00Q:6|1|||Test|Test|test@test.example||||Open - Not Contacted|0||||||2026-05-04 03:00:00
"""  # noqa: E501
_CONTACTS = r"""
Id|IsDeleted|MasterRecordId|AccountId|FirstName|LastName|Email|Phone|LeadSource|CreatedDate
003:1|0||001:1|太郎|髙﨑|taro.takasaki@aozora.example|03-0000-0001|Organic Search|2026-04-10 06:15:00
003:2|0||001:2|Jiro|Higashi|jiro@higashi.example||Partner Referral|2026-04-20 01:00:00
003:3|1|003:2|001:2||Higashi|j@higashi.example|||2026-04-19 01:00:00
"""  # noqa: E501
_ACCOUNTS = r"""
Id|IsDeleted|MasterRecordId|Name|Industry|NumberOfEmployees|Website|CreatedDate
001:1|0||株式会社あおぞら|Manufacturing|1200|https://www.aozora.example/|2026-04-10 06:15:00
001:2|0||Higashi||||2026-04-20 01:00:00
001:3|1|001:1|あおぞら||||2026-04-11 01:00:00
"""
_OPPORTUNITIES = r"""
Id|IsDeleted|AccountId|ContactId|Name|StageName|Amount|CloseDate|IsClosed|IsWon|CreatedDate
006:1|0|001:1||Licences|Closed Won|1200000|2026-06-30|1|1|2026-04-10 06:15:00
006:2|0|001:2||Training|Closed Lost|800000|2026-07-15|1|0|2026-05-01 01:00:00
006:3|0|001:2|003:2|Support|Negotiation/Review|500000|2026-12-20|0|0|2026-06-01 02:00:00
006:4|1|001:1||Copy of Licences|Prospecting|1|2026-12-31|0|0|2026-06-02 02:00:00
"""
_CONTACT_ROLES = r"""
Id|IsDeleted|OpportunityId|ContactId|Role|IsPrimary|CreatedDate
00K:1|0|006:2|003:2|Decision Maker|1|2026-05-02 01:00:00
00K:2|0|006:2|003:1||0|2026-05-01 01:00:00
"""
# A row for any change of amount, stage or close date; the fourth step sends the deal back.
_OPPORTUNITY_HISTORY = r"""
Id|IsDeleted|OpportunityId|StageName|Amount|CloseDate|CreatedDate
008:1|0|006:1|Prospecting|1000000|2026-06-30|2026-04-10 06:15:00
008:2|0|006:1|Prospecting|1200000|2026-06-30|2026-04-20 06:00:00
008:3|0|006:1|Proposal/Price Quote|1200000|2026-06-30|2026-05-10 01:30:00
008:4|0|006:1|Prospecting|1200000|2026-06-30|2026-05-15 01:30:00
008:5|0|006:1|Closed Won|1200000|2026-06-30|2026-06-29 23:30:00
008:6|0|006:1|Closed Won|1200000|2026-06-29|2026-06-30 01:00:00
"""
_OPPORTUNITY_FIELD_HISTORY = r"""
Id|IsDeleted|OpportunityId|Field|OldValue|NewValue|CreatedDate
017:1|0|006:3|created|||2026-06-01 02:00:00
017:2|0|006:3|Amount|100|500000|2026-06-02 02:00:00
017:3|0|006:3|StageName|Prospecting|Negotiation/Review|2026-06-20 02:00:00
"""
_LEAD_HISTORY = r"""
Id|IsDeleted|LeadId|Field|OldValue|NewValue|CreatedDate
017:4|0|00Q:1aB|created|||2026-04-01 00:30:00
017:5|0|00Q:1aB|Status|Open - Not Contacted|Working - Contacted|2026-04-03 05:00:00
017:6|0|00Q:1aB|Status|Working - Contacted|Closed - Converted|2026-04-10 06:15:00
017:7|0|00Q:3|Status|Open - Not Contacted|Closed - Not Converted|2026-05-20 03:00:00
017:8|0|00Q:5|Status|Open - Not Contacted|Working - Contacted|2026-05-21 03:00:00
"""
_CAMPAIGNS = r"""
Id|IsDeleted|Name|Type|Status|StartDate|EndDate|BudgetedCost|ActualCost|IsActive|CreatedDate
701:1|0|Autumn fair, day 1|Trade Show|Completed|2026-04-15|2026-04-16|300000|280000|0|2026-03-01 00:00:00
"""  # noqa: E501
_CAMPAIGN_MEMBERS = r"""
Id|IsDeleted|CampaignId|LeadId|ContactId|Status|HasResponded|FirstRespondedDate|CreatedDate
00v:1|0|701:1|00Q:1aB||Sent|0||2026-04-01 01:00:00
00v:2|0|701:1|00Q:1aB|003:1|Responded|1|2026-04-15|2026-04-12 01:00:00
00v:3|0|701:1|00Q:1ab||Sent|0||2026-04-12 01:05:00
00v:4|0|701:1||003:2|Responded|1|2026-04-15|2026-04-12 01:10:00
"""


def company() -> Tables:
    """All rows of the invented company, by object."""
    return {
        "Lead": _parse(_LEADS),
        "Contact": _parse(_CONTACTS),
        "Account": _parse(_ACCOUNTS),
        "Opportunity": _parse(_OPPORTUNITIES),
        "OpportunityContactRole": _parse(_CONTACT_ROLES),
        "OpportunityHistory": _parse(_OPPORTUNITY_HISTORY),
        "OpportunityFieldHistory": _parse(_OPPORTUNITY_FIELD_HISTORY),
        "LeadHistory": _parse(_LEAD_HISTORY),
        "Campaign": _parse(_CAMPAIGNS),
        "CampaignMember": _parse(_CAMPAIGN_MEMBERS),
    }


def long_id(name: str) -> str:
    """The id of 18 characters of `prefix:rest`; the last three tell which letters are capitals."""
    prefix, rest = name.split(":")
    short = prefix + rest.rjust(12, "0")
    chunks = (short[0:5], short[5:10], short[10:15])
    bits = [sum(2**i for i, c in enumerate(chunk) if "A" <= c <= "Z") for chunk in chunks]
    return short + "".join(_CHECK[bit] for bit in bits)


def _parse(table: str) -> list[Row]:
    header, *lines = table.strip().splitlines()
    names = header.split("|")
    return [
        {name: _value(name, cell) for name, cell in zip(names, line.split("|"), strict=True)}
        for line in lines
    ]


def _value(name: str, cell: str) -> Value:
    if name in _BOOLEANS:
        return cell == "1"
    if not cell:
        return None
    if name.endswith("Id"):
        return long_id(cell)
    if name in _NUMBERS:
        return int(cell)
    return _time(name, cell) or cell.replace(r"\r", "\r").replace(r"\n", "\n")


def _time(name: str, cell: str) -> Value:
    if name in _DAYS:
        return date.fromisoformat(cell)
    return datetime.fromisoformat(cell).replace(tzinfo=UTC) if name == "CreatedDate" else None
