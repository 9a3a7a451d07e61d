# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages that lead to pages: sitemap, plan of the site, feed of the news."""
