"""Splink's settings for a declared model."""

from typing import TYPE_CHECKING, Any

from keiro.identity.model import Compared, Kind, MatchModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from splink import SettingsCreator
    from splink.internals.comparison_creator import ComparisonCreator

ALIKE = 0.92  # Jaro-Winkler similarity of two spellings of one name
NEAR = (0.88, 0.7)


def splink_settings(model: MatchModel) -> "SettingsCreator":
    """The model as Splink takes it, before learning; retains no compared value in its results."""
    from splink import SettingsCreator

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=model.id_column,
        comparisons=[_comparison(compared) for compared in model.comparisons],
        blocking_rules_to_generate_predictions=[blocking_rule(rule) for rule in model.candidates],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
        max_iterations=50,
    )


def blocking_rule(columns: list[str]) -> Any:
    """Splink's rule for two records that share all of these columns."""
    from splink import block_on

    return block_on(*columns)


def _comparison(compared: Compared) -> "ComparisonCreator":
    import splink.comparison_level_library as levels
    import splink.comparison_library as library

    column = compared.columns[0]
    simple: dict[Kind, Callable[[], ComparisonCreator]] = {
        "name": lambda: library.NameComparison(column),
        "email": lambda: library.EmailComparison(column),
        "date": lambda: library.DateOfBirthComparison(
            column, input_is_string=True, datetime_format=compared.format
        ),
        "code": lambda: library.DamerauLevenshteinAtThresholds(column, [1, 2]),
        "text": lambda: library.JaroWinklerAtThresholds(column, [ALIKE, NEAR[0]]),
        "exact": lambda: library.ExactMatch(column),
    }
    if compared.kind in simple:
        made = simple[compared.kind]()
        if compared.by_frequency and compared.kind in {"code", "text", "exact"}:
            made.configure(term_frequency_adjustments=True)
        return made
    steps = _person(*compared.columns) if compared.kind == "person" else _company(*compared.columns)
    return library.CustomComparison(
        output_column_name=compared.name,
        comparison_levels=[*steps, levels.ElseLevel()],
    )


def _person(full: str, given: str, family: str) -> list[Any]:
    import splink.comparison_level_library as levels

    return [
        levels.NullLevel(full),
        levels.ExactMatchLevel(full, term_frequency_adjustments=True),
        levels.JaroWinklerLevel(full, ALIKE),
        levels.CustomLevel(
            f"{family}_l = {family}_r and {given}_l[1] = {given}_r[1]",
            label_for_charts="Same family name and initial",
        ),
        levels.JaroWinklerLevel(full, NEAR[0]),
        levels.ExactMatchLevel(family, term_frequency_adjustments=True),
    ]


def _company(key: str, name: str) -> list[Any]:
    import splink.comparison_level_library as levels

    return [
        levels.NullLevel(key),
        levels.ExactMatchLevel(key, term_frequency_adjustments=True),
        levels.JaroWinklerLevel(name, ALIKE),
    ]
