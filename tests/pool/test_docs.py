"""The page about capabilities says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coalition.adapters.coalition_file import read_coalition
from coalition.domain.services import EVERYDAY, SERVICES
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs/capabilities.md").read_text(encoding="utf-8")


def test_its_examples_make_a_coalition_file(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    read = read_coalition("coalition: {name: Baltic Shield}\n" + "".join(blocks), tmp_path)
    team, scrubbing = read.members[0].capabilities
    assert (team.service, scrubbing.service) == ("mitigation-and-recovery",) * 2
    assert read.charter.aid.model_dump(exclude={"legal_bases"}) == type(
        read.charter.aid
    )().model_dump(exclude={"legal_bases"}), "the page shows the defaults"


@pytest.mark.parametrize("word", [*SERVICES, *EVERYDAY])
def test_it_names_every_service_and_every_everyday_word(word: str) -> None:
    assert f"`{word}`" in PAGE
