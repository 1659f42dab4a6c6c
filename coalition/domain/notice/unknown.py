"""`unknown`: a value that is said, never a blank that might have been forgotten."""

from __future__ import annotations

from typing import Final, Literal

Unknown = Literal["unknown"]
UNKNOWN: Final[Unknown] = "unknown"

Tristate = Literal["yes", "no", "unknown"]
Confidence = Literal["low", "medium", "high", "unknown"]
Determination = Literal["suspected", "confirmed", "unknown"]
CaseStatus = Literal["open", "closed", "unknown"]
