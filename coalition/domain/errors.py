"""Every error of Tocsin, and who has to act on it.

    TocsinError
    ├── UserError            the person who asked: says what to type instead
    │   ├── NotAllowed       … is not an active delegate, or lacks the role
    │   ├── NotFound         … named something that does not exist (or that they may not see)
    │   └── GateRefusal      … asked for something to leave above a recipient's ceiling
    ├── ConfigError          the operator or playbook author: findings with file, line and remedy
    ├── TransientError       nobody yet: the work is retried, after `retry_after` seconds if given
    │   └── VersionConflict  somebody else appended first; load again and decide again
    └── PermanentError       a human is told, with the fallback (whom to phone)

`NotFound` is also what a person gets for something above their ceiling, so that the answer does
not tell whether it exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class TocsinError(Exception):
    """Base of everything we raise on purpose."""


class UserError(TocsinError):
    """The person can put it right. `message` says what is wrong, `hint` what to type next."""

    def __init__(self, message: str, hint: str = "", *, field: str | None = None) -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        self.field = field


class NotAllowed(UserError):
    """The actor is not an active delegate, or does not hold the role the act needs."""


class NotFound(UserError):
    """No such thing, or none that this person may see."""


class GateRefusal(UserError):
    """The sharing gate refused; nothing has left."""


class ConfigError(TocsinError):
    """A file that people write is wrong. `findings` are `file:line: field: what; what to do`."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


class TransientError(TocsinError):
    """Try again later; `retry_after` is in seconds when the other side named a time."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VersionConflict(TransientError):
    """The aggregate has moved on since it was loaded."""


class PermanentError(TocsinError):
    """Trying again cannot help; a human must act. `fallback` says how."""

    def __init__(self, message: str, *, fallback: str = "") -> None:
        super().__init__(message)
        self.fallback = fallback
