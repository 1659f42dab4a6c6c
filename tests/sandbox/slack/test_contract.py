"""The workspace beside Slack's published method contract and payload samples.

The data is not part of the repository; where it is absent these tests are skipped, visibly.
"""

import json
from pathlib import Path

import pytest

from sandbox.slack.methods import METHODS
from sandbox.slack.methods.registry import COMMON_ERRORS
from tests.sandbox.slack.harness import Json, Workspace
from tests.sandbox.slack.story import Story

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "slack-contract"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the contract data is not there: {DATA.name} beside the repository"
)

# In Slack, but not in the published data that we hold.
UNLISTED = {"users.conversations"}
# Required by Slack in practice although the data calls them optional.
STRICTER = {
    "bookmarks.add": {"channel_id"},
    "bookmarks.edit": {"channel_id", "bookmark_id"},
    "bookmarks.list": {"channel_id"},
    "bookmarks.remove": {"channel_id", "bookmark_id"},
}
# What the data's examples show and this workspace does not have; each with the reason.
NOT_HERE = {
    "channel.properties.canvas": "no canvases",
    "channel.latest": "not given to bot tokens; asked for by conversations.history",
    "channel.unread_count": "read marks are a person's, not a bot's",
    "channel.unread_count_display": "as unread_count",
    "channel.locale": "only with include_locale",
    "channel.num_members": "only where it is asked for",
    "message.username": "the example is of a legacy bot_message",
    "message.subtype": "as username",
    "messages.unread_count": "read marks are a person's",
    "messages.last_read": "as unread_count",
    "user.profile.image_original": "pictures are drawn, not uploaded",
    "profile.fields.Xf0111111": "no custom profile fields",
    "profile.fields.Xf0222222": "as above",
    "profile.fields.Xf0333333": "as above",
    "profile.huddle_state": "no huddles",
    "profile.huddle_state_expiration_ts": "as above",
    "profile.pronouns": "not part of a seed",
    "profile.start_date": "as above",
    "team.enterprise_id": "not an Enterprise organisation",
    "team.enterprise_name": "as above",
    "authed_user.access_token": "only bot scopes are asked for",
    "authed_user.scope": "as above",
    "authed_user.token_type": "as above",
}
# Of a file, only what a bot that uploads text reads: pictures have previews, text has not.
FILE_KEYS = {"id", "name", "title", "size", "filetype", "user", "channels", "permalink", "created"}


def _contract() -> Json:
    content = json.loads((DATA / "methods.json").read_text()) if DATA.is_dir() else {}
    return dict(content)


CONTRACT = _contract()
LISTED = sorted(set(METHODS) & set(CONTRACT))
listed = pytest.mark.parametrize("name", LISTED)


def test_every_method_is_published_or_said_not_to_be() -> None:
    assert set(METHODS) - set(CONTRACT) == UNLISTED
    assert len(METHODS) >= 40


@listed
def test_arguments_are_those_of_the_contract(name: str) -> None:
    published = CONTRACT[name]["args"]
    assert set(METHODS[name].args) <= set(published["properties"])
    required = set(published.get("required", [])) - {"token"}
    assert set(METHODS[name].required) - required == STRICTER.get(name, set())
    assert required <= set(METHODS[name].required)


@listed
def test_scopes_are_those_of_the_contract(name: str) -> None:
    published = set(CONTRACT[name]["scope"].get("bot") or [])
    ours = set(METHODS[name].all_scopes()) - {"connections:write"}  # of app tokens
    assert ours <= published
    assert bool(ours) == bool(published)


@listed
def test_errors_are_listed_for_the_method_or_common(name: str) -> None:
    assert METHODS[name].errors <= set(CONTRACT[name]["errors"]) | COMMON_ERRORS


@listed
def test_the_rate_limit_tier_is_that_of_the_contract(name: str) -> None:
    assert f"t{METHODS[name].tier}" == CONTRACT[name]["rate_limits"]


def test_every_method_answers_with_the_keys_of_the_published_example(workspace: Workspace) -> None:
    answers = Story(workspace).answers()
    assert set(answers) == set(METHODS)
    missing = {
        name: lacking
        for name in LISTED
        if (lacking := sorted(_lacking(CONTRACT[name]["example_success"] or {}, answers[name])))
    }
    assert missing == {}


def test_what_is_said_to_be_not_here_is_in_no_answer(workspace: Workspace) -> None:
    """So that the list above cannot hide what was added since."""
    answers = Story(workspace).answers()
    used = {
        path
        for name in LISTED
        for path in _absent(CONTRACT[name]["example_success"] or {}, answers[name], "")
    }
    assert set(NOT_HERE) - used == set()


def _lacking(example: Json, answer: Json) -> set[str]:
    return {
        path
        for path in _absent(example, answer, "")
        if path not in NOT_HERE and not _of_a_picture(path)
    }


def _of_a_picture(path: str) -> bool:
    top, _, key = path.partition(".")
    return top == "file" and key.partition(".")[0] not in FILE_KEYS


def _absent(example: object, answer: object, path: str) -> set[str]:
    """Dotted paths of keys in the example that the answer lacks; of lists, the heads count."""
    found: set[str] = set()
    if isinstance(example, dict) and isinstance(answer, dict):
        for key, value in example.items():
            here = f"{path}.{key}" if path else key
            if key not in answer:
                found.add(here)
            elif key not in {"blocks", "state", "args", "attachments"} and answer[key] is not None:
                found |= _absent(value, answer[key], here)
    elif isinstance(example, list) and isinstance(answer, list) and example and answer:
        found |= _absent(example[0], answer[0], path)
    return found
