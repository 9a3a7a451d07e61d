# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A jail for code of strangers. It knows nothing of furniture (docs/jail.md says what it guards against, and how).

``run(entry, request)`` hands bytes to one of the trusted entries of ``designs.jail.entries``, which runs in a fresh
process inside the jail, and returns the bytes that come out: they are a stranger's, and are parsed as such.
"""

from designs.jail.client import run
from designs.jail.errors import JailError
from designs.jail.limits import Answer, Limits
from designs.jail.trial import why_not

__all__ = ["Answer", "JailError", "Limits", "run", "why_not"]
