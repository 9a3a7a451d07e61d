# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rules between parameters, written as text: ``width >= 2 * depth and (not arch or rise > 3)``.

The text is Python's, read by Python's own parser, but only a closed list of what Python knows is let through and nothing of
it is ever executed: every node becomes a function of ours. Whoever may write a rule can do no more with it than compare
numbers.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from designs.errors import DesignError
from designs.typography import typeset

MAX_CHARACTERS = 500
#: Of a number that stands in a rule: far above any length in millimetres, and products stay small.
MAX_NUMBER = 1e9
#: A rule nested deeper than this is no rule that anybody reads.
MAX_DEPTH = 40

_Values = Mapping[str, Any]
_Evaluate = Callable[[_Values], Any]

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_ORDER: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EQUALITY: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {ast.Eq: operator.eq, ast.NotEq: operator.ne}
#: Name → least and most arguments.
_FUNCTIONS: Mapping[str, tuple[Callable[..., Any], int, int]] = {
    "min": (min, 2, 10),
    "max": (max, 2, 10),
    "abs": (abs, 1, 1),
    "round": (round, 1, 1),
}


class RuleError(DesignError, ValueError):
    """A text that is no rule, or a rule that can't be worked out with these values. ``french`` is the sentence for people;
    ``column`` counts from 1, None where no place is to blame."""

    def __init__(self, english: str, french: str, column: int | None = None) -> None:
        super().__init__(english)
        self.french, self.column = typeset(french), column


@dataclass(frozen=True)
class Rule:
    """``names`` are the parameters that it reads. Calling it gives whether it holds."""

    text: str
    names: frozenset[str]
    _evaluate: _Evaluate

    def __call__(self, values: Mapping[str, Any]) -> bool:
        """Raises RuleError: a name without a value, a division by zero, a length compared with a text."""
        try:
            return bool(self._evaluate(values))
        except KeyError as error:
            raise RuleError(f"no value for {error}", f"« {error.args[0]} » n’a pas de valeur.") from None
        except ZeroDivisionError:
            raise RuleError("a division by zero", "Cette règle divise par zéro.") from None
        except (ArithmeticError, ValueError):  # infinity that is rounded
            raise RuleError("a number too large", "Cette règle calcule un nombre trop grand.") from None


def rule(text: str) -> Rule:
    """The rule that a text says. Raises RuleError, which names the first place that is not allowed.

    Allowed: numbers, texts between quotes (to compare a choice with), names of parameters, + - * / // %, comparisons,
    ``and``, ``or``, ``not``, ``a if b else c``, and min, max, abs, round. At most ``MAX_CHARACTERS``.
    """
    if not text.strip():
        raise RuleError("the rule is empty", "Écrivez la règle, par exemple width >= depth + 36.")
    if len(text) > MAX_CHARACTERS:
        raise RuleError(
            f"a rule has at most {MAX_CHARACTERS} characters, not {len(text)}",
            f"Une règle a {MAX_CHARACTERS} caractères au plus ; celle-ci en a {len(text)}.",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # "1 is 2" is refused just below
            parsed = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None)
        raise RuleError(f"not a rule: {error}", _unreadable(text), column) from None
    if isinstance(parsed.body, ast.Tuple):
        raise RuleError("not a rule: a list", _unreadable(text))
    reader = _Reader()
    evaluate = reader.read(parsed.body, 0)
    if not _is_judgement(parsed.body):
        raise RuleError(
            "a rule compares: it says no yes or no",
            "Une règle compare, par exemple width >= 2 * depth : celle-ci ne dit ni oui ni non.",
        )
    return Rule(text.strip(), frozenset(reader.names), evaluate)


def _unreadable(text: str) -> str:
    """French: why, where it is a slip of the hand that many make."""
    for sign, meant in (
        ("≥", ">="),
        ("≤", "<="),
        ("≠", "!="),
        ("×", "*"),
        ("÷", "/"),
        ("−", "-"),
        ("=>", ">="),
        ("=<", "<="),
    ):
        if sign in text:
            return f"Écrivez {meant} au lieu de {sign}."
    if re.search(r"(?<![<>=!])=(?!=)", text):
        return "Pour dire que deux valeurs sont égales, écrivez == et non =."
    if re.search(r"[0-9],[0-9]", text):
        return "Dans une règle, un point tient lieu de la virgule des nombres."
    return "Cette règle ne se lit pas : vérifiez parenthèses et signes."


def _is_judgement(node: ast.expr) -> bool:
    """Whether it says yes or no: a bare name may, where it is a parameter that is ticked."""
    if isinstance(node, ast.BoolOp):
        return all(_is_judgement(value) for value in node.values)
    if isinstance(node, ast.IfExp):
        return _is_judgement(node.body) and _is_judgement(node.orelse)
    return isinstance(node, ast.Compare | ast.Name) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


