"""What drives a metric, as its YAML declares it: `config.meta.drivers`."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

EdgeKind = Literal["identity", "lagged", "hypothesis", "guardrail"]


class Driver(BaseModel):
    """A metric below another one in the tree, and why it stands there.

    `identity`: part of the formula. `lagged`: its cases feed the metric `lag_days` days later.
    `hypothesis`: believed to move it, with the evidence, who answers for it, and when it is looked
    at again. `guardrail`: must not get worse while the metric gets better.
    """

    model_config = ConfigDict(extra="forbid")

    metric: str = Field(min_length=1)
    kind: EdgeKind
    lag_days: int | None = Field(default=None, ge=0)
    evidence: str | None = Field(default=None, min_length=1)
    owner: str | None = Field(default=None, min_length=1)
    review_date: date | None = None

    @model_validator(mode="after")
    def _founded(self) -> "Driver":
        needed = {"lagged": ("lag_days",), "hypothesis": ("evidence", "owner", "review_date")}
        missing = [key for key in needed.get(self.kind, ()) if getattr(self, key) is None]
        if missing:
            raise ValueError(f"a {self.kind} driver needs {' and '.join(missing)}")
        return self


class Inflow(BaseModel):
    """What feeds a metric: its cases were cases of `metric` first, and follow the stage pair."""

    model_config = ConfigDict(extra="forbid")

    metric: str = Field(min_length=1)
    stage_pair: str = Field(min_length=1)
