"""What the board's pages of a request say of it: whose move it is, and what is recommended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.matching import advise
from coalition.domain.errors import UserError
from coalition.rendering.aid_matching import recommended, why_not_lines
from coalition.rendering.aid_moves import moves
from coalition.rendering.board.aid import Advice

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin
    from coalition.domain.aid.state import Aid
    from coalition.rendering.aid_moves import Move


def own_moves(whole: Aid, member: str) -> list[Move]:
    """What a member must do now."""
    return [one for one in moves(whole) if one.urgent and one.member == member]


def advice_of(tocsin: Tocsin, whole: Aid) -> Advice:
    """What is recommended for a request that looks for help, and why not the others."""
    if not whole.seeking:
        return Advice()
    try:
        found = advise(tocsin, whole.aid).for_request(whole.aid)
    except UserError:  # it was filled or ended just now
        return Advice()
    coalition = tocsin.coalition
    chosen = {one.member for one in found.judged if one.units}
    others = [one for one in coalition.active if one.id not in {*chosen, whole.member}]
    return Advice(
        picks=tuple(recommended(found, whole, coalition)),
        why_not=tuple(
            (one.name, tuple(why_not_lines(found, whole, one.id, coalition))) for one in others
        ),
    )
