# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``python -m designs.jail``: the jailer, without the rest of the site in its memory."""

import sys

from designs.jail.service import check, serve

if __name__ == "__main__":
    sys.exit(check(print) if "--check" in sys.argv[1:] else serve(print))
