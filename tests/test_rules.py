# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A rule compares parameters as Python would, and can do nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designs.rules import MAX_CHARACTERS, RuleError, rule

VALUES = {"width": 900.0, "depth": 400.0, "trays": 2, "arch": False, "caster": "100"}

numbers = st.one_of(
    st.integers(-1000, 1000).map(str),
    st.floats(-1000, 1000, allow_nan=False).map(lambda f: f"{f:.3f}"),
    st.sampled_from(["width", "depth", "trays"]),
)
arithmetic = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        st.tuples(st.sampled_from(["abs", "round"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
        inner.map(lambda i: f"(-{i})"),
    ),
    max_leaves=5,
)
comparisons = st.tuples(arithmetic, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), arithmetic).map(" ".join)
judgements = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        inner.map(lambda i: f"not ({i})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]}) if ({t[1]}) else ({t[2]})"),
    ),
    max_leaves=3,
)


@given(judgements)
def test_a_rule_says_what_python_would_say(text):
    if len(text) > MAX_CHARACTERS:
        with pytest.raises(RuleError):
            rule(text)
        return
    try:
        expected = bool(eval(text, {"__builtins__": {"min": min, "max": max, "abs": abs, "round": round}}, VALUES))
    except ArithmeticError:
        with pytest.raises(RuleError):
            rule(text)(VALUES)
        return
    assert rule(text)(VALUES) is expected


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_is_refused_in_both_languages(text):
    try:
        found = rule(text)
        found(dict.fromkeys(found.names, 1))
    except RuleError as error:
        assert str(error) and error.french


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("width >= depth + 2 * 18", True),
        ("width >= 2 * depth and (not arch or trays > 3)", True),
        ("caster == '100'", True),
        ('caster != "75" or trays == 0', True),
        ("300 < depth < width", True),
        ("0 < depth < 300", False),
        ("arch", False),
        ("trays == 0 or width / trays > 450", False),
        ("width > 500 if arch else width > 800", True),
    ],
)
def test_rules_as_designers_write_them(text, holds):
    assert rule(text)(VALUES) is holds


def test_a_rule_names_the_parameters_that_it_reads():
    assert rule("width > max(depth, 3) or not arch").names == {"width", "depth", "arch"}


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "width +", "width ** 2 > 3", "2 ** 10 ** 10 > width", "width.real > 3", "__import__('os')",
        "open('/etc/passwd')", "print(width) == 3", "[w for w in (1, 2)] == 3", "(lambda: 3)() > 2", "width[0] > 3",
        "'a' * 10 == 'b'", "min(width) > 3", "min(*width) > 3", "abs(x=width) > 3", "width << 3 > 2", "~trays < 3", "width is 3",
        "width in (1, 2)", "caster == 100", "{width} == 3", "f'{width}' == '3'", "(w := 3) > 2", "None == width", "3j < width", "...",
        "9" * 400 + " > width", "1e400 > width", "width > min", "await width > 3", "(" * 250 + "1" + ")" * 250 + " > width",
        "not " * 100 + "arch", "width > 3" + " " * 600 + "and arch", "width @ depth > 1", "width\0 > 3",
        "width + depth", "(yield) > 3", "width > 3; depth > 3", "width = 3",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text):
    with pytest.raises(RuleError) as refused:
        rule(text)(VALUES)
    assert refused.value.french


@pytest.mark.parametrize(
    "text", ["caster * 1000000000 == 'a'", "caster < 200", "width / (trays - 2) > 1", "height > 3"]
)
def test_what_has_no_answer_is_said_when_it_is_asked(text):
    with pytest.raises(RuleError):
        rule(text)(VALUES)


def test_the_place_is_named():
    with pytest.raises(RuleError) as refused:
        rule("width > 3 and depth ** 2 > 4")
    assert refused.value.column == 15 and "colonne 15" in refused.value.french
