"""A metric's `config.meta`: what Keiro needs to know of it beyond dbt's own spec, validated."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from keiro.semantic.design import DesignMeta
from keiro.semantic.drivers import Driver, Inflow

Role = Literal["kgi", "main", "driver", "guardrail", "component"]
Grain = Literal["day", "week", "month", "fiscal_quarter", "fiscal_year"]

IN_TREE: tuple[Role, ...] = ("kgi", "main", "driver", "guardrail")


class Range(BaseModel):
    """Bounds outside which a value is impossible; null is no bound."""

    model_config = ConfigDict(extra="forbid")

    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self


class KpiMeta(DesignMeta):
    """What Keiro needs to know of a metric beyond dbt's own spec: its `config.meta`."""

    role: Role
    owner: str = Field(min_length=1)
    unit: str = Field(pattern=r"^(count|ratio|days|[A-Z]{3})$")
    direction: Literal["up", "down"]
    cadence: Grain
    label_ja: str = Field(min_length=1)
    description_ja: str | None = None
    range: Range
    parent: str | None = None
    # An identity over other metrics, and what else moves the metric: docs/tree.md.
    formula: str | None = Field(default=None, min_length=1)
    drivers: tuple[Driver, ...] = ()
    # `ratio`: a derived value or a median, of which a period without cases has none, and not zero.
    kind: Literal["stock", "ratio"] | None = None
    sample: str | None = None
    stage_pair: str | None = None
    # Days after a period's end until all cases in it were followed; a stage pair gives its own.
    horizon_days: int | None = Field(default=None, ge=0)
    # Where given, the metric is forecast from open items and from what still comes in.
    inflow: Inflow | None = None

    @model_validator(mode="after")
    def _described(self) -> "KpiMeta":
        if self.role in IN_TREE and not self.description_ja:
            raise ValueError("description_ja is missing (a component needs none)")
        if self.stage_pair is not None and self.horizon_days is not None:
            raise ValueError("horizon_days is that of the stage_pair; state one of them")
        return self
