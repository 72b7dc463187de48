"""Attendee reports of Zoom webinars written by code, with invented people."""

from collections.abc import Sequence

HEADER = (
    "Attended,User Name (Original Name),First Name,Last Name,Email,Phone,Registration Time,"
    "Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,"
    '"Which ""product"" do you use?",Country/Region Name'
)
STAFF_HEADER = (
    "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),"
    "Is Guest,Country/Region Name"
)
DAY = "Mar 22, 2025"


def row(
    email: str,
    join: str,
    leave: str,
    minutes: str,
    *,
    attended: str = "Yes",
    name: str = "Aoki Hana",
    registered: str = "Mar 20, 2025 10:00:00",
    answer: str = "",
    tail: str = "",
) -> str:
    """One line of the attendees' table, with what stands behind its last cell."""
    family, given = name.split(" ")
    cells = [attended, name, given, family, email, "--", f'"{registered}"', "approved"]
    cells += [f'"{join}"', f'"{leave}"', minutes, "Yes", f'"{answer}"', "Japan"]
    return ",".join(cells) + tail


def report(
    attendees: Sequence[str],
    *,
    webinar: str = "812 3456 7890",
    topic: str = '"KPI, explained: ""why""?"',
    started: str = "Mar 22, 2025 20:00:00",
) -> str:
    """The block about the webinar and its three tables; lines end in a comma as Zoom's do."""
    return "\n".join(
        [
            "Attendee Report,",
            'Report Generated:,"Mar 23, 2025 09:30:00"',
            "Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registrants,",
            f'{topic},{webinar},"{started}",61,{len(attendees)},',
            "Host Details,",
            f"{STAFF_HEADER},",
            f'Yes,Mori Ken,host@example.com,"{DAY} 19:50:00","{DAY} 21:05:00",75,No,Japan,',
            "Panelist Details,",
            f"{STAFF_HEADER},",
            f'Yes,Ono Yui,panel@example.com,"{DAY} 19:55:00","{DAY} 21:01:00",66,No,Japan,',
            "Attendee Details,",
            f"{HEADER},",
            *attendees,
            "",
        ]
    )
