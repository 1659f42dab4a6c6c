"""Amounts of money as integers in minor units: 1200.50 EUR is 120050. Never a float.

Source of the digits: ISO 4217; a currency that is not named here has two.
"""

from __future__ import annotations

import re
from typing import Final

from coalition.domain.errors import UserError

_DIGITS: Final[dict[str, int]] = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_AMOUNT: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,3}))?")


def digits_of(currency: str) -> int:
    """How many digits its minor unit has after the point."""
    return _DIGITS.get(currency, 2)


def minor_units(text: str, currency: str) -> int:
    """`1200`, `1200.5` or `1200.50` in minor units.

    Raises:
        UserError: it is no amount, or finer than the currency.
    """
    found = _AMOUNT.fullmatch(text.strip())
    digits = digits_of(currency)
    if found is None or len(found[2] or "") > digits:
        example = "1200" if digits == 0 else "1200." + "5".ljust(digits, "0")
        raise UserError(
            f"{text[:40]!r} is not an amount of {currency}.",
            f"Write it like {example}.",
            field="cost",
        )
    return int(found[1] + (found[2] or "").ljust(digits, "0"))


def shown(amount: int, currency: str) -> str:
    """`120050` as `1200.50 EUR`."""
    digits = digits_of(currency)
    if not digits:
        return f"{amount} {currency}"
    whole, rest = divmod(amount, 10**digits)
    return f"{whole}.{rest:0{digits}d} {currency}"
