"""`tocsin demo`: the whole house around a story that plays itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from coalition.adapters.parent_death import ending_with_parent
from coalition.cli.house import House
from coalition.cli.output import FAILED, say
from coalition.cli.parts import PYTHON
from coalition.cli.supervisor import Supervisor

_STOP_WITHIN_SECONDS = 5


def play(scenario: str, speed: float, *, exit_at_end: bool, verbose: bool) -> int:
    """Play the story; the exit code. Keeps the folder of a demonstration that failed."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-demo-"))
    code = FAILED
    try:
        code = _play_in(folder, scenario, speed, exit_at_end=exit_at_end, verbose=verbose)
    finally:
        if code:
            say(f"What the processes said is in {folder / 'logs'}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return code


def _play_in(folder: Path, scenario: str, speed: float, *, exit_at_end: bool, verbose: bool) -> int:
    options = ("--scenario", scenario, "--speed", str(speed))
    with Supervisor(say) as supervisor:
        _leave_the_real_world(folder)
        house = House(supervisor, verbose=verbose, sandbox_options=options)
        house.build()
        if not house.wait_until_ready():
            return 0
        house.show_addresses()
        code = _tell(supervisor, house, options)
        if not exit_at_end and not supervisor.stopping:
            say("The story is told. Everything still runs; look around. Ctrl-C stops it.")
            supervisor.watch()
        return code


def _leave_the_real_world(folder: Path) -> None:
    """Forget everything in the environment that leads out of the demonstration."""
    for name in list(os.environ):
        if name.startswith(("TOCSIN_", "SLACK_")):
            del os.environ[name]
    os.environ["TOCSIN_DATA_DIR"] = str(folder)


def _tell(supervisor: Supervisor, house: House, options: tuple[str, ...]) -> int:
    """Run the story until its end, or until we are stopped; its exit code (stopped: 0)."""
    addresses = ("--workspace", house.workspace, "--hub", house.settings.public_url)
    story = subprocess.Popen(
        (*PYTHON, "sandbox.story", *addresses, *options),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=ending_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
    )
    try:
        supervisor.watch(until=lambda: story.poll() is not None)
    finally:
        if story.poll() is None:
            story.terminate()
            try:
                story.wait(_STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                story.kill()
                story.wait()
    return 0 if supervisor.stopping else story.returncode
