"""CACAO's conditions and ours: the same truth in both languages, or a plain refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.cacao.conditions import to_ours, to_stix
from coalition.domain.playbook.conditions import parse_condition


def name(variable: str) -> str:
    return variable.strip("_")


@pytest.mark.parametrize(
    ("stix", "ours"),
    [
        ("__a__:value = 'x'", "a = 'x'"),
        ("__a__:value == 'x'", "a = 'x'"),
        ("__a__:value <> 3", "a != 3"),
        ("[__a__:value >= -2.5]", "a >= -2.5"),
        ("__a__ = 'x'", "a = 'x'"),
        ("__a__:value = true", "a = 'true'"),
        ("__a__:value NOT = 'x'", "NOT ( a = 'x' )"),
        ("__a__:value IN (1, 2)", "( a = 1 OR a = 2 )"),
        ("__a__:value NOT IN ('x')", "NOT ( ( a = 'x' ) )"),
        ("__a__:value = 1 AND (__b__:value = 2 OR __c__:value = 3)",
         "a = 1 AND ( b = 2 OR c = 3 )"),
        (r"__a__:value = 'x\\y'", r"a = 'x\y'"),
    ],
)  # fmt: skip
def test_a_stix_comparison_is_read(stix: str, ours: str) -> None:
    assert to_ours(stix, name) == ours


@pytest.mark.parametrize(
    "stix",
    [
        "",
        "scan_status != 'clean'",
        "__a__:value >= __b__:value",
        "__a__:value LIKE 'x%'",
        "__a__:value MATCHES 'x'",
        "__a__:value = 'x",
        "__a__:value = ",
        "__a__:value = 'it\\'s'",
        "(__a__:value = 1",
        "__a__:value = 1)",
        "__a__:value = 1 __b__:value = 2",
        "the site looks odd",
        "(" * 30 + "__a__:value = 1" + ")" * 30,
        "(" * 600,
        "x" * 2000,
    ],
)
def test_what_ours_cannot_say_is_refused(stix: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        to_ours(stix, name)


values = st.one_of(st.integers(-999, 999), st.text("abc \\", max_size=5))
comparisons = st.builds(
    lambda one, op, value: f"{one} {op} {value if isinstance(value, int) else repr_(value)}",
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["=", "!="]),
    values,
)


def repr_(text: str) -> str:
    return f"'{text}'"


conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(lambda one: f"NOT ({one})", inner),
        st.builds(lambda one, word, other: f"({one}) {word} ({other})", inner,
                  st.sampled_from(["AND", "OR"]), inner),
    ),
    max_leaves=6,
)  # fmt: skip


@given(conditions, st.fixed_dictionaries(dict.fromkeys("abc", values)))
def test_a_condition_means_the_same_after_a_visit_to_cacao(
    ours: str, known: dict[str, int | str]
) -> None:
    there = to_stix(ours, lambda one: f"__{one}__")
    back = to_ours(there, name)
    assert parse_condition(back).holds(known.__getitem__) == parse_condition(ours).holds(
        known.__getitem__
    )
