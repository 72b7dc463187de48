"""Formulas of the tree: identities between metrics, parsed from text and never run as code.

A formula holds names of metrics, numbers, `+ - * /` and brackets, such as
`won_deals * average_deal_value`. It is read by Python's own parser, and everything else that the
parser knows is refused.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, TypeGuard

Symbol = Literal["+", "-", "*", "/"]
Form = Literal["sum", "product", "mixed"]

MAX_LENGTH = 500
# Shapley looks at each subset of the metrics, so their number is bounded.
MAX_METRICS = 10
# Multiplying sums out doubles their terms with each factor; beyond this Shapley is the shorter way.
MAX_TERMS = 32
SYMBOLS: dict[type[ast.operator], Symbol] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
# Dimensions of a unit: currencies and days; counts and shares have none.
Dimension = Mapping[str, int]


class FormulaError(ValueError):
    """What is wrong with a formula, in words for whoever wrote it."""


@dataclass(frozen=True)
class Metric:
    """A metric by its name."""

    name: str


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True)
class Operation:
    """Two expressions and what joins them."""

    symbol: Symbol
    left: "Expression"
    right: "Expression"


Expression = Metric | Number | Operation


@dataclass(frozen=True)
class Term:
    """A product of metrics: `coefficient` times each metric to its exponent, 1 or -1 mostly."""

    coefficient: float
    exponents: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Formula:
    """A parsed formula: its text, its expression, and its metrics in the order of the text."""

    text: str
    expression: Expression
    metrics: tuple[str, ...]

    @property
    def terms(self) -> tuple[Term, ...] | None:
        """The formula as a sum of products; null where it divides by a sum."""
        return _terms(self.expression)

    @property
    def form(self) -> Form:
        """sum: each metric stands alone in a term; product: one term; mixed: all else."""
        terms = self.terms
        if terms is None:
            return "mixed"
        if all(len(t.exponents) <= 1 and all(e == 1 for _, e in t.exponents) for t in terms):
            return "sum"
        return "product" if len(terms) == 1 else "mixed"

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The formula on numbers or arrays of numbers by metric, as they divide by zero."""
        return _evaluate(self.expression, values)

    def to_sql(self, column: Callable[[str], str]) -> str:
        """The formula as SQL, `column` naming each metric's value; nothing is divided by zero."""
        return _sql(self.expression, column)

    def magnitude_sql(self, column: Callable[[str], str]) -> str:
        """The same with differences as sums of sizes: what rounding errors are relative to."""
        return _sql(self.expression, lambda name: f"abs({column(name)})", is_magnitude=True)


