# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rules that a design has in its own code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designs.design import Design
from designs.errors import ParameterError


def require_rules(design: Design, values: Mapping[str, Any]) -> None:
    """``values`` are within the bounds already. Raises ParameterError with every rule that is broken."""
    broken = [rule for rule in design.constraints if not rule.holds(values)]
    if broken:
        messages = {name: rule.french.format(**values) for rule in reversed(broken) for name in rule.parameters}
        raise ParameterError("; ".join(rule.english.format(**values) for rule in broken), messages)
