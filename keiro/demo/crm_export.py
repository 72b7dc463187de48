"""HubSpot exports: full snapshots of contacts, companies and deals as of the end of a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from keiro.demo.arrays import DAY, NEVER, Bools, Ints, end_of, wall_text
from keiro.demo.crm import Crm
from keiro.demo.crm_fields import (
    CONTACT_OWNERS,
    DISQUALIFIED_REASONS,
    REGIONS,
    contact_owners,
    disqualified_reasons,
    regions,
)
from keiro.demo.deals import LOST_REASONS, OWNERS, PRODUCTS
from keiro.demo.lives import Population
from keiro.demo.sessions import Sessions

CONTACT_LABELS = (
    ("Record ID", "レコードID"),
    ("First Name", "名"),
    ("Last Name", "姓"),
    ("Email", "Eメール"),
    ("Company Name", "会社名"),
    ("Job Title", "役職"),
    ("Lifecycle Stage", "ライフサイクルステージ"),
    ("Lead Status", "リードステータス"),
    ("Create Date", "作成日"),
    ("Last Modified Date", "最終更新日"),
    ("Became a Lead Date", "リード(見込み客)になった日付"),
    (
        "Became a Marketing Qualified Lead Date",
        "MQL(マーケティング上の有望な見込み客)になった日付",
    ),
    ("Became a Sales Accepted Lead Date", "SAL(営業が受け入れた見込み客)になった日付"),
    ("Became a Sales Qualified Lead Date", "SQL(営業上の有望な見込み客)になった日付"),
    ("Became an Opportunity Date", "商談になった日付"),
    ("Became a Customer Date", "顧客に転換した日付"),
    ("Disqualified Date", "対象外になった日付"),
    ("Disqualified Reason", "対象外の理由"),
    ("Original Source", "オリジナルソース"),
    ("Associated Company IDs", "関連付けられている会社ID"),
    ("GA Client ID", "GAクライアントID"),
    ("Contact owner", "コンタクト担当者"),
)
COMPANY_LABELS = (
    "レコードID", "会社名", "会社ドメイン名", "業種", "都道府県/地域", "従業員数", "作成日",
)  # fmt: skip
LIFECYCLE = (
    ("Lead", "リード"),
    ("Marketing Qualified Lead", "MQL"),
    ("Sales Accepted Lead", "SAL"),
    ("Sales Qualified Lead", "SQL"),
    ("Opportunity", "商談"),
    ("Customer", "顧客"),
)
LEAD_STATUS = (
    ("New", "新規"),
    ("In Progress", "進行中"),
    ("Open Deal", "取引を開始"),
    ("Unqualified", "対象外"),
)
DEAL_LABELS = (
    "Record ID", "Deal Name", "Pipeline", "Deal Stage", "Amount", "Create Date", "Close Date",
    "Deal owner", "Associated Contact IDs", "Associated Company IDs", "Closed Lost Reason",
)  # fmt: skip
PIPELINE = "Sales Pipeline"
SOURCE_DETAIL = ("Original Source Drill-Down 1", "オリジナルソースのドリルダウン1")
OFFLINE_DETAILS = {"seminar": "INTEGRATION", "outbound": "CRM_UI"}
DEAL_STAGES = ("Discovery", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
RENAMED = {"Proposal": "Solution Review"}
Rows = list[list[str]]


@dataclass(frozen=True)
class Snapshot:
    """What the exports of one day are made from."""

    day: date
    population: Population
    sessions: Sessions
    crm: Crm

    @property
    def moment(self) -> int:
        """The last second that the snapshot knows."""
        return end_of(self.day)

    def known(self, times: Ints) -> Ints:
        """The times as known on the day: NEVER for what lies in the future."""
        return np.where(times <= self.moment, times, NEVER)


def stated_stages(population: Population, crm: Crm) -> dict[str, Ints]:
    """Stage times as the CRM states them per person: skipped stages have none."""
    lives = population.lives
    return {
        "lead": population.people.lead_at,
        "mql": np.where(crm.skips("mql"), NEVER, lives.mql_at),
        "sal": np.where(crm.skips("sal"), NEVER, lives.sal_at),
        "sql": lives.sql_at,
        "opportunity": lives.opportunity_at,
        "customer": lives.won_at,
        "disqualified": lives.disqualified_at,
    }


def contact_rows(snapshot: Snapshot, japanese: bool) -> tuple[list[str], Rows]:
    """Header and rows of the contact export in the order of record ids."""
    language = int(japanese)
    crm, contacts = snapshot.crm, snapshot.crm.contacts
    visible = np.flatnonzero(contacts.created_at <= snapshot.moment)
    person, twin = contacts.person[visible], contacts.is_duplicate[visible]
    created = contacts.created_at[visible]
    stages = {
        name: np.where(twin, NEVER, snapshot.known(times[person]))
        for name, times in stated_stages(snapshot.population, crm).items()
    }
    stages["lead"] = created
    reached = [stages[n] for n in ("lead", "mql", "sal", "sql", "opportunity", "customer")]
    level = np.max([(times < NEVER) * n for n, times in enumerate(reached)], axis=0)
    steps = [*reached, stages["disqualified"]]
    modified = np.max([np.where(times < NEVER, times, 0) for times in steps], axis=0)
    status = np.select(
        [stages["disqualified"] < NEVER, level >= 4, level >= 1], [3, 2, 1], default=0
    )
    row = crm.lead_row[person]
    company = crm.names.company[row]
    texts = {name: _times(times) for name, times in stages.items()}
    names = crm.names
    columns: list[list[str]] = [
        [str(record) for record in contacts.record_id[visible].tolist()],
        [names.given[n] for n in row.tolist()],
        [names.family[n] for n in row.tolist()],
        [contacts.email[n] for n in visible.tolist()],
        ["" if n < 0 else names.companies.name[n] for n in company.tolist()],
        [names.job_title[n] for n in row.tolist()],
        [LIFECYCLE[n][language] for n in level.tolist()],
        [LEAD_STATUS[n][language] for n in status.tolist()],
        _times(created),
        _times(modified),
        *(
            texts[n]
            for n in ("lead", "mql", "sal", "sql", "opportunity", "customer", "disqualified")
        ),
        _reasons(snapshot, person, stages["disqualified"] < NEVER, language),
        _sources(snapshot, person, japanese),
        ["" if n < 0 else str(crm.company_id[n]) for n in company.tolist()],
        _client_ids(snapshot, contacts.form_session[visible]),
        _owners(snapshot, person, level >= 1),
    ]
    header = [labels[language] for labels in CONTACT_LABELS]
    if snapshot.population.parameters.outbound:
        header.append(SOURCE_DETAIL[language])
        columns.append(_source_details(snapshot, person))
    return header, _rows(columns)


def company_rows(snapshot: Snapshot) -> tuple[list[str], Rows]:
    """Header (Japanese) and rows of the company export."""
    crm = snapshot.crm
    visible = np.flatnonzero(crm.company_created_at <= snapshot.moment)
    visible = visible[np.argsort(crm.company_id[visible])]
    companies, chosen = crm.names.companies, visible.tolist()
    seed = snapshot.population.parameters.seed
    region = regions(seed, len(companies.name))[visible]
    columns = [
        [str(record) for record in crm.company_id[visible].tolist()],
        [companies.name[n] for n in chosen],
        [companies.domain[n] for n in chosen],
        [companies.industry[n] for n in chosen],
        ["" if n < 0 else REGIONS[n] for n in region.tolist()],
        [str(count) for count in companies.employees[visible].tolist()],
        _times(crm.company_created_at[visible]),
    ]
    return list(COMPANY_LABELS), _rows(columns)


def deal_rows(snapshot: Snapshot, noise: int, renamed: bool) -> tuple[list[str], Rows]:
    """Header and rows of the deal export; `noise` chooses the draw of the forecast."""
    crm, deals = snapshot.crm, snapshot.crm.deals
    visible = np.flatnonzero(deals.created_at <= snapshot.moment)
    entered = [
        snapshot.known(times[visible])
        for times in (
            deals.created_at,
            deals.proposal_at,
            deals.negotiation_at,
            np.where(deals.is_won, deals.closed_at, NEVER),
            np.where(deals.is_won, NEVER, deals.closed_at),
        )
    ]
    stage = np.max([(times < NEVER) * n for n, times in enumerate(entered)], axis=0)
    closed_at = snapshot.known(deals.closed_at[visible])
    expected = _expected_close(snapshot, visible, noise)
    labels: Callable[[str], str] = (lambda name: RENAMED.get(name, name)) if renamed else str
    stage_names = [labels(name) for name in DEAL_STAGES]
    company = deals.company[visible].tolist()
    lost = (stage == DEAL_STAGES.index("Closed Lost")).tolist()
    amounts = np.where(deals.has_amount[visible], deals.amount_jpy[visible], -1).tolist()
    columns = [
        [str(record) for record in deals.record_id[visible].tolist()],
        _deal_names(snapshot, visible),
        [PIPELINE] * len(visible),
        [stage_names[n] for n in stage.tolist()],
        ["" if amount < 0 else f"{amount:,}" for amount in amounts],
        _times(deals.created_at[visible]),
        _times(np.where(closed_at < NEVER, closed_at, expected)),
        [OWNERS[n] for n in deals.owner[visible].tolist()],
        _contact_ids(snapshot, visible),
        ["" if n < 0 else str(crm.company_id[n]) for n in company],
        [
            LOST_REASONS[n] if is_lost else ""
            for n, is_lost in zip(deals.lost_reason[visible].tolist(), lost, strict=True)
        ],
        *(_times(times) for times in entered),
    ]
    dates = [f'Date entered "{name} ({PIPELINE})"' for name in stage_names]
    return [*DEAL_LABELS, *dates], _rows(columns)


def _expected_close(snapshot: Snapshot, visible: Ints, noise: int) -> Ints:
    """Sales' guess for open deals: the true rest with an error, always in the future."""
    deals, calendar = snapshot.crm.deals, snapshot.population.calendar
    left = np.maximum(deals.closed_at[visible] - snapshot.moment, 0) / DAY
    guess = np.ceil(np.maximum(left, 3.0) * np.exp(0.35 * deals.forecast_noise[visible, noise]))
    day = snapshot.moment // DAY + np.minimum(guess, 700).astype(np.int64) + 1
    return calendar.business_day_on_or_after(day) * DAY + 18 * 3600


