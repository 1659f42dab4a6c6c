"""The peers' no-op jobs: a Celery app and a taskiq broker on the server named by BENCH_SOCKET.

The first job of a batch sets the key `peer:first`, the last one `peer:done`; nothing else is
recorded.
"""

from __future__ import annotations

import os

import redis
from celery import Celery
from taskiq_redis import RedisStreamBroker

SOCKET = os.environ.get("BENCH_SOCKET", "")

celery = Celery("bench", broker=f"redis+socket://{SOCKET}")
celery.conf.update(
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)
broker = RedisStreamBroker(f"unix://{SOCKET}")


def _mark(place: str) -> None:
    if place:
        redis.Redis(unix_socket_path=SOCKET).set(f"peer:{place}", 1)


@celery.task(name="bench.noop")  # type: ignore[untyped-decorator]
def celery_noop(place: str) -> None:
    """Do nothing."""
    _mark(place)


@broker.task(task_name="bench.noop")
async def taskiq_noop(place: str) -> None:
    """Do nothing."""
    _mark(place)
