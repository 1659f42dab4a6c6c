"""A question of a playbook as people must see it: what, who may answer, by when, how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.rendering.timeline import Names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from coalition.domain.members import Coalition
    from coalition.domain.run.state import OpenStep

MANY = 8
"""People named one by one; more are counted."""


class Question(NamedTuple):
    """An open question. `need` is how many must approve; 0 where one answer is enough."""

    text: str
    who: str  # who may answer, in a sentence
    standing: str  # how far an approval is, in sentences; empty for other questions
    due: datetime | None
    need: int
    form: Mapping[str, Mapping[str, Any]]


def question(opened: OpenStep, coalition: Coalition) -> Question:
    """What an open step asks."""
    request, names = opened.request, Names(coalition)
    people = [names.person(one) for one in opened.output.get("people", ())]
    need = int(request.get("need", 0))
    return Question(
        text=str(request.get("text", "")) or opened.sentence,
        who=_who(people, approves=need > 0),
        standing=_standing(opened, names, need) if need else "",
        due=opened.due,
        need=need,
        form=request.get("form", {}),
    )


def _who(people: list[str], *, approves: bool) -> str:
    if not people:
        return "Any operator of a member that takes part may answer."
    more = f" and {len(people) - MANY} more" if len(people) > MANY else ""
    named = ", ".join(people[:MANY]) + more
    if approves:
        return f"May approve or refuse: {named}."
    return f"Asked: {named}. Whoever leads the incident may answer too."


def _standing(opened: OpenStep, names: Names, need: int) -> str:
    yes = [names.person(who) for who, one in opened.said.items() if one["decision"] == "approve"]
    barred = {*opened.request.get("not_by", ()), *opened.output.get("not_by", ())}
    said = [f"{len(yes)} of {need} needed approved" + (f": {', '.join(yes)}." if yes else ".")]
    if barred:
        own = ", ".join(names.person(one) for one in sorted(barred)[:MANY])
        said.append(f"May not, because it is their own request: {own}.")
    said.append("One refusal refuses it. Silence is not consent: late is not approved.")
    return " ".join(said)
