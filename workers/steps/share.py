"""`share`. Success: the notice is issued to those whom the gate lets it go to.

Failure: the targets mean nobody, every recipient is refused by the gate, or the incident is over.
Output: `notice` (its number), `told` (members it goes to), `refused` (members it may not go to).
"""

from __future__ import annotations

from workers.steps.notify import perform

__all__ = ["perform"]
