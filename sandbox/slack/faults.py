"""Switches that make the workspace misbehave as the real one sometimes does."""

from dataclasses import asdict, dataclass, field

from sandbox.slack.errors import ControlError
from sandbox.slack.model import Json

API_KINDS = frozenset({"api", "lost_response", "latency"})
DELIVERY_KINDS = frozenset({"duplicate", "late_ack", "drop_ack"})
IMMEDIATE_KINDS = frozenset({"disconnect", "cut"})
KINDS = API_KINDS | DELIVERY_KINDS | IMMEDIATE_KINDS | {"rate_limits"}
SERVER_ERRORS = frozenset({500, 502, 503, 504})
TOO_MANY = 429


@dataclass(slots=True)
class Fault:
    """One switch; `times` counts down, and at zero the fault is gone."""

    kind: str
    method: str = "*"
    of: str = "*"
    times: int = 1
    status: int | None = None
    retry_after: int = 1
    error: str | None = None
    seconds: float = 0.0

    def matches(self, key: str) -> bool:
        """Whether it concerns this method (API faults) or this envelope type (delivery faults)."""
        return (self.method if self.kind in API_KINDS else self.of) in {"*", key}


@dataclass(slots=True)
class Faults:
    """The faults now in force."""

    active: list[Fault] = field(default_factory=list)
    rate_limits: bool = False

    def add(self, body: Json) -> Fault:
        """Read one fault from a control request.

        Raises:
            ControlError: an unknown kind, or values that make no sense together.
        """
        kind = body.get("kind")
        if kind not in KINDS:
            raise ControlError("unknown_fault", f"kind must be one of: {', '.join(sorted(KINDS))}")
        if kind == "rate_limits":
            self.rate_limits = bool(body.get("enabled", True))
            return Fault(kind="rate_limits")
        known = set(Fault.__dataclass_fields__) | {"reason"}
        if unknown := set(body) - known:
            raise ControlError("bad_fault", f"unknown field: {', '.join(sorted(unknown))}")
        fault = Fault(**{key: value for key, value in body.items() if key != "reason"})
        if kind == "api" and (fault.status is None) == (fault.error is None):
            raise ControlError("bad_fault", "an api fault needs either status or error")
        if fault.status is not None and fault.status not in SERVER_ERRORS | {TOO_MANY}:
            raise ControlError("bad_fault", "status must be 429, 500, 502, 503 or 504")
        if fault.times < 1:
            raise ControlError("bad_fault", "times must be at least 1")
        if kind not in IMMEDIATE_KINDS:
            self.active.append(fault)
        return fault

    def take(self, kind: str, key: str) -> Fault | None:
        """Use up one occurrence of the first matching fault of this kind, if there is one."""
        for fault in self.active:
            if fault.kind == kind and fault.matches(key):
                fault.times -= 1
                if fault.times == 0:
                    self.active.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Everything back to good behaviour."""
        self.active.clear()
        self.rate_limits = False

    def to_json(self) -> list[Json]:
        """What is in force, as the control API shows it."""
        listed: list[Json] = [asdict(fault) for fault in self.active]
        if self.rate_limits:
            listed.append({"kind": "rate_limits", "enabled": True})
        return listed
