"""How the workspace refuses: with the error code that Slack would answer."""

from typing import Any


class SlackError(Exception):
    """A refusal. `code` is Slack's; `extra` goes beside it in the answer (needed, errors, …)."""

    def __init__(self, code: str, *messages: str, **extra: Any) -> None:
        """Refuse with `code`; `messages` become `response_metadata.messages`."""
        super().__init__(code, *messages)
        self.code = code
        self.messages = list(messages)
        self.extra = extra


class ControlError(Exception):
    """A control request that cannot be done. `detail` says what is wrong and what to do."""

    def __init__(self, code: str, detail: str, status: int = 400) -> None:
        """Refuse with HTTP `status`."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status
