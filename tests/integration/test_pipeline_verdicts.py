"""What a run publishes, refuses and says, with real dbt and real checks on a small project."""

import shutil
from pathlib import Path

import duckdb
import pytest
from pipeline_project import FILES, stand_in_page, write_leads, write_project

from keiro.errors import ExitCode, KeiroError
from keiro.pipeline import check_only, run_pipeline
from keiro.publish import Publication, current
from keiro.settings import Settings

SUITE = FILES["expectations/funnel.yml"]
WARNING = """
  - id: funnel.leads_known
    table: funnel.fct_absent
    expect: expect_table_row_count_to_be_between
    kwargs: {min_value: 1}
    severity: warning
    cause: pipeline
    owner: sales
    detail: {en: Not known., ja: 不明。}
    remedy: {en: Look., ja: 確認。}
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    stand_in_page(monkeypatch)
    return write_project(tmp_path)


def published(settings: Settings) -> Publication:
    publication = current(settings.path(settings.published_dir))
    assert publication is not None
    return publication


def change(settings: Settings, name: str, text: str) -> None:
    (settings.project_dir / name).write_text(text.lstrip(), encoding="utf-8")


def test_a_run_publishes_and_the_next_one_finds_nothing_new(settings: Settings) -> None:
    first = run_pipeline(settings)
    assert first.is_new
    assert [file.status for file in first.loaded.files] == ["loaded", "loaded"]
    with duckdb.connect(str(published(settings).database), read_only=True) as con:
        comments = con.execute(
            "select comment from duckdb_tables() where table_name = 'fct_leads'"
        ).fetchall()
    assert comments == [("One row per lead.",)]

    second = run_pipeline(settings)
    assert not second.is_new
    assert second.publication == first.publication
    assert sorted(second.seconds) == ["load", "preflight"]
    forced = run_pipeline(settings, force=True)
    assert forced.is_new
    assert forced.publication.manifest["tables"] == first.publication.manifest["tables"]


def test_loading_everything_twice_changes_no_table(settings: Settings) -> None:
    first = run_pipeline(settings).publication.manifest["tables"]
    shutil.rmtree(settings.path(settings.published_dir))
    assert run_pipeline(settings).publication.manifest["tables"] == first
    exports = settings.project_dir / "exports"
    shutil.copy(exports / "leads_2026-09.csv", exports / "leads_2026-09 (1).csv")

    again = run_pipeline(settings).publication.manifest["tables"]

    assert again.pop("load.load_log")["rows"] == first.pop("load.load_log")["rows"] + 1
    assert again == first


def test_a_critical_failure_keeps_the_last_publication(settings: Settings) -> None:
    run_pipeline(settings)
    before = published(settings)
    change(settings, "expectations/funnel.yml", SUITE.replace("min_value: 1", "min_value: 701"))

    with pytest.raises(KeiroError) as caught:
        run_pipeline(settings)

    assert caught.value.exit_code == ExitCode.CHECKS_FAILED
    assert "There are no leads." in str(caught.value)
    assert caught.value.remedy == "Load the leads."
    assert published(settings) == before
    # The fault is still there: a second look must not find that nothing is new.
    with pytest.raises(KeiroError):
        run_pipeline(settings)
    write_leads(settings.project_dir, "2026-09", 401, 701)
    assert run_pipeline(settings).is_new


def test_a_crashed_check_is_published_as_an_error_and_tried_again(settings: Settings) -> None:
    change(settings, "expectations/funnel.yml", SUITE + WARNING)

    first = run_pipeline(settings)

    assert first.errored_checks == ("funnel.leads_known",)
    with pytest.raises(KeiroError) as caught:
        first.raise_for_checks()
    assert caught.value.exit_code == ExitCode.CHECKS_ERRORED
    assert run_pipeline(settings).is_new
    with duckdb.connect(str(settings.path(settings.warehouse))) as con:
        con.execute("create table funnel.fct_absent as select 1 as id")
    assert run_pipeline(settings).errored_checks == ()
    assert not run_pipeline(settings).is_new


def test_a_check_that_guards_and_crashes_keeps_the_last_publication(settings: Settings) -> None:
    critical = WARNING.replace("severity: warning", "severity: critical")
    change(settings, "expectations/funnel.yml", SUITE + critical)

    with pytest.raises(KeiroError) as caught:
        run_pipeline(settings)

    assert caught.value.exit_code == ExitCode.CHECKS_ERRORED
    assert current(settings.path(settings.published_dir)) is None


def test_a_failed_build_names_model_and_file_and_shows_no_value(settings: Settings) -> None:
    leads = FILES["models/fct_leads.sql"]
    change(
        settings, "models/fct_leads.sql", leads.replace("cast(created", "cast('Taro' || created")
    )

    with pytest.raises(KeiroError) as caught:
        run_pipeline(settings)

    assert caught.value.exit_code == ExitCode.BUILD_FAILED
    assert "model.mini.fct_leads (models/fct_leads.sql): error" in str(caught.value)
    assert "skipped" in str(caught.value)
    assert "Taro" not in str(caught.value)
    assert "dbt build --select fct_leads" in caught.value.remedy
    with duckdb.connect(str(settings.path(settings.warehouse))) as con:
        assert con.execute("select 1").fetchone(), "nothing holds the work database any more"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("models/fct_leads.yml", "owner: sales", "", "metric leads: config.meta.owner"),
        ("models/_crm__sources.yml", "format: csv", "format: xls", "format"),
        ("expectations/funnel.yml", "severity: critical", "severity: grave", "severity"),
    ],
)
def test_what_people_wrote_is_validated_before_anything_is_touched(
    settings: Settings, name: str, old: str, new: str, said: str
) -> None:
    change(settings, name, FILES[name].replace(old, new))

    with pytest.raises(KeiroError) as caught:
        run_pipeline(settings)

    assert caught.value.exit_code == ExitCode.BAD_INPUT
    assert said in str(caught.value)
    assert not settings.path(settings.warehouse).exists()


def test_a_target_for_an_unknown_metric_is_refused(settings: Settings) -> None:
    (settings.project_dir / "seeds").mkdir()
    change(
        settings,
        "seeds/kpi_targets.csv",
        "metric,scope,grain,period_start,target,effective_from\n"
        "leeds,all,month,2026-09-01,3,2026-09-01\n",
    )

    with pytest.raises(KeiroError, match="row 2: there is no metric 'leeds'"):
        run_pipeline(settings)


def test_without_exports_it_says_where_they_belong(settings: Settings) -> None:
    for file in (settings.project_dir / "exports").iterdir():
        file.unlink()

    with pytest.raises(KeiroError) as caught:
        run_pipeline(settings)

    assert caught.value.exit_code == ExitCode.BAD_INPUT
    assert "keiro demo" in caught.value.remedy


def test_the_checks_alone_write_nothing(settings: Settings) -> None:
    run_pipeline(settings)
    before = published(settings)
    change(settings, "expectations/funnel.yml", SUITE.replace("min_value: 1", "min_value: 701"))

    results = check_only(settings)

    assert [r.check_id for r in results if r.status == "failed"] == ["funnel.leads_exist"]
    assert published(settings) == before
    with duckdb.connect(str(settings.path(settings.warehouse)), read_only=True) as con:
        failed = con.execute(
            "select count(*) from raw.keiro__check_results where status = 'failed'"
        ).fetchone()
    assert failed == (0,)
