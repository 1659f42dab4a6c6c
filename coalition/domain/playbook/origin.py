"""Where a playbook came from, when another tool's document was imported."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from coalition.domain.findings import CrossCheckError
from coalition.domain.playbook.shapes import Shape


def _ready(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """A draft is no playbook yet: each reason is a finding, so it is never loaded and never run."""
    if reasons:
        raise CrossCheckError(
            ((index,), f"{reason}; this is a draft: mend the steps, then remove this line")
            for index, reason in enumerate(reasons)
        )
    return reasons


class Origin(Shape):
    """The CACAO document that a playbook was imported from, kept as it was.

    `document` is its JSON text. `imported` is the digest of the playbook as the import wrote it:
    while it fits, the playbook is still that document, and exporting gives it back. `draft` holds
    what is broken in it; as long as there is something, the playbook does not run.
    """

    document: str
    imported: str
    draft: Annotated[tuple[str, ...], AfterValidator(_ready)] = ()
