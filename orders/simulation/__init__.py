# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An invented campaign that lives its whole life: to look for what a crash loses, or doubles (``manage.py
simulate_campaign``). On a database of its own, never on a site's."""
