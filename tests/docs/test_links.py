"""Every link inside the repository leads somewhere, and every page can be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, anchors, broken, links, name, pages


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_every_page_of_docs_is_in_the_index() -> None:
    index = (REPOSITORY / "docs/README.md").read_text(encoding="utf-8")
    linked = {link.partition("#")[0] for link in links(index)}
    assert {page.name for page in (REPOSITORY / "docs").glob("*.md")} - linked == {"README.md"}


def test_every_decision_is_in_its_index() -> None:
    folder = REPOSITORY / "docs/decisions"
    linked = set(links((folder / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in folder.glob("*.md")} - linked == {"README.md"}


def test_every_reader_is_led_from_the_readme() -> None:
    linked = links((REPOSITORY / "README.md").read_text(encoding="utf-8"))
    readers = ("responders", "partners", "playbooks", "operators", "maintainers", "threat-model")
    assert [page for page in readers if f"docs/{page}.md" not in linked] == []


def test_the_first_screen_of_the_readme_shows_it() -> None:
    top = "\n".join((REPOSITORY / "README.md").read_text(encoding="utf-8").splitlines()[:12])
    assert "![" in top
    assert (REPOSITORY / "docs/images/room.png").read_bytes().startswith(b"\x89PNG")


def test_the_measure_itself_sees_what_is_broken(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One, two: three\n[gone](gone.md) [here](#one-two-three) [no](#four)\n"
        "![picture](no.png) [out](https://example.org)\n```\n[code](is-no-link.md)\n```\n",
        encoding="utf-8",
    )
    assert broken(page) == ["gone.md", "#four", "no.png"]
    assert anchors("# One, two: three\n```\n# four\n```\n") == {"one-two-three"}
