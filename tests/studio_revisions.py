# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Revisions as the studio publishes them, without the hours of a designer: a second one of the Porte numérique, and a table that
exists in the database alone."""

from __future__ import annotations

from typing import Any

from designs.catalogue import shipped
from designs.content import Content
from designs.models import DesignRevision
from designs.sources import content_of

TABLE = "table-d-accueil"
TEXTS = {
    "title": "Table d’accueil",
    "summary": "Une table pour deux personnes, à l’entrée.",
    "story": "Elle tient dans une entrée étroite.\n\nElle se range debout.",
    "credit": "Dessinée par le bureau des Ormes",
    "licence": "CERN-OHL-S-2.0",
    "changes": "",
}


def publish(design: str, content: Content, **fields: Any) -> DesignRevision:
    """The next revision of this design, as publication leaves it."""
    texts = TEXTS | fields.pop("texts", {})
    last = (
        DesignRevision.objects.filter(design=design).order_by("-number").values_list("number", flat=True).first() or 0
    )
    return DesignRevision.objects.create(
        design=design,
        number=last + 1,
        origin=DesignRevision.Origin.STUDIO,
        digest=content.digest,
        content=content.as_data(),
        defaults={parameter.name: parameter.default for parameter in content.parsed.parameters},
        texts=texts,
        **({"version": f"{last + 1}.0.0"} | fields),
    )


def candidate(design: str, content: Content, **texts: str) -> DesignRevision:
    """What a draft held at one moment."""
    return DesignRevision.states.create(
        design=design,
        number=None,
        published_at=None,
        origin=DesignRevision.Origin.STUDIO,
        digest=content.digest,
        content=content.as_data(),
        defaults={},
        texts=TEXTS | texts,
    )


def wider_porte(default: int = 640) -> Content:
    """The shipped script, byte for byte, with another base width: it is drawn as ours is."""
    data = content_of(shipped("porte")).as_data()
    specification = dict(data["specification"])
    specification["parameters"] = [
        one | {"default": default} if one["name"] == "width" else one for one in specification["parameters"]
    ]
    return Content.parse(data | {"specification": specification})


def table(length: float = 700.0) -> Content:
    """A top and two legs that somebody drew elsewhere: no parameters, sheets of 17 to 18 mm."""
    return Content.parse(
        {
            "kind": "flat",
            "parts": [_board("P01", "plateau", length, 400.0, 1), _board("P02", "pied", 380.0, 700.0, 2)],
            "specification": {"parameters": [], "rules": []},
        }
    )


def _board(code: str, name: str, width: float, height: float, quantity: int) -> dict[str, Any]:
    corners = [[0.0, 0.0, 0.0], [width, 0.0, 0.0], [width, height, 0.0], [0.0, height, 0.0]]
    return {
        "code": code, "name": name, "thickness": 18.0, "grain": "free", "finish": "top", "quantity": quantity,
        "outline": corners, "cuts": [{"face": "top", "depth": 18.0, "contour": _hole(width / 2, height / 2), "islands": []}],
    }  # fmt: skip


def _hole(x: float, y: float, radius: float = 30.0) -> list[list[float]]:
    """A circle of two half ones."""
    return [[x - radius, y, 1.0], [x + radius, y, 1.0]]
