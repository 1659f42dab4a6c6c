"""The Markdown pages of the repository, as the tests of documentation read them."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def pages() -> list[Path]:
    """Every Markdown page that belongs to the repository."""
    folders = ("", "docs/**/", "bench/", "sandbox/**/", "playbooks/")
    return sorted({page for folder in folders for page in REPOSITORY.glob(f"{folder}*.md")})


def name(page: Path) -> str:
    """The page as the repository calls it."""
    return page.relative_to(REPOSITORY).as_posix()


def prose(text: str) -> str:
    """A page's text without its blocks of code."""
    return _FENCE.sub("", text)


def blocks(text: str, *languages: str) -> list[str]:
    """The blocks of code in these languages (all, if none is named), without their fences."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [code for language, code in found if not languages or language in languages]


def links(text: str) -> list[str]:
    """The targets of links and pictures outside of blocks of code, as written."""
    return _LINK.findall(prose(text))


def anchors(text: str) -> set[str]:
    """The names by which headings of a page can be linked, as GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(prose(text))
    }


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere inside the repository."""
    bad = []
    for link in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not (target.exists() and _has(target, anchor)):
            bad.append(link)
    return bad


def _has(target: Path, anchor: str) -> bool:
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))
