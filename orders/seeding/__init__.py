# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign as large as a real one, in rows: what `manage.py seed_campaign` writes."""
