# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads data that a stranger made: each reader takes a value and its path, and gives what it should be or raises
TransportError. Nothing is read that isn't bounded."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NoReturn, TypeVar

from designs.plain_text import is_plain
from designs.typography import THIN, french_number
from fabrication.scripted.errors import TransportError

T = TypeVar("T")
Read = Callable[[object, str], T]

#: Of JSON: three times what the largest of our models needs.
MAX_BYTES = 8_000_000
#: Nothing that a workshop cuts is farther from the origin (mm).
FAR = 20_000.0


def parse_json(data: bytes) -> object:
    """Raises TransportError for what is too long, too deep, no JSON or not finite."""
    if len(data) > MAX_BYTES:
        refuse("", f"more than {MAX_BYTES} bytes", "Le script rend trop de données")
    try:
        return json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError, MemoryError):
        refuse("", "no JSON", "Le script a rendu des données illisibles")


def _figure(value: float) -> str:
    return french_number(value, 3, thousands=THIN)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def refuse(path: str, english: str, french: str) -> NoReturn:
    raise TransportError(path, english, french)


def text(most: int, *, empty: bool = True, lines: bool = False) -> Read[str]:
    def read(value: object, path: str) -> str:
        if (
            not isinstance(value, str)
            or len(value) > most
            or not is_plain(value.replace("\n", " ") if lines else value)
        ):
            refuse(path, f"no plain text of at most {most} characters", f"Un texte simple de {_figure(most)} caractères au plus est attendu")  # fmt: skip
        if not empty and not value.strip():
            refuse(path, "an empty text", "Un texte manque")
        return value

    return read


def matching(pattern: str) -> Read[str]:
    compiled = re.compile(pattern)

    def read(value: object, path: str) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            refuse(path, f"does not match {pattern}", "Un nom ou un code est mal formé")
        return value

    return read


def number(low: float, high: float) -> Read[float]:
    def read(value: object, path: str) -> float:
        # Comparisons refuse NaN, and whole numbers of ten thousand figures without turning them into a float.
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            refuse(
                path,
                f"no number between {low:g} and {high:g}",
                f"Un nombre entre {_figure(low)} et {_figure(high)} est attendu",
            )
        return float(value)

    return read


def whole(low: int, high: int) -> Read[int]:
    def read(value: object, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            refuse(
                path,
                f"no whole number between {low} and {high}",
                f"Un nombre entier entre {_figure(low)} et {_figure(high)} est attendu",
            )
        return value

    return read


def yes(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        refuse(path, "neither true nor false", "Oui ou non est attendu")
    return value


def one_of(choices: Collection[str]) -> Read[str]:
    def read(value: object, path: str) -> str:
        if not isinstance(value, str) or value not in choices:
            refuse(path, f"none of {', '.join(sorted(choices)[:20])}", "Une valeur inconnue s’y trouve")
        return value

    return read


def optional(read: Read[T]) -> Read[T | None]:
    return lambda value, path: None if value is None else read(value, path)


def many(read: Read[T], most: int, least: int = 0) -> Read[tuple[T, ...]]:
    def read_all(value: object, path: str) -> tuple[T, ...]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            refuse(
                path,
                f"no list of {least} to {most}",
                f"Une liste de {_figure(least)} à {_figure(most)} éléments est attendue",
            )
        return tuple(read(item, f"{path}.{index}") for index, item in enumerate(value))

    return read_all


def pair(first: Read[Any], second: Read[Any]) -> Read[tuple[Any, Any]]:
    def read(value: object, path: str) -> tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            refuse(path, "no pair", "Une paire est attendue")
        return first(value[0], f"{path}.0"), second(value[1], f"{path}.1")

    return read


def vector(low: float = -FAR, high: float = FAR) -> Read[tuple[float, float, float]]:
    triple = many(number(low, high), 3, 3)

    def read(value: object, path: str) -> tuple[float, float, float]:
        x, y, z = triple(value, path)
        return x, y, z

    return read


def unit_vector(value: object, path: str) -> tuple[float, float, float]:
    found = vector(-1.001, 1.001)(value, path)
    if abs(math.hypot(*found) - 1) > 1e-3:
        refuse(path, "no unit vector", "Une direction est de longueur 1")
    return found


def fields(value: object, path: str, names: Collection[str]) -> Mapping[str, object]:
    """An object with these keys and no others."""
    if not isinstance(value, dict) or value.keys() != set(names):
        refuse(path, f"no object with {', '.join(names)}", "Un objet est mal formé")
    return value


def record(make: Callable[..., T], **readers: Read[Any]) -> Read[T]:
    """An object whose fields are read by name and given to ``make``."""

    def read(value: object, path: str) -> T:
        data = fields(value, path, readers)
        return make(**{name: reader(data[name], f"{path}.{name}") for name, reader in readers.items()})

    return read
