"""The published initiatives in review: plan, done, checked, act, and what is overdue."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from keiro.errors import ExitCode, KeiroError
from keiro.publish import current

INITIATIVES = """
    select
        initiatives.*,
        kpis.label_en,
        kpis.label_ja,
        targets.design_used,
        targets.is_evidence,
        targets.ready_date,
        targets.n_before,
        targets.n_after,
        targets.grain,
        targets.effect,
        targets.effect_lower,
        targets.effect_upper,
        targets.detail_en,
        targets.detail_ja,
        guardrails.detail_en as guardrail_detail_en,
        guardrails.detail_ja as guardrail_detail_ja
    from kpi.fct_initiatives as initiatives
    left join kpi.dim_kpis as kpis using (metric)
    left join kpi.fct_initiative_verdicts as targets
        on
            initiatives.initiative_id = targets.initiative_id
            and targets.role = 'target'
    left join kpi.fct_initiative_verdicts as guardrails
        on
            initiatives.initiative_id = guardrails.initiative_id
            and guardrails.role = 'guardrail'
    order by
        initiatives.is_overdue desc,
        array_position(
            ['to_review', 'maturing', 'running', 'planned', 'closed'], initiatives.phase
        ),
        initiatives.review_due_date,
        initiatives.initiative_id
"""


@dataclass(frozen=True)
class Review:
    """All initiatives as of a day, what is overdue first; rows by column name."""

    as_of: date
    initiatives: list[dict[str, Any]]

    @property
    def overdue(self) -> list[str]:
        """Ids of the initiatives that were to be decided and are not."""
        return [str(row["initiative_id"]) for row in self.initiatives if row["is_overdue"]]

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON values, for scripts."""
        return {
            "as_of": self.as_of.isoformat(),
            "overdue": self.overdue,
            "initiatives": [
                {name: _plain(value) for name, value in row.items()} for row in self.initiatives
            ],
        }


def read_review(published_dir: Path) -> Review:
    """The published initiatives. Raises KeiroError where nothing is published, or none of them."""
    import duckdb

    publication = current(published_dir)
    if publication is None:
        raise KeiroError(
            "nothing has been published yet",
            where=str(published_dir),
            remedy="run `keiro run` first",
            exit_code=ExitCode.USAGE,
        )
    try:
        with duckdb.connect(str(publication.database), read_only=True) as con:
            cursor = con.execute(INITIATIVES)
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    except duckdb.CatalogException as error:
        raise KeiroError(
            "this publication has no initiatives: it was made before Keiro judged them",
            where=str(publication.folder),
            remedy="run `keiro run`",
            exit_code=ExitCode.USAGE,
        ) from error
    except duckdb.IOException:
        # Where few versions are kept, this one may have been replaced and swept just now.
        if current(published_dir) == publication:
            raise
        return read_review(published_dir)
    return Review(date.fromisoformat(str(publication.manifest["as_of"])), rows)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
