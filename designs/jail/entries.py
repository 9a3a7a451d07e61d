# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The trusted functions that may be called inside the jail; no other can be named from outside.

Each takes the request's bytes and returns the answer's. Their modules are imported by the zygote, before any
stranger's code, so that a job begins with everything loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Name → "module:function".
ENTRIES: Mapping[str, str] = MappingProxyType(
    {
        "build": "fabrication.scripted.inside:build",
        "step": "fabrication.scripted.inside:step",
        "dxf": "fabrication.scripted.inside:dxf",
        "probe": "designs.jail.probe:probe",
    }
)
