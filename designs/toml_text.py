# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""TOML as a person would write it, always the same for the same data: the files of a design's folder.

``tomli_w`` loses carriage returns in long texts and breaks every list into lines; tomlkit keeps what was there before, which is
the opposite of one canonical form. What is written here is read by ``tomllib`` as exactly the same data.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
#: What TOML wants written as \u…, besides what JSON does: DEL.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def toml(data: Mapping[str, Any]) -> str:
    """One value a line, then tables and lists of tables under their headers, in the order of ``data``.

    Values are texts, numbers, yes or no, lists of them, tables. A text of several lines is written so. Raises ValueError for what
    TOML has not: None, a number that is none, a text that is no Unicode.
    """
    return "\n".join(_table((), data)).strip("\n") + "\n"


def _table(path: tuple[str, ...], data: Mapping[str, Any]) -> list[str]:
    lines = [f"{_key(key)} = {_value(value)}" for key, value in data.items() if not _is_below(value)]
    for key, value in data.items():
        name = (*path, key)
        if isinstance(value, Mapping) and _is_below(value):
            lines += ["", f"[{_dotted(name)}]", *_table(name, value)]
        elif _is_below(value):
            for row in value:
                lines += ["", f"[[{_dotted(name)}]]", *_table(name, row)]
    return lines


def _is_below(value: Any) -> bool:
    """Whether it stands under a header of its own."""
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is no number to be kept")
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise ValueError(f"TOML has nothing for {value!r}")


def _text(text: str) -> str:
    text.encode()  # a lone surrogate is refused here, and not half-way into a file
    if "\n" not in text:
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
    inside = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if inside.endswith('"'):
        inside = inside[:-1] + '\\"'
    return '"""\n' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04X}", inside) + '"""'


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007F")


def _dotted(path: Sequence[str]) -> str:
    return ".".join(_key(key) for key in path)
