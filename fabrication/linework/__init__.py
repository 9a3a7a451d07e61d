# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Line drawings of placed solids, hidden lines removed: what the assembly notice and pictures are made of.

``shells`` turns parts and fittings into triangles and edges, ``hidden`` finds what of them is seen,
``views`` says from where. The same solids give the same lines, in any process.
"""
