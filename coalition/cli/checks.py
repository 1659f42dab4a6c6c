"""What `tocsin doctor` looks at. Each check asks one thing and answers in one sentence."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from coalition.adapters.coalition_file import absent_secrets, load_coalition, remarks
from coalition.adapters.playbook_files import check_files, playbook_paths
from coalition.adapters.redis_binary import choose_binary
from coalition.adapters.redis_client import connect
from coalition.adapters.redis_health import durability_warnings
from coalition.adapters.redis_server import socket_path, socket_url
from coalition.adapters.redis_url import shown
from coalition.bootstrap import over_redis, redis_url
from coalition.cli.checks_mail import keys, mail_in, mail_out
from coalition.cli.endpoints import disabled
from coalition.cli.findings import Finding
from coalition.domain.errors import ConfigError, PermanentError, TransientError
from coalition.domain.members import Coalition
from coalition.settings import Settings, load_settings, unknown_variables

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 500_000_000


def examine() -> list[Finding]:
    """All findings, in the order in which one would put them right."""
    findings = list(_python())
    findings += [Finding("warn", "environment", text) for text in unknown_variables(os.environ)]
    try:
        settings = load_settings()
    except ConfigError as error:
        return findings + [_from_config("environment", text) for text in error.findings]
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _data_folder, _redis, _coalition, _playbooks, _slack, mail_out, keys, mail_in, _web,
    )  # fmt: skip
    for check in checks:
        findings += check(settings)
    return findings


def _from_config(subject: str, finding: str) -> Finding:
    what, _, remedy = finding.partition("; ")
    return Finding("fail", subject, what, remedy)


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield Finding("fail", "python", f"{version} is too old", "Use Python 3.11 or newer.")
    else:
        yield Finding("ok", "python", f"{version} in {sys.prefix}")


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.resolve()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        what = f"{nearest} cannot be written ({error.strerror})"
        yield Finding("fail", "data folder", what, "Set TOCSIN_DATA_DIR to a folder of ours.")
        return
    free = shutil.disk_usage(nearest).free
    if free < LEAST_FREE_BYTES:
        what = f"{folder} has only {free // 1_000_000} MB left"
        yield Finding("warn", "data folder", what, "Make room: a full disk stops every command.")
    else:
        yield Finding("ok", "data folder", f"{folder}, {free // 1_000_000_000} GB free")


def _redis(settings: Settings) -> Iterator[Finding]:
    url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    if not url and not socket_path(settings.data_dir).exists():
        try:
            label = choose_binary().label
        except PermanentError as error:
            yield Finding("fail", "redis", str(error), error.fallback)
        else:
            yield Finding("ok", "redis", f"none runs; `tocsin up` will start {label}")
        return
    url = url or socket_url(settings.data_dir)
    try:
        client = connect(url, connections=1)
    except PermanentError as error:
        yield Finding("fail", "redis", str(error), error.fallback)
        return
    warnings = durability_warnings(client)
    client.close()
    yield Finding("ok", "redis", f"answers at {shown(url)}")
    for text in warnings:
        what, _, remedy = text.partition(": ")
        yield Finding("warn", "redis", what, remedy)


def _coalition(settings: Settings) -> Iterator[Finding]:
    path = settings.coalition
    if not path.exists() and "TOCSIN_COALITION" not in os.environ:
        remedy = "Start with: tocsin coalition example > coalition.yaml"
        yield Finding("note", "coalition", f"no {path} here; the sandbox brings its own", remedy)
        return
    try:
        coalition = load_coalition(path)
    except ConfigError as error:
        for finding in error.findings:
            yield _from_config("coalition", finding)
        return
    yield Finding(
        "ok",
        "coalition",
        f"{coalition.name}: {len(coalition.active)} active of {len(coalition.members)} members"
        + (" (EXERCISE)" if coalition.exercise else ""),
    )
    for text in (*remarks(coalition), *absent_secrets(coalition, path.parent)):
        yield Finding("warn", "coalition", text)
    yield from _endpoints(settings, coalition)


def _endpoints(settings: Settings, coalition: Coalition) -> Iterator[Finding]:
    """Endpoints that said they are gone; silent where no Redis answers, which `_redis` says."""
    if settings.redis_url is None and not socket_path(settings.data_dir).exists():
        return
    try:
        tocsin = over_redis(settings, coalition, connect(redis_url(settings), connections=1))
        dead = disabled(tocsin)
    except (PermanentError, TransientError):
        return
    for one in dead:
        what = f"{one.member}: {one.kind} to {one.host} is disabled since {one.since:%Y-%m-%d}"
        remedy = f"Change its address in the file, or: tocsin endpoint enable {one.member}"
        yield Finding("warn", "endpoints", f"{what}; {one.said}", remedy)


def _playbooks(settings: Settings) -> Iterator[Finding]:
    folder = settings.playbooks
    if not folder.is_dir():
        remedy = "Set TOCSIN_PLAYBOOKS, or unset it to use those that come with Tocsin."
        yield Finding("fail", "playbooks", f"{folder} is no folder", remedy)
        return
    checked = check_files(playbook_paths(folder))
    for finding in (finding for one in checked for finding in one.findings):
        yield _from_config("playbooks", finding)
    good = sum(one.playbook is not None for one in checked)
    if good:
        yield Finding("ok", "playbooks", f"{good} in {folder}")
    elif not checked:
        remedy = "Without playbooks every step is typed by hand."
        yield Finding("warn", "playbooks", f"{folder} holds none", remedy)


def _slack(settings: Settings) -> Iterator[Finding]:
    if settings.slack_bot_token is None and settings.slack_app_token is None:
        remedy = "For a real workspace set SLACK_BOT_TOKEN and SLACK_APP_TOKEN."
        yield Finding("note", "slack", "no credentials; `tocsin up` brings a workspace", remedy)
        return
    try:
        mode = settings.require_slack()
    except ConfigError as error:
        for finding in error.findings:
            yield _from_config("slack", finding)
        return
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    try:
        answer = WebClient(token, base_url=settings.slack_api_url, timeout=10).auth_test()
    except SlackApiError as error:
        code = error.response.get("error", "unknown")
        yield Finding("fail", "slack", f"refuses the bot token ({code})", "Copy the token again.")
    except OSError as error:
        what = f"no answer at {settings.slack_api_url} ({error})"
        yield Finding("fail", "slack", what, "Check the network and SLACK_API_URL.")
    else:
        way = "Socket Mode" if mode == "socket" else "signed HTTP at /slack/events"
        yield Finding("ok", "slack", f"{answer.get('team')} as {answer.get('user')}, {way}")


def _web(settings: Settings) -> Iterator[Finding]:
    address = urlsplit(settings.public_url)
    local = address.hostname in {"localhost", "127.0.0.1", "::1"}
    if local and settings.slack_bot_token is not None:
        what = f"{settings.public_url} is reached from this machine only"
        yield Finding("warn", "web", what, "Set TOCSIN_PUBLIC_URL to what partners can open.")
    elif not local and address.scheme != "https":
        what = f"{settings.public_url} is not encrypted"
        yield Finding("warn", "web", what, "Put a TLS proxy in front and use https://.")
    else:
        yield Finding("ok", "web", f"links begin with {settings.public_url}")
