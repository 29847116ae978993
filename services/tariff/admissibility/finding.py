"""A finding: the result of one check, its evidence typeset as French wants it."""

from services.tariff.explanation.typography import typeset
from shared.decisions import CheckResult, Verdict


def finding(check: str, verdict: Verdict, evidence: str) -> CheckResult:
    """What a check found, and the sentence that says on what."""
    return CheckResult(check=check, verdict=verdict, evidence=typeset(evidence))
