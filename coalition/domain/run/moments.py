"""What a verb may look at in a run: its variables, who was told, who has answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from coalition.domain.errors import NotFound
from coalition.domain.members import Coalition
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.behaviour import Moment, StepFault
from coalition.domain.playbook.targets import Scene, Selector, resolve_members
from coalition.domain.playbook.values import Value
from coalition.domain.run.draft import Draft
from coalition.domain.run.state import key


def moment_of(
    draft: Draft, coalition: Coalition, playbook: Playbook, at: datetime, scope: str = ""
) -> Moment:
    """The moment `at` in a run, seen from a scope; it follows the draft as that changes."""
    view = _View(draft, coalition, scope)
    return Moment(
        at=at,
        value=view.value,
        heard=view.heard,
        told=view.told,
        resolve=view.resolve,
        roles=playbook.roles,
        tlp=playbook.tlp,
        started_by=draft.started_by.delegate or "",
    )


class _View:
    def __init__(self, draft: Draft, coalition: Coalition, scope: str) -> None:
        self._draft = draft
        self._scope = scope
        self._coalition = coalition

    def value(self, name: str) -> Value:
        step, dot, output = name.partition(".")
        found: Value | None
        if dot:
            state = self._draft.step_of(step, self._scope)
            if output == "outcome":
                found = state.outcome if state else None
            else:
                found = state.output.get(output) if state else None
        else:
            draft = self._draft
            around = (one.values for one in draft.around(self._scope))
            known = (*around, draft.variables, draft.inputs, draft.facts)
            found = next((values[name] for values in known if name in values), None)
        if found is None:
            raise StepFault(f"{{{{{name}}}}} has no value yet; set it in an earlier step")
        return found

    def heard(self, step: str) -> Mapping[str, str]:
        state = self._draft.step_of(step, self._scope)
        return self._draft.heard.get(key(step, state.attempt), {}) if state else {}

    def told(self, step: str) -> tuple[int, tuple[str, ...]] | None:
        state = self._draft.step_of(step, self._scope)
        if state is None or not state.output.get("notice"):
            return None
        return state.output["notice"], tuple(state.output.get("told", ()))

    def resolve(self, selectors: Iterable[Selector]) -> tuple[str, ...]:
        facts = self._draft.facts
        scene = Scene(
            coalition=self._coalition,
            member=facts.get("member", ""),
            affected=tuple(facts.get("affected", ())),
            participants=tuple(facts.get("participants", ())),
            lead=facts.get("lead") or None,
            roles={},
        )
        try:
            return resolve_members(selectors, scene)
        except NotFound as error:
            raise StepFault(f"{error.message} {error.hint}") from error
