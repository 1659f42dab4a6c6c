"""The catalogs of what partners read: `python -m tests.notices.catalogs`.

Takes every marked text (`_("…")`, `N_("…")`) of the notices and of the answer page into the .po of
each language, keeps the translations that are there, and writes the .mo that is read while
running. Needs Babel (`pip install '.[test]'`). Ends with 1 while a text is not translated.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from coalition.data_files import bundled
from coalition.domain.incident.opening import WARNING_ASK
from coalition.domain.notice.pap import MEANINGS
from coalition.domain.severity import EQUIVALENTS
from coalition.rendering.notices.languages import DOMAIN, LANGUAGES

_REPOSITORY = Path(__file__).resolve().parents[2]
_MARKED = ("coalition/rendering/notices", "bot/web/answer")
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_KEYWORDS = {"_": None, "N_": None}

_ABOUT = "# What partner CERTs read. Labels, ids and names of answers stay as they are."


class _Plain(Catalog):
    """Its head names no date and no version: the same texts give the same bytes on any day."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def texts() -> list[str]:
    """Every text that is shown in a partner's language, in order of the alphabet."""
    marked = {
        message
        for folder in _MARKED
        for _, _, message, _, _ in extract_from_dir(
            _REPOSITORY / folder, method_map=_METHODS, keywords=_KEYWORDS
        )
        if isinstance(message, str)
    }
    domain = {WARNING_ASK, *MEANINGS.values(), *(one.meaning for one in EQUIVALENTS.values())}
    return sorted(marked | domain)


def folder_of(language: str) -> Path:
    """Where the two files of a language are."""
    return bundled("locale") / language / "LC_MESSAGES"


def catalog(language: str, wanted: list[str]) -> Catalog:
    """The catalog of exactly these texts, with the translations that its .po has."""
    path = folder_of(language) / f"{DOMAIN}.po"
    known = Catalog()
    if path.exists():
        known = read_po(io.BytesIO(path.read_bytes()), locale=language)
    made = _Plain(locale=language, header_comment=_ABOUT, fuzzy=False)
    for text in wanted:
        message = known.get(text)
        made.add(text, message.string if message else "", flags=("python-format",) * ("%(" in text))
    return made


def as_po(made: Catalog) -> bytes:
    """The bytes of the .po file."""
    buffer = io.BytesIO()
    write_po(buffer, made, width=96, sort_output=True)
    return buffer.getvalue()


def as_mo(made: Catalog) -> bytes:
    """The bytes of the .mo file."""
    buffer = io.BytesIO()
    write_mo(buffer, made)
    return buffer.getvalue()


def main() -> int:
    """Write all of them; say what still has to be translated."""
    wanted = texts()
    missing = 0
    for language in LANGUAGES:
        if language == "en":
            continue
        made = catalog(language, wanted)
        folder = folder_of(language)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{DOMAIN}.po").write_bytes(as_po(made))
        (folder / f"{DOMAIN}.mo").write_bytes(as_mo(made))
        for message in made:
            if message.id and not message.string:
                print(f"{language}: not translated: {message.id}")
                missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