def _deal_names(snapshot: Snapshot, visible: Ints) -> list[str]:
    deals, names = snapshot.crm.deals, snapshot.crm.names
    persons = snapshot.crm.lead_row[deals.person[visible]].tolist()
    chosen = deals.company[visible].tolist()
    buyers = [
        names.companies.name[company] if company >= 0 else f"{names.family[row]}様"
        for company, row in zip(chosen, persons, strict=True)
    ]
    products = [PRODUCTS[n] for n in deals.product[visible].tolist()]
    return [f"{buyer} {product}" for buyer, product in zip(buyers, products, strict=True)]


def _contact_ids(snapshot: Snapshot, visible: Ints) -> list[str]:
    """The contact of each deal, and a colleague where one takes part and is known already."""
    contacts, deals = snapshot.crm.contacts, snapshot.crm.deals
    people = snapshot.population.people
    record = contacts.record_of(len(people))
    first, second = deals.person[visible], deals.second_contact[visible]
    joined = (second >= 0) & (people.lead_at[second] <= deals.created_at[visible])
    return [
        f"{record[a]};{record[b]}" if both else str(record[a])
        for a, b, both in zip(first.tolist(), second.tolist(), joined.tolist(), strict=True)
    ]


def _sources(snapshot: Snapshot, person: Ints, japanese: bool) -> list[str]:
    channels = snapshot.population.parameters.channels
    labels = [entry.source_ja if japanese else entry.source_en for entry in channels]
    return [labels[n] for n in snapshot.population.people.channel[person].tolist()]


