# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What other programs read of a page: its one address, its sentence, its picture, its facts (schema.org); sitemap, plan and feed."""
