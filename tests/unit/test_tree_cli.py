"""`keiro tree` and `keiro explain` on a publication written by hand."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from keiro.cli import app
from keiro.errors import ExitCode
from keiro.publish import publish
from keiro.tree.table import contributions_table
from tests.unit.tree_world import inputs, value

RUNNER = CliRunner()
STATE = """
create schema kpi;
create schema funnel;
create table funnel.dim_channels as
from (values ('paid', 'Paid search', '有料検索'), ('mail', 'Mail', 'メール'))
as t (channel, label_en, label_ja);
create table kpi.dim_kpis as
from (values
    ('won_revenue', 'kgi', 'sales', 'JPY', 'up', 'amount', 'Won revenue', '受注金額', null, null,
        null, 'deals * price'),
    ('deals', 'main', 'sales', 'count', 'up', 'count', 'Deals', '受注件数', null, null, null, null),
    ('price', 'main', 'sales', 'JPY', 'up', 'ratio', 'Price', '単価', 'won_revenue', 'deals', null,
        null),
    ('leads', 'driver', 'web', 'count', 'up', 'count', 'Leads', 'リード数', null, null, null, null),
    ('bounce', 'driver', 'web', 'ratio', 'down', 'rate', 'Bounce [x]', '直帰率', null, null,
        cast(1 as double), null)
) as t (metric, role, owner, unit, direction, kind, label_en, label_ja, numerator_metric,
    denominator_metric, range_max, identity_formula);
create table kpi.dim_kpi_drivers as
from (values
    ('won_revenue', 'deals', 'identity', 0, null::int, null, 'sales', null::date, true),
    ('won_revenue', 'price', 'identity', 1, null, null, 'sales', null, true),
    ('deals', 'leads', 'lagged', 0, 30, 'curve', 'web', null, true),
    ('price', 'leads', 'hypothesis', 0, null, null, 'web', null, false),
    ('leads', 'bounce', 'guardrail', 0, null, null, 'web', date '2026-12-01', true)
) as t (metric, driver, kind, position, lag_days, evidence, owner, review_date, is_declared);
create table kpi.fct_kpi_status as
from (values
    ('won_revenue', 'month', 'all', date '2026-02-01', date '2026-02-28', 200::double,
        1::double, 0.4::double, 0.4::double, 'behind'),
    ('deals', 'month', 'all', date '2026-02-01', date '2026-02-28', 20.0, 1.0, 1.0, 1.0,
        'reached'),
    ('price', 'month', 'all', date '2026-02-01', date '2026-02-28', 10.0, null, 0.4, null,
        'behind')
) as t (metric, grain, scope, period_start, period_end, target, expected_share, attainment,
    pace_index, status);
create table kpi.fct_kpi_identities as
from (values
    ('won_revenue', 'month', 'all', date '2026-01-01', 50::double, 51::double, 'broken', null),
    ('won_revenue', 'month', 'all', date '2026-02-01', 80.0, 80.0, 'holds', null),
    ('won_revenue', 'month', 'channel=paid', date '2026-02-01', null, null, 'not_judged',
        'no_value')
) as t (metric, grain, scope, period_start, value, formula_value, status, reason);
"""
# What the models add to what is computed.
TABLES = """
create table kpi.fct_kpi_values as select *, 'f1' as withheld_by_flag_id from kpi_values;
create table kpi.fct_kpi_contributions as
select
    *,
    lower > 0 or upper < 0 as is_distinguishable,
    contribution / change as share_of_change
