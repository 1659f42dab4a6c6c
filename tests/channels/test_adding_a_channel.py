"""docs/channels.md is true: a folder, a model and a row are all that a new channel takes."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pytest
from aiohttp import web

import workers.channels
from coalition.adapters.yaml_source import load_yaml
from coalition.domain import channels as models
from coalition.domain import limits
from coalition.domain.channels import Way
from coalition.domain.fields import WebAddress
from coalition.domain.labels import Tlp
from tests.notices.servers import receiver
from tests.notices.stage import coalition, member, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.channels import Channel

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "channels.md").read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def model_in_the_docs() -> type[Way]:
    names: dict[str, Any] = {"Way": Way, "Literal": Literal, "WebAddress": WebAddress}
    code = compile(CODE[0], "docs/channels.md", "exec", dont_inherit=True)
    exec(code, names)  # noqa: S102 - the page's own example
    found: type[Way] = names["PigeonChannel"]
    return found


@pytest.fixture
def pigeon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Way]]:
    """The example of the page, in a folder of its own."""
    folder = tmp_path / "more" / "pigeon"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""A note at the leg of a pigeon."""\n')
    (folder / "channel.py").write_text(CODE[1])
    path = [*workers.channels.__path__, str(folder.parent)]
    monkeypatch.setattr(workers.channels, "__path__", path)
    monkeypatch.setitem(limits.TRANSPORTS, "pigeon", Tlp.GREEN)
    monkeypatch.setitem(limits._CARRIES, "pigeon", "can be shot down")
    _forget()
    yield model_in_the_docs()
    _forget()
    for name in [name for name in sys.modules if name.startswith("workers.channels.pigeon")]:
        del sys.modules[name]


def _forget() -> None:
    workers.channels.kinds.cache_clear()
    workers.channels.channel_module.cache_clear()


@pytest.mark.anyio
async def test_the_example_of_the_page_sends_a_notice(pigeon: type[Way], tmp_path: Path) -> None:
    async with receiver() as loft, stage(tmp_path, [member("lv")]) as on:
        loft.replies = [web.Response()]
        entry = pigeon.model_validate({"kind": "pigeon", "loft": loft.url, "ceiling": "TLP:GREEN"})
        lv = on.tocsin.coalition.member("lv").model_copy(update={"channels": (entry,)})
        known = coalition(member("lv"))
        on.tocsin.coalition = known.model_copy(update={"members": (known.members[0], lv)})
        (claim,) = on.issue()
        receipt = await on.send(claim)
        assert receipt["stage"] == "delivered"
        assert loft.headers[0]["x-ring"] == claim.id
        assert loft.bodies[0].decode().startswith("TLP:GREEN\n")


def kinds_in_the_file() -> set[str]:
    union = get_args(get_args(models.Channel)[0])
    return {get_args(one.model_fields["kind"].annotation)[0] for one in union}


def test_every_kind_has_a_model_a_folder_a_row_and_a_line_of_the_page() -> None:
    kinds = kinds_in_the_file()
    assert kinds == workers.channels.kinds() == set(limits.TRANSPORTS)
    rows = {line.split("|")[1].strip(" `") for line in PAGE.splitlines() if line.startswith("| `")}
    assert kinds <= rows
    for kind in kinds:
        rule = workers.channels.channel_module(kind).REPEATABLE
        assert isinstance(rule, bool) or callable(rule)


def test_the_entries_of_the_page_are_good_and_say_what_their_kind_may_carry() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    data, _ = load_yaml(text)
    found: tuple[Channel, ...] = coalition(member("lv", data["channels"])).member("lv").channels
    assert {one.kind for one in found} == kinds_in_the_file()
    for kind, label in limits.TRANSPORTS.items():
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` | `TLP:")]
        assert row.startswith(f"| `{kind}` | `{label}`")
