"""How records are compared, declared per data set: nothing here knows a column by name."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from keiro.errors import KeiroError

Kind = Literal["name", "person", "company", "email", "date", "code", "text", "exact"]
# How many columns a kind compares; `person` takes full name, given name and family name,
# `company` a key such as the domain, and the name.
WIDTHS: dict[Kind, int] = {"person": 3, "company": 2}
# Columns; as a rule, two records share all of them.
Rule = Annotated[list[str], Field(min_length=1)]


class Compared(BaseModel):
    """One comparison: its kind decides the levels between equal and different.

    name: equal, three grades of Jaro-Winkler. person: the full name so, then family name with the
    same initial. company: equal key, or a similar name. email: equal, same local part,
    similar. date: equal, one sign off, near (`format` as in strptime). code (postcode, phone,
    number): equal, one or two signs off. text: equal, two grades of Jaro-Winkler. exact: equal.
    With `by_frequency`, being equal in a rare value weighs more than in a common one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: Kind
    columns: Rule
    format: str = "%Y-%m-%d"
    by_frequency: bool = True

    @model_validator(mode="after")
    def _has_its_columns(self) -> Self:
        width = WIDTHS.get(self.kind, 1)
        if len(self.columns) != width:
            raise ValueError(f"a comparison of kind {self.kind} takes {width} column(s)")
        return self


class MatchModel(BaseModel):
    """What to compare, and from which pairs to learn.

    `candidates`: two records are compared when they share all columns of one of these rules.
    `certain`: rules whose pairs are nearly all matches, and `certain_recall` the share of all
    matches that they find together: they tell how common matches are. `training`: rules on whose
    pairs the weights are learned; a comparison needs one that does not use its columns.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id_column: str = "record_id"
    comparisons: Annotated[list[Compared], Field(min_length=2)]
    candidates: Annotated[list[Rule], Field(min_length=1)]
    certain: Annotated[list[Rule], Field(min_length=1)]
    certain_recall: Annotated[float, Field(gt=0, le=1)] = 0.7
    training: Annotated[list[Rule], Field(min_length=2)]
    minimum_certain_pairs: Annotated[int, Field(ge=1)] = 30
    maximum_sampled_pairs: Annotated[int, Field(ge=1000)] = 1_000_000
    seed: int = 1

    @property
    def columns(self) -> list[str]:
        """The columns of the records that are compared, each once."""
        return list(dict.fromkeys(c for compared in self.comparisons for c in compared.columns))


def read_model(declared: Mapping[str, Any], where: str) -> MatchModel:
    """The model as `where` declares it. Raises KeiroError naming the key at fault."""
    try:
        return MatchModel.model_validate(dict(declared))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise KeiroError(
            f"match model: {key or 'model'}: {first['msg']}",
            where=where,
            remedy="correct the key; the kinds and keys are described in keiro/identity/model.py",
        ) from None
