"""The dialects in which Salesforce exports a company: reports, Data Loader files, weekly zips.

Each function writes all files of one delivery below a folder, in a folder named after its day. A
table has at least one row, and its first row has all columns.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.sources.salesforce import Row, Tables, Value
from tests.sources.salesforce_labels import EVENTS, FOOTERS, JAPANESE_VALUES, LABELS

EXPORTED = "2026-09-30"
ORGANISATION = "00D000000000062EAA"
_TOKYO_AHEAD = timedelta(hours=9)
_FILES = {
    "Lead": "leads",
    "Contact": "contacts",
    "Account": "accounts",
    "Opportunity": "opportunities",
    "OpportunityContactRole": "opportunity_contact_role",
    "OpportunityHistory": "opportunity_history",
    "OpportunityFieldHistory": "opportunity_field_history",
    "LeadHistory": "lead_history",
    "Campaign": "campaigns",
    "CampaignMember": "campaign_members",
}


def write_reports(folder: Path, tables: Tables, *, japanese: bool = False) -> None:
    """Reports of a user in Tokyo: ids of 15 characters, all cells quoted, LF, a footer.

    English ones are UTF-8 with dates by month and day, Japanese ones CP932. A report has no deleted
    rows, no merges, no ids of history rows, no seconds, and names an opportunity's main contact.
    """
    for name in (name for name in LABELS if name in tables):
        rows = _report_rows(name, tables)
        labels = {
            key: both for key, both in LABELS[name].items() if any(key in row for row in rows)
        }
        rows = [row for row in rows if not row.get("IsDeleted")]
        header = [label[japanese] for label in labels.values()]
        cells = [[_report_cell(key, row.get(key), japanese) for key in labels] for row in rows]
        text = _csv([header, *cells], csv.QUOTE_ALL, "\n")
        footer = [line.format(count=len(rows)) for line in FOOTERS[japanese]]
        text += "\n\n" + "".join(f'"{line}"\n' for line in footer)
        _put(folder, f"{_FILES[name]}.csv", text.encode("cp932" if japanese else "utf-8"))


def write_data_loader(folder: Path, tables: Tables, *, upper: bool = False) -> None:
    """Data Loader's Export All: API names (upper-case in old versions), UTC, deleted rows too."""
    for name, rows in tables.items():
        header = [*rows[0], "Owner.Name"]
        cells = [
            [_api_cell(row[key], "T", ".000Z", ("false", "true")) for key in row] for row in rows
        ]
        labels = [label.upper() for label in header] if upper else header
        text = _csv([labels, *([*line, "Sales"] for line in cells)], csv.QUOTE_ALL, "\n")
        _put(folder, f"{_FILES[name]}.csv", text.encode())


def write_weekly(folder: Path, tables: Tables) -> None:
    """Two zips of a weekly export: each big object is split over both under one name.

    Accounts come twice, campaigns once with a header only. Deleted rows are not in it.
    """
    for number in (1, 2):
        path = _path(folder, f"WE_{ORGANISATION}_{number}.ZIP")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in tables.items():
                live = [row for row in rows if not row.get("IsDeleted")]
                part = live if name == "Account" else live[number - 1 :: 2]
                cells = [
                    [_api_cell(row[key], " ", " GMT", ("0", "1")) for key in row] for row in part
                ]
                text = _csv([list(rows[0]), *cells], csv.QUOTE_ALL, "\r\n")
                archive.writestr(f"{name}.csv", text.encode())


DIALECTS: dict[str, Callable[[Path, Tables], None]] = {
    "report": write_reports,
    "japanese report": lambda folder, tables: write_reports(folder, tables, japanese=True),
    "data loader": write_data_loader,
    "old data loader": lambda folder, tables: write_data_loader(folder, tables, upper=True),
    "weekly": write_weekly,
}


def _report_rows(name: str, tables: Tables) -> list[Row]:
    """Rows of a report: the API's, with what a report shows beside them."""
    if name == "Opportunity":
        primary = {
            role["OpportunityId"]: role["ContactId"]
            for role in tables.get("OpportunityContactRole", ())
            if role["IsPrimary"]
        }
        return [
            {**row, "ContactId": row["ContactId"] or primary.get(row["Id"])} for row in tables[name]
        ]
    if name != "OpportunityHistory":
        return tables[name]
    opportunities = {row["Id"]: row for row in tables["Opportunity"]}
    rows, before = [], {}
    for row in tables[name]:
        key = row["OpportunityId"]
        rows.append(
            {
                **row,
                "FromStage": before.get(key),
                "CurrentStage": opportunities[key]["StageName"],
                "OpportunityCreatedDate": opportunities[key]["CreatedDate"],
            }
        )
        before[key] = row["StageName"]
    return rows


def _report_cell(key: str, value: Value, japanese: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, date):
        return _report_time(value, japanese)
    if key.endswith("Id"):
        return value[:15]
    value = EVENTS[value][japanese] if key == "Field" else value
    return JAPANESE_VALUES.get(value, value) if japanese else value


def _report_time(at: date, japanese: bool) -> str:
    if isinstance(at, datetime):
        local = at + _TOKYO_AHEAD
        time = f"{local.hour}:{at:%M}" if japanese else f"{local.hour % 12 or 12}:{local:%M %p}"
        return f"{_report_time(local.date(), japanese)} {time}"
    return f"{at:%Y/%m/%d}" if japanese else f"{at.month}/{at.day}/{at.year}"


def _api_cell(value: Value, between: str, zone: str, flags: tuple[str, str]) -> str:
    if isinstance(value, bool):
        return flags[value]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}{between}{value:%H:%M:%S}{zone}"
    return "" if value is None else str(value)


def _csv(lines: Iterable[list[str]], quoting: int, end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator=end).writerows(lines)  # type: ignore[arg-type]
    return text.getvalue()


def _path(folder: Path, name: str) -> Path:
    path = folder / "salesforce" / EXPORTED / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _put(folder: Path, name: str, content: bytes) -> None:
    _path(folder, name).write_bytes(content)
