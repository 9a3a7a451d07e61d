# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""What the porte weighs, and where: enough to say which sizes stay up before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from designs.balance import Mass, stays_up
from designs.furniture import Vector
from designs.porte_sizes import AIR, FRONT, PEG, RISING_KG, SIGN, SPREADER, STEP, TOE, Sizes
from designs.use import Push, leant_on

BIRCH_KG_M3 = 680.0


def floor(v: Mapping[str, Any], s: Sizes) -> list[Vector]:
    """The sides' toes and the wheels; deployed, the legs' feet."""
    found: list[Vector] = [(x, FRONT - TOE + 8, 0.0) for x in (s.overhang, s.outer)]
    found += [(x, s.axle, 0.0) for x in (s.left + 8, s.right - 8)]
    if v["state"] == "deployed":
        found += [(s.legs + s.t, 12 + y, 0.0) for y in (10.0, s.side + 6)]
    return found


def edges(v: Mapping[str, Any], s: Sizes) -> list[Push]:
    """Where somebody leans: on the counter, on the leaf, and hard on the leaf to get up."""
    if v["state"] != "deployed":
        return []
    end, height = s.outer + s.leaf, v["height"]
    corners = [
        ("angle avant du comptoir", (0.0, 0.0, height)),
        ("angle arrière du comptoir", (0.0, v["depth"], height)),
        ("angle avant de la tablette", (end, 0.0, s.leaf_top)),
        ("angle arrière de la tablette", (end, s.leaf_depth, s.leaf_top)),
    ]
    rising = Push("bord de la tablette, en se levant", (end - s.leaf / 2, 0.0, s.leaf_top), RISING_KG, tilt=0.0)
    return [*leant_on(corners), rising]


def balanced(v: Mapping[str, Any]) -> bool:
    """In birch of 18 mm, deployed and folded."""
    s = Sizes(v, 18.0)
    states = [{**v, "state": state} for state in ("deployed", "folded")]
    return all(stays_up(floor(w, s), masses(w, s), edges(w, s)) for w in states)


def masses(v: Mapping[str, Any], s: Sizes) -> list[Mass]:
    t, mid, foot = s.t, (s.left + s.right) / 2, s.base - 30
    wide, high, reach = s.side + 16, s.leaf_under, s.rest_to - s.rest_from
    sheets = [  # mm², middle
        (2 * (s.side * s.under - 130 * 36 - 40 * (s.side - 100)), mid, s.middle, s.under / 2 + 12),
        (v["width"] * v["depth"] - 130 * 36, v["width"] / 2, v["depth"] / 2 - 1, s.under + t / 2),
        (s.inner * (s.under - foot), mid, s.face - t / 2, (foot + s.under) / 2),
        (s.inner * s.shelf - 90 * 36, mid, s.face + s.shelf / 2, s.base + t / 2),
        (s.inner * s.shelf - 2 * 90 * 36, mid, s.face + s.shelf / 2, s.floor - t / 2),
        ((s.inner + 2 * (t + s.peg_out)) * reach, mid, (s.rest_from + s.rest_to) / 2, PEG + t / 2),
        (v["shelves"] * s.inner * (s.shelf - t - 8), mid, s.face + s.shelf / 2 - 12, (s.base + s.floor) / 2),
    ]
    if v["leaflets"]:
        low, up = s.floor + 40, s.under - 66
        sheets.append((-(s.inner - 130) * (up - low), mid, s.face - t / 2, (low + up) / 2))
        sheets.append(((s.inner - 150) * 110, mid, s.face + 45 + t / 2, s.floor + 55))
    if v["door"]:
        sheets.append(((s.inner - 4) * (s.bay - 4), mid, FRONT + s.side - t / 2, s.base + s.bay / 2))
    leaf, lost = s.leaf * s.leaf_depth - 130 * 36 + 2 * 60 * s.tail, (wide - 140) * (high - 110 - STEP - 60)
    legs = wide * high - lost - STEP * (wide - 140) + 2 * 60 * s.tail
    deployed = v["state"] == "deployed"
    if deployed:
        sheets.append((leaf, s.outer + s.leaf / 2, s.leaf_depth / 2, s.leaf_under + t / 2))
        sheets.append((legs, s.legs + t / 2, 12 + wide / 2, high / 2 + 20))
    else:
        sheets.append((leaf, s.outer + AIR + t / 2, s.leaf_depth / 2, s.rest + s.leaf / 2))
        sheets.append((legs, s.outer + AIR + 1.5 * t, 12 + wide / 2, s.rest - STEP + high / 2 + 20))
    found = [Mass(BIRCH_KG_M3 * t * area * 1e-9, x, y, z) for area, x, y, z in sheets]
    found.append(Mass(8.4e-3 * s.wheel, mid, s.axle, s.wheel))
    if v["arch"]:
        sign, spreaders = s.sign * SIGN[1], 2 * s.spreader * SPREADER
        kg = BIRCH_KG_M3 * t * 1e-9
        if deployed:
            light = math.pi * s.radius * 2 * 0.1e-3 + 0.35
            found.append(Mass(light, s.centre, s.middle, s.spring + 0.64 * s.radius))
            found.append(Mass(sign * kg, s.centre, s.middle - s.spreader / 2 + s.notch, s.saddle + 10 + SIGN[1] / 2))
            found.append(Mass(0.9 * spreaders * kg, s.centre, s.middle, s.saddle + 60))
        else:
            found.append(Mass(sign * kg, s.overhang - AIR - t / 2, s.middle, s.rest + s.sign / 2))
            found.append(Mass(0.9 * spreaders * kg, s.overhang - AIR - 1.5 * t, s.middle, s.rest + s.spreader / 2))
    return found
