"""The words with which partners answer by mail, in the languages in which they are asked."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from coalition.domain.incident.words import Answer

# Each begins a reply; the longest that fits counts. Words that could mean two answers ("yes",
# "confirmed") are left out: what is not here is shown to a person, who asks.
_PHRASES: dict[Answer, tuple[str, ...]] = {
    "acknowledge": (
        "acknowledge", "acknowledged", "acknowledging", "we acknowledge", "ack", "received",
        "kätte saadud", "kätte saanud", "saime kätte", "oleme kätte saanud",
        "saņemts", "saņēmām", "esam saņēmuši",
        "gauta", "gavome", "esame gavę",
        "отримано", "отримали", "ми отримали", "підтверджуємо отримання",
        "reçu", "bien reçu", "nous avons reçu", "accusé de réception",
    ),
    "accept": (
        "accept", "accepted", "we accept",
        "nõus", "oleme nõus", "nõustume", "võtame vastu",
        "piekrītam", "pieņemam",
        "sutinkame", "priimame",
        "погоджуємося", "погоджуємось", "приймаємо",
        "acceptons", "nous acceptons", "accepté", "d'accord",
    ),
    "decline": (
        "decline", "declined", "we decline",
        "keeldume", "ei nõustu",
        "atsakāmies", "noraidām", "nepiekrītam",
        "atsisakome", "atmetame", "nesutinkame",
        "відмовляємося", "відмовляємось", "відхиляємо",
        "refusons", "nous refusons", "déclinons", "nous déclinons", "refusé",
    ),
    "need_info": (
        "need_info", "need info", "need information", "need more information",
        "we need information", "we need more information",
        "vajame infot", "vajame teavet", "vajame lisateavet", "vaja infot",
        "vajag informāciju", "nepieciešama informācija", "vajadzīga informācija",
        "reikia informacijos", "trūksta informacijos",
        "потрібна інформація", "потрібно більше інформації",
        "besoin d'informations", "besoin d'information", "nous avons besoin d'informations",
    ),
    "offer": (
        "offer", "we offer", "offering", "offer help", "we can offer",
        "pakume", "pakume abi",
        "piedāvājam", "piedāvājam palīdzību",
        "siūlome", "siūlome pagalbą",
        "пропонуємо", "пропонуємо допомогу",
        "offrons", "nous offrons", "proposons", "nous proposons",
    ),
    "affected": (
        "affected", "we are affected", "we are affected too", "also affected",
        "mõjutatud", "oleme mõjutatud",
        "skarti", "esam skarti", "esam cietuši",
        "paveikti", "esame paveikti", "nukentėjome",
        "постраждали", "ми постраждали", "ми уражені",
        "touchés", "nous sommes touchés", "affectés", "nous sommes affectés",
    ),
}  # fmt: skip

_NOT_AFFECTED = (
    "not affected", "unaffected", "we are not affected",
    "ei ole mõjutatud", "me ei ole mõjutatud", "pole mõjutatud",
    "neesam skarti", "nav skarti",
    "nesame paveikti", "nepaveikti",
    "не постраждали", "ми не постраждали", "не уражені",
    "non touchés", "pas touchés", "nous ne sommes pas touchés",
)  # fmt: skip


class Meant(NamedTuple):
    """What a reply begins with. `unaffected`: the answer `affected`, with a count of none."""

    answer: Answer
    unaffected: bool = False


def folded(text: str) -> str:
    """As two writings of the same word are compared: letters alone, small, once spaced."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join("".join(c if c.isalnum() or c in "_'" else " " for c in plain).split())


_MEANINGS: dict[str, Meant] = {
    folded(phrase): Meant(answer) for answer, said in _PHRASES.items() for phrase in said
} | {folded(phrase): Meant("affected", unaffected=True) for phrase in _NOT_AFFECTED}

_LONGEST = max(len(phrase.split()) for phrase in _MEANINGS)


def meant_by(line: str) -> Meant | None:
    """The answer that a line begins with; None when it begins with none."""
    words = folded(line).split()
    for count in range(min(_LONGEST, len(words)), 0, -1):
        found = _MEANINGS.get(" ".join(words[:count]))
        if found is not None:
            return found
    return None


def is_answer_alone(line: str) -> bool:
    """Whether a line says an answer and nothing more."""
    return folded(line) in _MEANINGS
