"""Runs the rules: all of them or chosen ones, with those set aside that a metric switches off."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from keiro.errors import ExitCode, KeiroError
from keiro.lint import achievable, measurable, relevant, specific, structure, time_bound
from keiro.lint.design import Design, Metric, found
from keiro.lint.rules import SEVERITIES, Finding, Rule

UNKNOWN_SWITCH = Rule(
    id="KPI-L01",
    severity="error",
    title=("A rule is switched off by its id and a reason", "ルールの無効化にはIDと理由がある"),
    says=(
        "config.meta.lint switches off {rule}, and {why}.",
        "config.meta.lint で {rule} を無効にしていますが、{why_ja}。",
    ),
    remedy=(
        "Write the id of a rule and why it does not hold here; docs/lint.md lists the rules.",
        "ルールのIDと、ここでは当てはまらない理由を書いてください。一覧は docs/lint.md "
        "にあります。",
    ),
)
FAMILIES = (specific, measurable, achievable, relevant, time_bound, structure)
RULES: tuple[Rule, ...] = (*(rule for family in FAMILIES for rule in family.RULES), UNKNOWN_SWITCH)
BY_ID = {rule.id: rule for rule in RULES}


@dataclass(frozen=True)
class Verdict:
    """Findings, the worst first, and those that are switched off; the rules that were not run."""

    findings: tuple[Finding, ...]
    switched_off: tuple[Finding, ...]
    left_out: tuple[Rule, ...]

    def count(self, severity: str) -> int:
        """How many findings of a severity there are."""
        return sum(finding.rule.severity == severity for finding in self.findings)

    def reaches(self, severity: str) -> bool:
        """Whether a finding is as bad as a severity or worse."""
        worst = SEVERITIES.index(severity)
        return any(SEVERITIES.index(finding.rule.severity) <= worst for finding in self.findings)


def judge(design: Design, *, select: Collection[str] = (), ignore: Collection[str] = ()) -> Verdict:
    """Judge a design by the rules.

    Args:
        design: the KPIs; without data only the rules that need none are run.
        select: ids, or beginnings of ids, of the rules to run; none is all.
        ignore: the same of the rules to leave out.

    Raises:
        KeiroError: an id that no rule has.

    """
    chosen = _chosen(select, ignore)
    every = [*_all(design), *_switches(design.metrics.values())]
    judged = [
        replace(finding, reason=design.metrics[finding.metric].kpi.meta.lint.get(finding.rule.id))
        for finding in every
        if finding.rule.id in chosen
    ]
    judged.sort(key=_order)
    return Verdict(
        findings=tuple(finding for finding in judged if not (finding.reason or "").strip()),
        switched_off=tuple(finding for finding in judged if (finding.reason or "").strip()),
        left_out=tuple(
            rule for rule in RULES if rule.id in chosen and rule.needs_data and not design.data
        ),
    )


def _all(design: Design) -> Iterable[Finding]:
    for family in FAMILIES:
        yield from family.check(design)


def _switches(metrics: Iterable[Metric]) -> Iterable[Finding]:
    for metric in metrics:
        for rule, reason in metric.kpi.meta.lint.items():
            if rule not in BY_ID:
                yield found(
                    UNKNOWN_SWITCH,
                    metric,
                    rule=rule,
                    why="there is no such rule",
                    why_ja="そのようなルールはありません",
                )
            elif not reason.strip():
                yield found(
                    UNKNOWN_SWITCH,
                    metric,
                    rule=rule,
                    why="gives no reason",
                    why_ja="理由が書かれていません",
                )


def _chosen(select: Collection[str], ignore: Collection[str]) -> set[str]:
    for option, names in (("--select", select), ("--ignore", ignore)):
        for name in names:
            if not any(_matches(rule, name) for rule in RULES):
                raise KeiroError(
                    f"there is no rule {name!r}",
                    where=option,
                    remedy=f"name one of {', '.join(rule.id for rule in RULES)}",
                    exit_code=ExitCode.USAGE,
                )
    return {
        rule.id
        for rule in RULES
        if (not select or any(_matches(rule, name) for name in select))
        and not any(_matches(rule, name) for name in ignore)
    }


def _matches(rule: Rule, name: str) -> bool:
    return rule.id.startswith(name.strip().upper()) if name.strip() else False


def _order(finding: Finding) -> tuple[int, str, str, str]:
    return (
        SEVERITIES.index(finding.rule.severity),
        finding.rule.id,
        finding.metric,
        str(sorted(finding.evidence.items(), key=str)),
    )
