# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Through tenons, plain and wedged.

.. image:: ../../docs/pictures/joint-through-tenon.webp
.. image:: ../../docs/pictures/joint-wedged-tenon.webp
"""

from __future__ import annotations

from collections.abc import Sequence

from designs.contour import Contour
from designs.furniture import Joint
from designs.joinery.meeting import meetings, require, spread
from designs.panel import Panel
from designs.placing import oriented, to_world


def through_tenon(
    a: Panel,
    edge: str,
    b: Panel,
    *,
    width: float,
    count: int = 2,
    at: Sequence[float] = (),
    clearance: float,
    proud: float = 0.0,
) -> Joint:
    """Tabs on a's edge go through b and end flush with its far face, or stand ``proud`` mm out of it
    (a peg that something rests on).

    ``at`` gives the tabs' centres along the edge in mm, else ``count`` of them are spread evenly.
    Each slot is ``clearance`` longer and wider than its tab, in total. Every copy of a cuts every
    copy of b that it reaches; a place reached twice is cut once.
    """
    centres = list(at) or spread(a.edge_length(edge), count, width)
    contacts = []
    for centre in centres:
        a.tab(edge, centre, width, b.thickness + proud, chamfer=4.0 if proud else 1.5)
        for m in require(list(meetings(a, edge, centre, b.thickness / 2, b)), a, b, f"tenon on {edge!r}"):
            b.slot(m.x, m.y, width + clearance, a.thickness + clearance, m.angle_deg)
            contacts.append(m.world)
    return Joint("through-tenon", a.code, b.code, clearance, tuple(contacts))


#: A wedge is as wide as this at the middle of its tenon, and tapers by the slope over its length:
#: 1 in 12 holds by friction in plywood and still comes out with a tap (practice of knock-down joinery).
WEDGE_WIDTH = 24.0
WEDGE_SLOPE = 1 / 12
WEDGE_OVERHANG = 26.0
#: The slot for the wedge starts this far inside b's far face, so that the wedge pulls b and not itself.
WEDGE_BITE = 1.5


def wedged_tenon(
    a: Panel, edge: str, b: Panel, wedge: Panel, *, width: float, at: Sequence[float], clearance: float
) -> tuple[Joint, Joint]:
    """Tabs on a's edge go through b and are held on its far side by a wedge each.

    ``wedge`` is a panel from ``wedge_panel``; it gets a placement for each tab. The joint comes
    apart by hand. Gives the joint of the tenon and that of the wedge.
    """
    t = a.thickness
    far = b.thickness
    end = far + WEDGE_WIDTH + WEDGE_SLOPE * t + 20.0
    contacts, wedges = [], []
    for centre in at:
        a.tab(edge, centre, width, end, chamfer=4.0)
        for m in require(list(meetings(a, edge, centre, far / 2, b)), a, b, f"wedged tenon on {edge!r}"):
            b.slot(m.x, m.y, width + clearance, t + clearance, m.angle_deg)
            contacts.append(m.world)
        # The slot takes the wedge's widest section inside the tab: at its upper face.
        first, last = far - WEDGE_BITE, far + WEDGE_WIDTH + WEDGE_SLOPE * t / 2
        half = (wedge.thickness + clearance) / 2
        corners = [(centre - half, first), (centre - half, last), (centre + half, last), (centre + half, first)]
        a.opening(Contour.of([a.on_edge(edge, s, n) for s, n in corners]))
        # The wedge's X leads outwards, its Y up through the tab, so its thickness runs back along the edge.
        start, outwards, back = (
            a.on_edge(edge, *point)
            for point in ((centre + wedge.thickness / 2, far), (centre + wedge.thickness / 2, far + 1), (centre, far))
        )
        place = oriented(
            (*start, t / 2),
            (outwards[0] - start[0], outwards[1] - start[1], 0.0),
            (back[0] - start[0], back[1] - start[1], 0.0),
        )
        wedge.at = (*wedge.at, *(here * place for here in a.at))
        middle = a.on_edge(edge, centre, far + WEDGE_WIDTH / 2)
        wedges += [to_world(here, (*middle, t / 2)) for here in a.at]
    return (
        Joint("through-tenon", a.code, b.code, clearance, tuple(contacts)),
        Joint("wedge", wedge.code, a.code, clearance, tuple(wedges)),
    )
