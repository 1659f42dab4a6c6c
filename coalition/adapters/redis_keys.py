"""Every Redis key of Tocsin. Live and exercise records never share a key (design, invariant 4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Key names below `tocsin:live:` or `tocsin:exercise:`."""

    exercise: bool = False

    @property
    def prefix(self) -> str:
        """What every key starts with."""
        return f"tocsin:{'exercise' if self.exercise else 'live'}:"

    def log(self, aggregate: str, id: str) -> str:
        """Stream of records; entry `<version>-0`, field `e`."""
        return f"{self.prefix}log:{aggregate}:{id}"

    def state(self, aggregate: str, id: str) -> str:
        """Hash `v` version, `h` hash of the last record, `s` state (JSON)."""
        return f"{self.prefix}state:{aggregate}:{id}"

    def ids(self, aggregate: str) -> str:
        """Sorted set of aggregate ids by time of creation."""
        return f"{self.prefix}ids:{aggregate}"

    def ids_of(self, aggregate: str, owner: str) -> str:
        """The same of those that belong to one incident; all of them without an owner."""
        return f"{self.ids(aggregate)}:{owner}" if owner else self.ids(aggregate)

    def indexed(self, aggregate: str) -> str:
        """Is there once every aggregate of a kind stands in the set of its owner."""
        return f"{self.prefix}indexed:{aggregate}"

    def command(self, command: str) -> str:
        """What a command led to: `aggregate|id|version`."""
        return f"{self.prefix}command:{command}"

    def sequence(self, name: str) -> str:
        """Counter."""
        return f"{self.prefix}sequence:{name}"

    def document(self, key: str) -> str:
        """Content-addressed text."""
        return f"{self.prefix}document:{key}"

    @property
    def outbox(self) -> str:
        """Stream read by the relays' consumer group."""
        return f"{self.prefix}outbox"

    @property
    def timers(self) -> str:
        """Sorted set `aggregate|id|name` by due time in ms."""
        return f"{self.prefix}timers"

    @property
    def timers_wake(self) -> str:
        """Channel: an earlier timer has been set."""
        return f"{self.prefix}timers:wake"

    @property
    def due(self) -> str:
        """Sorted set of planned effects by due time in ms."""
        return f"{self.prefix}effects:due"

    @property
    def effects_wake(self) -> str:
        """Channel: something was planned for at once."""
        return f"{self.prefix}effects:wake"

    @property
    def holders(self) -> str:
        """Sorted set of lease holders by the end of their lease in ms."""
        return f"{self.prefix}effects:holders"

    @property
    def held(self) -> str:
        """Prefix of the sets of effects by holder."""
        return f"{self.prefix}effects:held:"

    @property
    def effect(self) -> str:
        """Prefix of the effects' hashes."""
        return f"{self.prefix}effect:"

    @property
    def queue(self) -> str:
        """Name of the RQ queue of drain jobs."""
        return f"{self.prefix}drain".replace(":", "-")
