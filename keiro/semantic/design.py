"""What a metric's YAML says of its design, for `keiro lint`: keys of `config.meta`."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class DesignMeta(BaseModel):
    """Keys that no number depends on; docs/lint.md says which rule reads which.

    `population`, `exclusions` and `date_basis` are stated where they do not follow from the
    definition; `quality` names the metric that tells what becomes of the cases of a count; `lint`
    switches a rule off for the metric: its id and the reason.
    """

    model_config = ConfigDict(extra="forbid")

    population: str | None = Field(default=None, min_length=1)
    exclusions: str | None = Field(default=None, min_length=1)
    date_basis: str | None = Field(default=None, min_length=1)
    quality: str | None = Field(default=None, min_length=1)
    review_date: date | None = None
    lint: dict[str, str] = Field(default_factory=dict)
