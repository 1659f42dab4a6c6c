"""The open waits of a pool, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.pool.availability import FOREVER, last_moment

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.pool.state import Pool


def timers(state: Pool) -> dict[str, datetime]:
    """`valid:<capability>`, `rest:<booking>` and `elsewhere:<booking>` -> due.

    Exactly these are open: `PassPoolTimer` for any other does nothing.
    """
    waits = {
        f"valid:{id}": last_moment(listing.record)
        for id, listing in state.listings.items()
        if listing.standing in {"draft", "available"} and last_moment(listing.record) < FOREVER
    }
    for at, booking in state.bookings.items():
        if booking.stage == "resting" and booking.rest_until is not None:
            waits[f"rest:{at}"] = booking.rest_until
        elif booking.stage == "elsewhere":
            waits[f"elsewhere:{at}"] = booking.ends
    return waits
