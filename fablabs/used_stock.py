# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A machine file after a job was cut: the offcuts that it took are gone."""

from __future__ import annotations

from collections.abc import Collection

import tomlkit


def without_offcuts(text: str, used: Collection[str]) -> str:
    """The machine file's text less the offcuts of these names; all else as it was written.

    Raises ValueError for a text that is no TOML."""
    document = tomlkit.parse(text)
    stock = document.get("stock", {})
    kept = [offcut for offcut in stock.get("offcuts", ()) if offcut.get("name") not in used]
    if len(kept) == len(stock.get("offcuts", ())):
        return text
    if kept:
        table = tomlkit.aot()
        for offcut in kept:
            table.append(offcut)
        stock["offcuts"] = table
    else:
        del stock["offcuts"]
    return tomlkit.dumps(document)


def with_thickness(text: str, measured_mm: float) -> str:
    """The machine file's text for a panel that the calliper reads so; all else as it was written.

    Raises ValueError for a text that is no TOML, or names no panel."""
    document = tomlkit.parse(text)
    if "stock" not in document:
        raise ValueError("the machine file has no [stock]")
    document["stock"]["measured_thickness_mm"] = measured_mm  # type: ignore[index]
    return tomlkit.dumps(document)
