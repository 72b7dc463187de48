"""Formulas: what is read, what is refused, what they give."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keiro.tree.formula import (
    MAX_METRICS,
    FormulaError,
    Term,
    dimension,
    parse_formula,
)

UNITS = {"revenue": "JPY", "deals": "count", "rate": "ratio", "cycle": "days", "dollars": "USD"}


@pytest.mark.parametrize(
    ("text", "metrics", "form"),
    [
        ("deals * price", ("deals", "price"), "product"),
        ("cost / leads", ("cost", "leads"), "product"),
        ("new + renewed - lost", ("new", "renewed", "lost"), "sum"),
        ("a * b + c * d", ("a", "b", "c", "d"), "mixed"),
        ("won / (won + lost)", ("won", "lost"), "mixed"),
        ("-(a - 2 * b)", ("a", "b"), "sum"),
        ("100 *\n  受注 / 商談", ("受注", "商談"), "product"),
    ],
)
def test_a_formula_names_its_metrics_and_form(
    text: str, metrics: tuple[str, ...], form: str
) -> None:
    formula = parse_formula(text)
    assert formula.metrics == metrics
    assert formula.form == form


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("__import__('os').system('x')", "not allowed"),
        ("sum(a)", "not allowed"),
        ("a ** 2", "not allowed"),
        ("a if b else c", "not allowed"),
        ("a.b", "not allowed"),
        ("True * a", "not allowed"),
        ("a * 1e999", "not allowed"),
        ("a * 1" + "0" * 400, "no formula"),
        ("a *", "no formula"),
        ("a; b", "no formula"),
        ("", "no formula"),
        ("1 + 2", "names no metric"),
        ("(" * 240 + "a" + ")" * 240, "no formula"),
        ("a" * 501, "longer than"),
        (" + ".join(f"m{n}" for n in range(MAX_METRICS + 1)), "are the most"),
    ],
)
def test_what_is_no_formula_is_refused(text: str, said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        parse_formula(text)


def test_terms_are_the_formula_multiplied_out() -> None:
    terms = parse_formula("2 * (a - b / c) * d").terms
    assert terms == (
        Term(2.0, (("a", 1), ("d", 1))),
        Term(-2.0, (("b", 1), ("c", -1), ("d", 1))),
    )


def test_products_of_sums_do_not_explode() -> None:
    assert parse_formula(" * ".join(["(a + b)"] * 40)).terms is None


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("revenue / deals", {"JPY": 1}),
        ("deals * rate", {}),
        ("revenue / dollars", {"JPY": 1, "USD": -1}),
        ("revenue / revenue", {}),
        ("revenue / cycle", {"JPY": 1, "days": -1}),
        ("revenue - 2 * revenue", {"JPY": 1}),
    ],
)
def test_units_are_carried_through(text: str, given: dict[str, int]) -> None:
    assert dimension(parse_formula(text), UNITS) == given


@pytest.mark.parametrize("text", ["revenue + deals", "revenue - dollars", "1 + revenue"])
def test_what_cannot_be_added_is_refused(text: str) -> None:
    with pytest.raises(FormulaError, match="adds or subtracts"):
        dimension(parse_formula(text), UNITS)


NUMBERS = st.floats(min_value=-1e6, max_value=1e6).filter(lambda x: abs(x) > 1e-3)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_sql_gives_what_python_gives(a: float, b: float, c: float) -> None:
    """Python's own arithmetic is the answer key of both ways to evaluate."""
    formula = parse_formula("(a - b) * 3 / c - a / (2 * b)")
    expected = (a - b) * 3 / c - a / (2 * b)
    values = {"a": a, "b": b, "c": c}
    assert formula.evaluate(values) == expected
    sql = formula.to_sql(lambda name: f"cast({values[name]!r} as double)")
    size = formula.magnitude_sql(lambda name: f"cast({values[name]!r} as double)")
    (row,) = duckdb.sql(f"select {sql}, {size}").fetchall()
    assert row[0] == pytest.approx(expected, rel=1e-12, abs=1e-9)
    assert row[1] == pytest.approx((abs(a) + abs(b)) * 3 / abs(c) + abs(a) / (2 * abs(b)))


def test_sql_divides_by_zero_to_null() -> None:
    sql = parse_formula("a / b").to_sql({"a": "1.0", "b": "0.0"}.__getitem__)
    assert duckdb.sql(f"select {sql}").fetchall() == [(None,)]
