"""The languages in which Tocsin speaks to partners, and the catalogs behind them.

Labels, ids, answers' names and what people wrote are never translated. The catalogs stand in
coalition/data/locale as .po (for people) and .mo (what is read), made by
`python -m tests.notices.catalogs`.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable
from functools import lru_cache

from coalition.data_files import bundled

LANGUAGES: dict[str, str] = {
    "en": "English",
    "et": "eesti",
    "lv": "latviešu",
    "lt": "lietuvių",
    "uk": "українська",
    "fr": "français",
}
"""By tag; each called as its speakers call it. English needs no catalog: the texts are its keys."""

DOMAIN = "tocsin"

Say = Callable[[str], str]
"""Says an English sentence of ours in another language."""


def in_english(text: str) -> str:
    """The text as it stands."""
    return text


N_ = in_english
"""Marks a text that is looked up later, so that the catalog knows it."""


def language_of(languages: Iterable[str]) -> str:
    """The first of a member's languages that Tocsin speaks; English where it speaks none."""
    spoken = (tag.partition("-")[0].lower() for tag in languages)
    return next((tag for tag in spoken if tag in LANGUAGES), "en")


def say_in(language: str) -> Say:
    """How a text is said in one of `LANGUAGES`; English for any other tag."""
    return _catalog(language_of([language])).gettext


@lru_cache(maxsize=len(LANGUAGES))
def _catalog(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, str(bundled("locale")), [language])
