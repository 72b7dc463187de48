"""The demo company: a seedable simulator that writes the exports of an invented B2B company.

`write_demo` writes the exports of all sources below a folder, and beside them `_truth/`, what the
simulator knows and no export shows. Truth is for tests; nothing loads it. Its parts:

`truth.json`
    `parameters` (all of `DemoParameters`); `model`: `lead_probability` and `mql_probability` by
    channel, `step_probability` by stage (the chance of entering it from the one before; that of
    `mql` is overridden by the channel's, and for people from seminars by their attendance);
    `incidents`: `kind`, `from`, `to`, `touches` (source, objects, metrics), `expected_cause` and
    what belongs to the kind; `incidents_left_out`: `kind`, `reason`; `sals_prevented_by_fall`.
`people.parquet`, one row per person
    `person_id`, `channel` (of the first contact), `is_seminar` (first known from a registration),
    `has_consent`, `contact_id`, `company_id`, `deal_id`, `client_id` (the one linked by the form,
    null without), `first_visit_at`, `lead_at`, `mql_at`, `sal_at`, `sql_at`, `opportunity_at`,
    `won_at`, `lost_at`, `disqualified_at` (instants, whole lives: also after `end`, null for
    never), `skipped_stage` (the stage whose date the CRM lacks), `sal_prevented_by_fall`.
`clients.parquet`, one row per web client id (cookie) of a consenting person
    `client_id`, `person_id`, `first_session_at`, `is_linked` (a contact carries it).
`contacts.parquet`, one row per contact record: `contact_id`, `person_id`, `created_at`,
    `is_duplicate` (a second record of the person, the e-mail in another letter case).
`deals.parquet`, one row per deal, those after `end` included
    `deal_id`, `person_id`, `created_at`, `proposal_at`, `negotiation_at`, `closed_at`, `is_won`,
    `amount_jpy`, `has_amount` (false: the export shows none).
`sessions.parquet`, one row per session from `start` on, as it happened (before the outage)
    `person_id`, `client_id` (null without consent), `started_at` (its second in UTC is the
    `ga_session_id`), `channel`, `has_consent`, `events`, `events_exported`.
`registrations.parquet`, one row per seminar registration
    `seminar_date`, `person_id`, `registered_at`, `attended`, `is_new_person`, `followed_up_date`
    (also after `end`), `follow_up_business_days`, `is_exported`.
`costs.parquet`, one row per day and campaign, each once: `date`, `campaign`, `cost_jpy`,
    `impressions`, `clicks`, `conversions` (null where the report shows `--`).
`daily.parquet`, one row per day of the period and channel (`all` for the sum)
    What exports without the data incidents (outage, duplicates, renaming) would show; the fall of
    the conversion is real and in it. `sessions` (with consent, by the session's own channel),
    `sessions_exported` (with at least one event left by the outage), `sessions_without_consent`
    (which carry no id); by the person's first channel: `leads`, `mqls`, `sals`, `sqls`,
    `opportunities`, `won`, `lost`, `disqualified` (entries; a skipped stage is imputed at the next
    stage's time), `mqls_stated`, `sals_stated` (only those with a date of their own),
    `revenue_jpy` (amounts of deals won that day).
`conversions.parquet`, true conversions of the cohorts that entered within the period
    `from_stage`, `to_stage`, `cohort_month` (null: all), `channel` (`all` or one, then without
    month), `horizon_days` (30, 60, 90, 180; null: ever), `n`, `converted`, `rate`,
    `median_lag_days` (of the converted). A lag counts when it is at most horizon × 24 h, in true
    times (no stage skipped). `visit` → `lead` is by person from the true first visit on;
    `visit_as_linked` → `lead` is by visitor as far as data can know: a cookie is a visitor of its
    own unless a form links it to the person.

With nurture scenarios, `hubspot/email-events-*.csv` hold what happened to their e-mails; nurtured
leads become MQLs more often, and the truth is that of this other history.

`write_shop` writes the exports of an online shop instead: orders, web events and ads. Its truth is
`orders.parquet` (`order_number`, `ordered_at`, `status`, `channel`, `total_jpy`) and parameters.

People live before `start` too (`DemoParameters.history_days`): the CRM exports know those
contacts and deals, while web events, cost and seminar lists begin at `start`.
"""

from keiro.demo.parameters import DemoParameters
from keiro.demo.shop_export import write_shop
from keiro.demo.write import DemoSummary, write_demo

__all__ = ["DemoParameters", "DemoSummary", "write_demo", "write_shop"]
