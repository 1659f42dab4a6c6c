"""The ledger out of an incident's report: the tables of who was told."""

from __future__ import annotations


def ledger(report: str) -> str:
    """Return the report's section "Who was told", with the label before and after it."""
    lines = report.replace("```", "\n").strip().splitlines()
    label = next((line for line in lines if line.startswith("**TLP:")), lines[0])
    begin = next((n for n, line in enumerate(lines) if line.startswith("## Who was told")), None)
    if begin is None:
        return report
    end = next(
        (n for n, line in enumerate(lines) if n > begin and line.startswith("## ")), len(lines)
    )
    return "\n".join([label, *lines[begin:end], label])