def _source_details(snapshot: Snapshot, person: Ints) -> list[str]:
    """How somebody without a visit came into the CRM, as HubSpot drills offline sources down."""
    names = [channel.name for channel in snapshot.population.parameters.channels]
    details = [OFFLINE_DETAILS.get(name, "") for name in names]
    return [details[n] for n in snapshot.population.people.channel[person].tolist()]


def _reasons(snapshot: Snapshot, person: Ints, is_disqualified: Bools, language: int) -> list[str]:
    """Why sales turned the contacts down, where the export knows that it did."""
    population = snapshot.population
    drawn = disqualified_reasons(population.parameters.seed, len(population.people))[person]
    known = np.where(is_disqualified, drawn, -1).tolist()
    return ["" if n < 0 else DISQUALIFIED_REASONS[n][language] for n in known]


def _owners(snapshot: Snapshot, person: Ints, is_handed_over: Bools) -> list[str]:
    population = snapshot.population
    drawn = contact_owners(population.parameters.seed, len(population.people))[person]
    owner = np.where(is_handed_over, drawn, -1).tolist()
    return ["" if n < 0 else CONTACT_OWNERS[n] for n in owner]


def _client_ids(snapshot: Snapshot, form_session: Ints) -> list[str]:
    sessions = snapshot.sessions
    return ["" if n < 0 else sessions.client_id[sessions.client[n]] for n in form_session.tolist()]


def _times(times: Ints) -> list[str]:
    return [wall_text(time) for time in times.tolist()]


def _rows(columns: list[list[str]]) -> Rows:
    return [list(row) for row in zip(*columns, strict=True)]