from contributions;
create table kpi.fct_kpi_samples as from samples;
create table kpi.fct_kpi_won_cohorts as from cohorts;
"""


def _values() -> list[dict[str, Any]]:
    rows = []
    for period, deals, price, leads in (
        ("2025-09", 7, 5.0, 40),
        ("2026-01", 10, 5.0, 90),
        ("2026-02", 20, 4.0, 91),
    ):
        rows += [
            value("won_revenue", period, deals * price, n=deals),
            value("deals", period, deals),
            value("price", period, price, n=deals, status="insufficient"),
            value("leads", period, leads, trust="drifting"),
            value("leads", period, leads // 2, scope="channel=paid"),
            value("leads", period, leads - leads // 2, scope="channel=mail"),
        ]
    withheld = value("bounce", "2026-02", None, n=None, trust="withheld")
    return [*rows, value("bounce", "2026-01", 0.31), withheld]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "dbt_project.yml").write_text(
        'vars: {as_of: "2026-02-28", business_timezone: Asia/Tokyo, fiscal_year_start_month: 4}'
    )
    with duckdb.connect(str(folder / "work.duckdb")) as con:
        con.execute(STATE)
        kpis = con.sql("from kpi.dim_kpis").to_arrow_table().to_pylist()
        targets = con.sql("from kpi.fct_kpi_status").to_arrow_table().to_pylist()
        names = tuple(kpi["metric"] for kpi in kpis)
        given = inputs(_values(), metrics=names, kpis=kpis, targets=targets, as_of="2026-02-28")
        con.register("kpi_values", given.kpi_values)
        con.register("contributions", contributions_table(given))
        con.register("samples", given.samples)
        con.register("cohorts", given.cohorts)
        con.execute(TABLES)
    publish(
        folder / "work.duckdb",
        folder / "published",
        {"as_of": "2026-02-28", "checks": {"passed": 3, "failed": [], "errored": []}},
        fingerprint="fedcba9876543210",
        descriptions={},
        keep=2,
        now=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return folder


def _shown(project: Path, *arguments: str) -> str:
    shown = RUNNER.invoke(app, [*arguments, "--project-dir", str(project)])
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def _refused(project: Path, *arguments: str) -> str:
    shown = RUNNER.invoke(app, [*arguments, "--project-dir", str(project)])
    assert shown.exit_code == ExitCode.USAGE
    return " ".join(shown.stderr.split())


def test_the_tree_shows_values_targets_trust_and_identities(project: Path) -> None:
    lines = [line.strip("│├└─ ") for line in _shown(project, "tree").splitlines()]
    assert lines[0] == "2026-02-01 – 2026-02-28, overall, as of 2026-02-28"
    assert lines[1] == (
        "Won revenue  ¥80  n = 20  target ¥200 (40.0%, behind)  = deals * price "
        "(holds, broken in 1 periods)"
    )
    assert lines[2] == "Deals  20  n = 20  target 20 (100.0%, reached)  by definition"
    assert lines[3] == "Leads  91  n = 91  drifting  feeds it 30 days later"
    assert lines[4] == "Bounce [x]  withheld  guardrail"
    assert lines[5].startswith("Price  ¥4  n = 20")
    assert lines[6] == "Leads (see above)"


def test_the_tree_in_japanese_and_of_a_channel(project: Path) -> None:
    shown = _shown(project, "tree", "--lang", "ja", "--grain", "month", "--scope", "channel=paid")
    assert "2026-02-01 – 2026-02-28、channel=paid、基準日 2026-02-28" in shown
    assert "リード数  45  n = 45  30日後に影響" in shown
    assert "受注金額  –" in shown


def test_the_tree_as_json(project: Path) -> None:
    tree = json.loads(_shown(project, "tree", "--json"))
    assert [row["metric"] for row in tree["metrics"]] == [
        "won_revenue",
        "deals",
        "leads",
        "bounce",
        "price",
    ]
    root = tree["metrics"][0]
    assert (root["value"], root["identity_status"], root["identity_broken_periods"]) == (
        80,
        "holds",
        1,
    )
    assert tree["metrics"][3]["value"] is None
    assert tree["drivers"][-2] == {
        "metric": "leads",
        "driver": "bounce",
        "kind": "guardrail",
        "lag_days": None,
        "evidence": None,
        "owner": "web",
        "review_date": "2026-12-01",
        "is_declared": True,
    }


def test_a_change_is_explained_in_english(project: Path) -> None:
    """By hand: L(80, 50) = 30 / ln 1.6 = 63.8; times ln 2 it is 44.2, times ln 0.8 it is -14.2."""
    lines = _shown(project, "explain", "won_revenue", "--from", "2026-01", "--to", "2026-02")
    assert lines.splitlines() == [
        "Won revenue rose from ¥50 (2026-01) to ¥80 (2026-02): +¥30 (+60.0%).",
        "No interval is known: there are no cases to draw from.",
        "By the formula deals * price (LMDI):",
        "  Deals: +¥44 (147% of the change), no interval",
        "  Price: -¥14 (-47% of the change), no interval",
        "It rests on too few cases for a firm statement.",
        "Contributions are arithmetic: they say where the change is, not why.",
    ]


def test_a_change_that_is_noise_is_said_to_be_in_japanese(project: Path) -> None:
    shown = _shown(
        project, "explain", "leads", "--from", "2026-01", "--to", "2026-02", "--lang", "ja"
    )
    lines = shown.splitlines()
    assert lines[0] == "リード数は90（2026年1月）から91（2026年2月）へ増加しました（+1、+1.1%）。"
    assert lines[1].startswith("この変化は偶然のばらつきと区別できません（95%区間 -")
    assert lines[2] == "チャネル別の内訳（単純和）："
    assert lines[3].startswith("  メール：+1（変化の100%）、95%区間 -")
    assert lines[3].endswith("偶然のばらつきと区別できません")
    assert "変調フラグのある値を含みます。フラグを確認してください。" in lines


def test_periods_that_no_table_compares_are_computed(project: Path) -> None:
    shown = _shown(project, "explain", "leads", "--from", "2025-09", "--to", "2026-02", "--json")
    answer = json.loads(shown)
    assert (answer["from_value"], answer["to_value"], answer["before"]) == (40, 91, "2025-09-01")
    assert {row["driver"]: row["contribution"] for row in answer["contributions"]} == {
        "channel=mail": 26,
        "channel=paid": 25,
    }
    assert all(row["is_distinguishable"] for row in answer["contributions"])
    assert sum(row["share_of_change"] for row in answer["contributions"]) == pytest.approx(1)


def test_without_a_period_before_it_is_compared_with_the_target(project: Path) -> None:
    lines = _shown(project, "explain", "won_revenue", "--to", "2026-02").splitlines()
    assert lines[0] == (
        "Won revenue stands at ¥80 in 2026-02, against ¥200 that the target asks for by now: "
        "-¥120 (-60.0%)."
    )
    assert "  Price: -¥120 (100% of the change), no interval" in lines


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("leeds", "--to", "2026-02"), "no metric 'leeds' remedy: did you mean leads"),
        (("leads", "--to", "soon"), "--to: 'soon' is no period remedy: write the month"),
        (("leads", "--from", "2026-13", "--to", "2026-02"), "--from: '2026-13' is no period"),
        (
            ("leads", "--from", "2020-01", "--to", "2026-02"),
            "no month of leads (all) begins on 2020-01-01 remedy: the first begins on 2025-09-01, "
            "the last on 2026-02-01",
        ),
        (
            ("leads", "--from", "2026-01", "--to", "2026-02", "--grain", "fiscal_year"),
            "it has no value of this grain in this scope",
        ),
        (
            ("leads", "--from", "2026-01", "--to", "2026-02", "--scope", "channel=fax"),
            "there is no scope 'channel=fax' remedy: name one of all, channel=mail, channel=paid",
        ),
        (("leads", "--to", "2026-02"), "leads (all) has no target for the month from 2026-02-01"),
        (
            ("bounce", "--from", "2026-01", "--to", "2026-02"),
            "bounce (all) is withheld in the month from 2026-02-01 remedy: see flag f1",
        ),
    ],
)
def test_what_cannot_be_explained_says_why(
    arguments: tuple[str, ...], said: str, project: Path
) -> None:
    assert said in _refused(project, "explain", *arguments)


def test_before_the_first_run_the_remedy_is_to_run(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("vars: {}")
    for command in (["tree"], ["explain", "leads", "--to", "2026-02"]):
        assert "`keiro run` first" in _refused(tmp_path, *command)


def test_a_publication_of_an_older_keiro_is_named(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("vars: {}")
    with duckdb.connect(str(tmp_path / "work.duckdb")) as con:
        con.execute("create schema kpi; create table kpi.dim_kpis (metric varchar)")
    publish(
        tmp_path / "work.duckdb",
        tmp_path / "published",
        {"as_of": date(2026, 2, 28).isoformat()},
        fingerprint="fedcba9876543210",
        descriptions={},
        keep=1,
    )
    assert "was published without dim_channels, dim_kpi_drivers" in _refused(tmp_path, "tree")
