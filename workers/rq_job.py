"""The only job that a worker runs, whatever stands in its queue.

RQ imports and calls the function that a job names. JSON keeps objects out of a job and the name
in it, so without this whoever can write to Redis could have a worker call `os.system`; and a job
may name callbacks and addresses to be called when it ends.
"""

from __future__ import annotations

from typing import Any

from rq.job import Job

from coalition.domain.errors import PermanentError
from workers.queue import JOB


class DrainJob(Job):
    """A job of RQ that is the drain, or is refused."""

    @property
    def func(self) -> Any:
        """The drain; raises `PermanentError` when the job names anything else."""
        if self.func_name != JOB or self.instance or self.args or self.kwargs:
            message = "A job that is not ours stands in the queue; it was not run."
            raise PermanentError(message, fallback="See who else can write to this Redis.")
        return super().func

    def restore(self, raw_data: Any) -> Any:
        """As RQ's, without callbacks and addresses: ours have none."""
        super().restore(raw_data)
        self._success_callback_name = None
        self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks = []
