# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Communes as one types them; workshops on a map, in a list, and one by one."""
