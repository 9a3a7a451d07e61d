# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a file's head says of its geometry: nominal, or compensated. Who offsets a compensated contour cuts
every joint loose, so it must say what the process and the tool ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fabrication.verification.manifest import Manifest


def nominal_faults(remarks: Sequence[str], manifest: Manifest, where: str) -> Iterator[str]:
    """At least one of the remarks says it, and none says the contrary."""
    if manifest.machine.process == "laser":
        wanted, refused = ["compensated", f"kerf of {manifest.machine.kerf_mm:g} mm"], "nominal"
    else:
        wanted, refused = ["nominal"], "compensated"
        if manifest.tool:
            wanted.append(f"cutter of {manifest.tool.diameter_mm:g} mm")
    telling = [text for text in remarks if "nominal" in text or "compensated" in text]
    for text in telling:
        if refused in text or not all(words in text for words in wanted):
            yield f"{where} says {text[:120]!r}, {', '.join(wanted)} expected"
    if not telling:
        yield f"{where} does not say whether it is nominal or compensated: {', '.join(wanted)} expected"
