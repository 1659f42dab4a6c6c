"""Slack's rate limits per method tier, off until the `rate_limits` fault switches them on.

Tiers are calls per minute per method (Slack documents them as a floor; they are enforced exactly
here). Posting is limited to one message per second and channel instead.
"""

from collections import deque

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
WINDOW = 60.0
POSTING = frozenset({"chat.postMessage"})


class RateLimiter:
    """Sliding windows by method (and channel for posting)."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], deque[float]] = {}

    def wait_for(self, method: str, tier: int, channel: str, now: float) -> int:
        """Seconds to wait before this call would be allowed; 0 when it is, and it is counted."""
        if method in POSTING:
            key, limit, window = (method, channel), 1, 1.0
        elif tier in PER_MINUTE:
            key, limit, window = (method, ""), PER_MINUTE[tier], WINDOW
        else:
            return 0
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) >= limit:
            return max(1, int(calls[0] + window - now + 0.999))
        calls.append(now)
        return 0