def parse_formula(text: str) -> Formula:
    """Parse a formula; anything but metrics, numbers, + - * / and brackets is a FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"it is longer than {MAX_LENGTH} characters")
    try:
        body = ast.parse(" ".join(text.split()), mode="eval").body
        expression = _expression(body)
    except FormulaError:
        raise
    # Brackets nested thousands deep exhaust the parser, in ways of their own.
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise FormulaError("it is no formula of metrics, numbers, + - * / and brackets") from error
    metrics = tuple(dict.fromkeys(_names(expression)))
    if not metrics:
        raise FormulaError("it names no metric")
    if len(metrics) > MAX_METRICS:
        raise FormulaError(f"it names {len(metrics)} metrics, and {MAX_METRICS} are the most")
    return Formula(" ".join(text.split()), expression, metrics)


def dimension(formula: Formula, units: Mapping[str, str]) -> Dimension:
    """The dimension of what a formula gives, from its metrics' units as `KpiMeta.unit` has them.

    Raises FormulaError where it adds what cannot be added, such as JPY to a count.
    """
    return _dimension(formula.expression, units)


def unit_dimension(unit: str) -> Dimension:
    """The dimension of a unit: none for counts and shares, else itself."""
    return {} if unit in ("count", "ratio") else {unit: 1}


def describe(of: Dimension) -> str:
    """A dimension in words, as `JPY * days` or `a plain number`."""
    return (
        " * ".join(name if power == 1 else f"{name}^{power}" for name, power in sorted(of.items()))
        or "a plain number"
    )


def _expression(node: ast.expr) -> Expression:
    if isinstance(node, ast.Name):
        return Metric(node.id)
    if isinstance(node, ast.Constant) and _is_number(node.value):
        return Number(float(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return Operation("*", Number(-1.0), _expression(node.operand))
    if isinstance(node, ast.BinOp) and type(node.op) in SYMBOLS:
        return Operation(SYMBOLS[type(node.op)], _expression(node.left), _expression(node.right))
    raise FormulaError(
        f"{ast.unparse(node)!r} is not allowed: only metrics, numbers, + - * / and brackets are"
    )


def _is_number(value: object) -> TypeGuard[float]:
    return type(value) in (int, float) and isfinite(float(value))  # type: ignore[arg-type]


def _names(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Metric):
        yield expression.name
    elif isinstance(expression, Operation):
        yield from _names(expression.left)
        yield from _names(expression.right)


def _evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    if isinstance(expression, Metric):
        return values[expression.name]
    if isinstance(expression, Number):
        return expression.value
    left, right = _evaluate(expression.left, values), _evaluate(expression.right, values)
    if expression.symbol == "+":
        return left + right
    if expression.symbol == "-":
        return left - right
    return left * right if expression.symbol == "*" else left / right


def _sql(
    expression: Expression, column: Callable[[str], str], *, is_magnitude: bool = False
) -> str:
    if isinstance(expression, Metric):
        return column(expression.name)
    if isinstance(expression, Number):
        return f"cast({abs(expression.value) if is_magnitude else expression.value!r} as double)"
    left = _sql(expression.left, column, is_magnitude=is_magnitude)
    right = _sql(expression.right, column, is_magnitude=is_magnitude)
    symbol = "+" if is_magnitude and expression.symbol == "-" else expression.symbol
    return f"({left} / nullif({right}, 0))" if symbol == "/" else f"({left} {symbol} {right})"


def _terms(expression: Expression) -> tuple[Term, ...] | None:
    if isinstance(expression, Metric):
        return (Term(1.0, ((expression.name, 1),)),)
    if isinstance(expression, Number):
        return (Term(expression.value, ()),)
    left, right = _terms(expression.left), _terms(expression.right)
    if left is None or right is None:
        return None
    return _joined(expression.symbol, left, right)


def _joined(
    symbol: Symbol, left: tuple[Term, ...], right: tuple[Term, ...]
) -> tuple[Term, ...] | None:
    if symbol in ("+", "-"):
        sign = 1.0 if symbol == "+" else -1.0
        return (*left, *(Term(sign * term.coefficient, term.exponents) for term in right))
    if symbol == "*" and len(left) * len(right) <= MAX_TERMS:
        return tuple(_product(a, b, 1) for a in left for b in right)
    if symbol == "/" and len(right) == 1 and right[0].coefficient != 0:
        return tuple(_product(term, right[0], -1) for term in left)
    return None


def _product(left: Term, right: Term, power: int) -> Term:
    exponents = dict(left.exponents)
    for name, exponent in right.exponents:
        exponents[name] = exponents.get(name, 0) + power * exponent
    return Term(
        left.coefficient * right.coefficient**power,
        tuple((name, exponent) for name, exponent in exponents.items() if exponent),
    )


def _dimension(expression: Expression, units: Mapping[str, str]) -> Dimension:
    if isinstance(expression, Number):
        return {}
    if isinstance(expression, Metric):
        return unit_dimension(units[expression.name])
    left, right = _dimension(expression.left, units), _dimension(expression.right, units)
    if expression.symbol in "+-":
        if left != right:
            raise FormulaError(f"it adds or subtracts {describe(left)} and {describe(right)}")
        return left
    power = 1 if expression.symbol == "*" else -1
    total = {key: left.get(key, 0) + power * right.get(key, 0) for key in {*left, *right}}
    return {key: value for key, value in total.items() if value}
