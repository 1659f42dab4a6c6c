"""In-memory twins of the Redis adapters, for tests and for trying things without a server.

The same contract suite (tests/contracts) holds them to what Redis does. Import them from here.
"""

from coalition.adapters.memory_ledger import MemoryLedger
from coalition.adapters.memory_log import MemoryDocuments, MemoryLog, MemoryOutbox, MemoryTimers
from coalition.adapters.memory_store import ManualClock, MemoryStore

__all__ = [
    "ManualClock",
    "MemoryDocuments",
    "MemoryLedger",
    "MemoryLog",
    "MemoryOutbox",
    "MemoryStore",
    "MemoryTimers",
]
