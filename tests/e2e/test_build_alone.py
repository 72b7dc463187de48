"""dbt needs nothing but a loaded raw layer: `dbt build` makes all that a run makes."""

from pathlib import Path

import duckdb

from tests.conftest import run_command, workplace
from tests.e2e.conftest import FreshClone
from tests.e2e.contents import contents

BUILT = ("funnel", "kpi", "load")


def test_dbt_build_alone_builds_every_table(clone: FreshClone, tmp_path: Path) -> None:
    """With dbt's own tests of the models' logic, which a run leaves out."""
    project = clone.copy(tmp_path / "keiro").folder
    env = workplace(project)
    with duckdb.connect(str(env["KEIRO_WAREHOUSE"])) as con:
        for schema in ("staging", "intermediate", "seeds", *BUILT):
            con.execute(f"drop schema {schema} cascade")
    run_command(["dbt", "build"], env=env, cwd=project)
    built = contents(env["KEIRO_WAREHOUSE"], BUILT)
    assert len(built) >= 18
    assert built == contents(workplace(clone.folder)["KEIRO_WAREHOUSE"], BUILT)
