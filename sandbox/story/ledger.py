"""The ledger out of an incident's report: who was told how, and what came back, as a table."""

from __future__ import annotations

import re
import textwrap

from sandbox.story.narration import plain

GAP = "  "
WIDTH = 110
LAST_AT_LEAST = 24
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|#!~&])")
_DELIVERED = re.compile(r" \(delivered[^)]*\)")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC")


class NoLedgerError(ValueError):
    """The report has no section of who was told."""


def ledger(report: str, width: int = WIDTH) -> str:
    """The report's section "Who was told" for a terminal, its label before and after it.

    Raises:
        NoLedgerError: there is no such section.
    """
    lines = report.replace("```", "\n").splitlines()
    section = _section(lines)
    label = next((_text(line).strip("*") for line in lines if line.startswith("**TLP:")), "")
    days = sorted({day for line in section for day, _ in _TIME.findall(line)})
    shown = [f"{label} · times in UTC, {' to '.join(dict.fromkeys([*days[:1], *days[-1:]]))}"]
    rows: list[tuple[str, ...]] = []
    for line in [*section, "### "]:
        if line.startswith("|") and not line.startswith("| ---"):
            rows.append(_cells(line, one_day=len(days) == 1))
        elif line.startswith("### "):
            shown += _table(rows, width)
            rows = []
            shown += ["", _text(line.removeprefix("### "))]
    return "\n".join([*shown[:-2], "", label])


def helped(said: str, width: int = WIDTH) -> str:
    """What `/aid list` says of one request, for a terminal: need, offers, signatures, costs.

    Raises:
        NoLedgerError: it says nothing of a request.
    """
    lines = [plain(line) for line in said.splitlines() if line.strip()]
    begin = next((n for n, line in enumerate(lines) if line.startswith("Help asked:")), None)
    if begin is None:
        raise NoLedgerError("the request for help is not told of")
    label = next((word for word in lines[0].split() if word.startswith("TLP:")), "")
    shown = [label, ""]
    for line in lines[begin:]:
        if line.startswith(("Whose move", "/aid")):
            break
        head = "" if line.startswith(("Help asked", "Offers", "Signatures", "Answers")) else GAP
        indent = head + GAP if line.startswith("•") else head
        shown += textwrap.wrap(line, width, initial_indent=head, subsequent_indent=indent)
    rest = [line for line in lines if line.startswith("Mission ")]
    shown += [f"{GAP}{line}" for line in rest if f"{GAP}{line}" not in shown]
    return "\n".join([*shown, "", label])


def _section(lines: list[str]) -> list[str]:
    begin = next((n for n, line in enumerate(lines) if line.startswith("## Who was told")), None)
    if begin is None:
        raise NoLedgerError("the report does not say who was told")
    after = range(begin + 1, len(lines))
    end = next((n for n in after if lines[n].startswith("## ")), len(lines))
    return lines[begin + 1 : end]


def _cells(line: str, *, one_day: bool) -> tuple[str, ...]:
    cells = [_text(cell) for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
    cells[1] = _DELIVERED.sub("", cells[1])
    return tuple(_TIME.sub(r"\2" if one_day else r"\1 \2", cell) for cell in cells)


def _text(escaped: str) -> str:
    return _ESCAPED.sub(r"\1", escaped.strip())


def _table(rows: list[tuple[str, ...]], width: int) -> list[str]:
    """Aligned columns; the last one is wrapped."""
    if not rows:
        return []
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    used = sum(widths[:-1]) + len(GAP) * len(widths)
    last = max(LAST_AT_LEAST, min(widths[-1], width - used))
    lines: list[str] = []
    for row in rows:
        begin = GAP + GAP.join(
            cell.ljust(wide) for cell, wide in zip(row[:-1], widths[:-1], strict=True)
        )
        wrapped = textwrap.wrap(row[-1], last) or [""]
        lines.append(f"{begin}{GAP}{wrapped[0]}".rstrip())
        lines += [f"{' ' * used}{more}" for more in wrapped[1:]]
        if row is rows[0]:
            lines.append(GAP + GAP.join("-" * wide for wide in (*widths[:-1], last)))
    return lines
