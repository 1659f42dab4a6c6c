"""The charter's rules of mutual aid: `charter.aid`. Every rule has a default."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from coalition.domain.aid_clocks import AidClocks, Signing
from coalition.domain.capabilities import Currency, Mode
from coalition.domain.durations import PositiveDuration, Share
from coalition.domain.fields import Name, Slug, Strict

Weight = Annotated[int, Field(ge=0, le=1_000_000)]


class Weights(Strict):
    """How much each grade (0 … 4) counts when requests compete: the criteria of CSA Art. 16(3).

    The defaults are powers of five, so that a later criterion only ever decides among equals in
    all earlier ones.
    """

    severity: Weight = 625
    entity: Weight = 125  # essential before important before other (NIS2 Art. 3)
    impact: Weight = 25
    spillover: Weight = 5
    self_help: Weight = 1


class Newcomers(Strict):
    """Small remote work goes first to members that have not yet helped: how trust can grow."""

    bonus: Share = Fraction(1, 2)  # this part of the work does not count when members are ranked
    hours: Annotated[int, Field(ge=0, le=10_000)] = 40  # up to so many person-hours it is small


class LegalBasis(Strict):
    """What two members' help rests on in law. No `members`: it holds between all."""

    id: Slug
    name: Name
    members: tuple[Slug, ...] = ()
    modes: tuple[Mode, ...] = ("remote", "on_site", "hybrid")


class AidRules(Strict):
    """How the coalition ranks, counts and settles help."""

    weights: Weights = Weights()
    # The classes of time to effect; among equals in class, not the fastest but the fairest goes.
    soon: tuple[PositiveDuration, PositiveDuration, PositiveDuration] = (
        timedelta(hours=4),
        timedelta(hours=24),
        timedelta(hours=72),
    )
    newcomers: Newcomers = Newcomers()
    ledger: PositiveDuration = timedelta(days=730)  # help given longer ago does not count
    working_day: Annotated[int, Field(ge=1, le=24)] = 8  # hours of one person on one day
    legal_bases: tuple[LegalBasis, ...] = (LegalBasis(id="charter", name="The charter"),)
    currency: Currency = "EUR"  # what costs are stated and settled in
    clocks: AidClocks = AidClocks()
    signing: Signing = Signing()