class _Reader:
    """Turns nodes into functions, and remembers the names that they read."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def read(self, node: ast.expr, depth: int) -> _Evaluate:
        if depth > MAX_DEPTH:
            _refuse(node, "nested too deeply", "Cette règle a trop de parenthèses les unes dans les autres")
        known = getattr(self, f"_{type(node).__name__}", None)
        if known is None:
            _refuse(node, f"{type(node).__name__} is not allowed", "Une règle ne contient que des nombres, des noms de paramètres, + − * / // %, des comparaisons, and, or, not, if… else, min, max, abs et round")  # fmt: skip
        found: _Evaluate = known(node, depth + 1)
        return found

    def _Constant(self, node: ast.Constant, depth: int) -> _Evaluate:
        value = node.value
        if isinstance(value, int | float) and not abs(value) <= MAX_NUMBER:
            _refuse(node, "the number is too large", "Ce nombre est trop grand")
        if not isinstance(value, int | float | str):
            _refuse(node, f"{value!r} is no number", f"« {value!r} » n’est pas un nombre")
        return lambda values: value

    def _Name(self, node: ast.Name, depth: int) -> _Evaluate:
        name = node.id
        if name in _FUNCTIONS:
            _refuse(node, f"{name} wants its parentheses", f"Écrivez {name}(…) avec ses parenthèses")
        self.names.add(name)
        return lambda values: values[name]

    def _BinOp(self, node: ast.BinOp, depth: int) -> _Evaluate:
        apply = _ARITHMETIC.get(type(node.op))
        if apply is None:
            _refuse(
                node, f"{type(node.op).__name__} is not allowed", "Ce signe n’est pas permis : seulement + − * / // %"
            )
        left, right = self.read(node.left, depth), self.read(node.right, depth)
        return lambda values: apply(_number(left(values)), _number(right(values)))

    def _UnaryOp(self, node: ast.UnaryOp, depth: int) -> _Evaluate:
        operand = self.read(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return lambda values: not operand(values)
        if isinstance(node.op, ast.USub):
            return lambda values: -_number(operand(values))
        if isinstance(node.op, ast.UAdd):
            return lambda values: _number(operand(values))
        _refuse(node, "~ is not allowed", "Le signe ~ n’est pas permis")

    def _BoolOp(self, node: ast.BoolOp, depth: int) -> _Evaluate:
        parts = [self.read(value, depth) for value in node.values]
        if isinstance(node.op, ast.And):
            return lambda values: all(bool(part(values)) for part in parts)
        return lambda values: any(bool(part(values)) for part in parts)

    def _IfExp(self, node: ast.IfExp, depth: int) -> _Evaluate:
        test, body, otherwise = (self.read(part, depth) for part in (node.test, node.body, node.orelse))
        return lambda values: body(values) if test(values) else otherwise(values)

    def _Compare(self, node: ast.Compare, depth: int) -> _Evaluate:
        operands = [self.read(part, depth) for part in (node.left, *node.comparators)]
        tests: list[Callable[[Any, Any], bool]] = []
        for sign in node.ops:
            if type(sign) in _EQUALITY:
                tests.append(_alike(_EQUALITY[type(sign)]))
            elif type(sign) in _ORDER:
                tests.append(_ordered(_ORDER[type(sign)]))
            else:
                _refuse(node, f"{type(sign).__name__} is not allowed", "Une règle compare avec <, <=, >, >=, == ou !=")

        def compare(values: _Values) -> bool:
            left = operands[0](values)
            for test, operand in zip(tests, operands[1:], strict=True):
                right = operand(values)
                if not test(left, right):
                    return False
                left = right
            return True

        return compare

    def _Call(self, node: ast.Call, depth: int) -> _Evaluate:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _FUNCTIONS or node.keywords:
            _refuse(
                node,
                "only min, max, abs and round are called",
                "Seuls min, max, abs et round s’appellent dans une règle",
            )
        apply, least, most = _FUNCTIONS[name]
        if not least <= len(node.args) <= most:
            _refuse(node, f"{name} takes {least} to {most} numbers", f"{name} demande {least} à {most} nombres" if most > 1 else f"{name} demande un nombre")  # fmt: skip
        arguments = [self.read(argument, depth) for argument in node.args]
        return lambda values: apply(*(_number(argument(values)) for argument in arguments))


def _number(value: Any) -> Any:
    """A text times a number would be a longer text, and a long one soon all of memory."""
    if isinstance(value, int | float):
        return value
    raise RuleError(
        f"{value!r} is no number", f"« {str(value)[:40]} » n’est pas un nombre : un texte ne se calcule pas."
    )


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: test(_number(left), _number(right))


def _alike(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        if isinstance(left, str) != isinstance(right, str):
            text, number = (left, right) if isinstance(left, str) else (right, left)
            raise RuleError(
                f"{text!r} is a text and {number!r} a number: they are never equal",
                f"« {text[:40]} » est un texte et {number} un nombre : mettez le nombre entre guillemets.",
            )
        return test(left, right)

    return compare


def _refuse(node: ast.expr, english: str, french: str) -> NoReturn:
    column = node.col_offset + 1
    raise RuleError(f"column {column}: {english}", f"{french} (colonne {column}).", column)
