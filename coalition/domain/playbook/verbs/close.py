"""`close`: the incident is closed."""

from __future__ import annotations

from typing import Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Verb
from coalition.domain.playbook.shapes import OptionalText


class Close(Verb):
    """From S3 on, the incident needs a cause and lessons, or the step fails.

    It is closed in the name of whoever started the run; a run started by a rule cannot close.
    """

    word = "close"

    do: Literal["close"]
    cause: OptionalText = ""
    lessons: OptionalText = ""

    @property
    @override
    def sentence(self) -> str:
        return self.about or "Close the incident"
