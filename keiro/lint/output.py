"""What the rules found, for people and for machines: text, JSON, SARIF, GitHub annotations."""

from collections.abc import Iterator
from typing import Any

from keiro import __version__
from keiro.lint.judging import RULES, Verdict
from keiro.lint.rules import Finding, Rule
from keiro.lint.words import say
from keiro.report.labels import LANGUAGES, Lang

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# SARIF calls what is merely told a note, GitHub a notice.
SARIF_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
GITHUB_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def as_text(verdict: Verdict, labels: dict[str, str], language: Lang) -> Iterator[str]:
    """Lines for people; `labels` by metric, in their language."""
    for finding in verdict.findings:
        severity = say(language, f"severity.{finding.rule.severity}")
        label = labels[finding.metric]
        yield f"{finding.file}: {finding.rule.id} {severity}: {finding.metric} ({label})"
        yield f"  {finding.message(language)}"
        yield f"  {say(language, 'remedy')}: {finding.remedy(language)}"
    yield summary(verdict, language)
    if verdict.switched_off:
        yield say(language, "switched_off", n=len(verdict.switched_off))
    if verdict.left_out:
        names = ", ".join(rule.id for rule in verdict.left_out)
        yield say(language, "left_out", n=len(verdict.left_out), names=names)


def summary(verdict: Verdict, language: Lang) -> str:
    """How many findings there are."""
    if not verdict.findings:
        return say(language, "clean")
    counts = {severity: verdict.count(severity) for severity in ("error", "warning", "info")}
    return say(language, "counts", **counts)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Everything, in both languages."""
    return {
        "findings": [plain(finding) for finding in verdict.findings],
        "switched_off": [
            {**plain(finding), "reason": finding.reason} for finding in verdict.switched_off
        ],
        "rules_left_out": [rule.id for rule in verdict.left_out],
    }


def as_sarif(verdict: Verdict, language: Lang) -> dict[str, Any]:
    """SARIF 2.1.0, as code scanning reads it; what is switched off is a suppression."""
    results = [_result(finding, language) for finding in (*verdict.findings, *verdict.switched_off)]
    driver = {
        "name": "keiro lint",
        "version": __version__,
        "rules": [_described(rule, language) for rule in RULES],
    }
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def as_github(verdict: Verdict, language: Lang) -> Iterator[str]:
    """Workflow commands that GitHub shows beside the file."""
    for finding in verdict.findings:
        command = GITHUB_COMMANDS[finding.rule.severity]
        title = f"{finding.rule.id} {finding.metric}"
        text = f"{finding.message(language)} {finding.remedy(language)}"
        file = _escaped(finding.file, is_property=True)
        yield f"::{command} file={file},title={_escaped(title, is_property=True)}::{_escaped(text)}"


def plain(finding: Finding) -> dict[str, Any]:
    """A finding as plain values, in both languages."""
    # NaN is no JSON.
    evidence = {
        key: None if value != value else value  # noqa: PLR0124  only NaN differs from itself
        for key, value in finding.evidence.items()
    }
    said = {f"message_{language}": finding.message(language) for language in LANGUAGES}
    remedies = {f"remedy_{language}": finding.remedy(language) for language in LANGUAGES}
    return {
        "rule": finding.rule.id,
        "severity": finding.rule.severity,
        "metric": finding.metric,
        "file": finding.file,
        **said,
        **remedies,
        "evidence": evidence,
    }


def _result(finding: Finding, language: Lang) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "level": SARIF_LEVELS[finding.rule.severity],
        "message": {"text": f"{finding.metric}: {finding.message(language)}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": finding.file}},
                "logicalLocations": [{"name": finding.metric}],
            }
        ],
        "partialFingerprints": {"metric/v1": f"{finding.rule.id}:{finding.metric}"},
    }
    if finding.reason:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.reason}]
    return result


def _described(rule: Rule, language: Lang) -> dict[str, Any]:
    index = LANGUAGES.index(language)
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title[index]},
        "help": {"text": rule.remedy[index]},
        "defaultConfiguration": {"level": SARIF_LEVELS[rule.severity]},
    }


def _escaped(text: str, *, is_property: bool = False) -> str:
    """As GitHub's own toolkit escapes what a workflow command says."""
    for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(character, code)
    if is_property:
        text = text.replace(":", "%3A").replace(",", "%2C")
    return text
