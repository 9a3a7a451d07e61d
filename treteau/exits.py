# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exit codes of ``treteau``."""

DONE = 0
FAULTY = 1  # a package has faults
BAD_INPUT = 2  # one line on standard error, nothing written
NOT_MAKEABLE = 3  # this design can't be made on this machine
INTERRUPTED = 130
TERMINATED = 143
