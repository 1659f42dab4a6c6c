"""What people are told directly about mutual aid, where no room tells them: it is their move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coalition.domain.aid.views import visible_to
from coalition.rendering.slack.aid import head_line, need_lines, offer_line
from coalition.rendering.slack.blocks import actions, button, context, fitted, section
from coalition.rendering.slack.names import EXERCISE
from coalition.rendering.slack.rendered import Block, Rendered
from coalition.rendering.slack.text import clip, escape

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.domain.members import Coalition
    from coalition.rendering.aid_moves import Move


def your_move(coalition: Coalition, whole: Aid, own: Sequence[Move], prefix: str) -> Rendered:
    """What one member's people are asked to do, with a button for each of the first three."""
    viewer = own[0].member
    seen = visible_to(whole, viewer)
    offers = dict.fromkeys(str(one.offer) for one in own if str(one.offer) in seen.offers)
    lines = [head_line(coalition, seen), *need_lines(seen)]
    lines += [offer_line(coalition, whole, seen.offers[key], viewer) for key in offers]
    todo = "\n".join(f"• {escape(_sentence(one), 250)}" for one in own)
    mark = f" · *{EXERCISE}*" if whole.exercise else ""
    blocks: list[Block] = [
        context(f"*{whole.tlp.value}*{mark} · *{whole.aid}* ({whole.incident})"),
        section("\n".join(lines)),
        section(f"*It is your move:*\n{todo}"),
        actions(*(_button(whole, one) for one in own[:3])),
        context(" · ".join(f"`/{prefix}{escape(one.typed, 200)}`" for one in own[:3])),
    ]
    says = " ".join(f"{_sentence(one)}." for one in own)
    text = f"{whole.tlp.value}{f' {EXERCISE}' if whole.exercise else ''} {whole.aid}: {says}"
    return Rendered(clip(text, 3000), fitted(blocks))


def pointer(whole: Aid, board_url: str) -> Rendered:
    """That it is their move, where Slack may not carry what about."""
    mark = f" · {EXERCISE}" if whole.exercise else ""
    said = f"{whole.aid}{mark}: it is your move. Slack may not carry what about"
    blocks = (section(f"{said}: <{board_url}|read it on the board>."),)
    return Rendered(f"{said}; read it on the board: {board_url}", blocks)


def _sentence(move: Move) -> str:
    what = move.what[:1].upper() + move.what[1:]
    return f"{what} (an approver)" if move.approver else what


def _button(aid: Aid, move: Move) -> Block:
    """Opens the form of the verb that the move is made with."""
    verb = move.typed.split()[1]
    about = f"{aid.aid}|{move.offer}" if move.offer else aid.aid
    label = f"{move.what[:1].upper()}{move.what[1:]}"
    return button(label, f"verb:{move.offer}:aid:{verb}", about)
