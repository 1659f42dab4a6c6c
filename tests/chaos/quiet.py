"""Whether a house has come to rest."""

from __future__ import annotations

from typing import Any

from coalition.bootstrap import Tocsin


def quiet(hub: Tocsin) -> bool:
    """Nothing is due, held or unseen any more.

    Work wanders between ledger and outbox while we look, so a look counts only when the outbox
    was empty before and after it and nothing has passed through meanwhile.
    """
    before = passed(hub)
    stats = hub.ledger.stats()
    idle = not stats.due and not stats.held and hub.ledger.next_due() is None
    return idle and not hub.outbox.lag()[0] and passed(hub) == before


def passed(hub: Tocsin) -> tuple[int, str]:
    """How many entries wait in the outbox, and the last that was ever put there."""
    info: Any = hub.redis.xinfo_stream(hub.keys.outbox)
    return info["length"], info["last-generated-id"]
