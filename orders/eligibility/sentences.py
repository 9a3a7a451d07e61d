# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A judgement in French: each sentence names the zoning, its vintage and the place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from designs.typography import SPACE, THIN, french_number, listed
from orders.eligibility.zoning import Kind

if TYPE_CHECKING:
    from orders.eligibility.judgement import Found, Verdict

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
KIND_NAMES = {
    Kind.FRR: "France ruralités revitalisation (FRR)",
    Kind.ZRR: "zones de revitalisation rurale (ZRR)",
    Kind.QPV: "quartiers prioritaires de la politique de la ville (QPV)",
    Kind.FRANCE_SERVICES: "espaces France services",
}
_LISTS = {
    Kind.FRR: ("le", "classement FRR"),
    Kind.ZRR: ("le", "classement ZRR"),
    Kind.QPV: ("la", "liste des QPV"),
    Kind.FRANCE_SERVICES: ("la", "liste des espaces France services"),
}
_CLASSES = {Kind.FRR: "en FRR", Kind.ZRR: "en ZRR"}


def day_words(day: date) -> str:
    """date(2024, 7, 1) → "1er juillet 2024"."""
    return f"{'1er' if day.day == 1 else day.day}{SPACE}{_MONTHS[day.month - 1]}{SPACE}{day.year}"


def vintage_words(vintage: str) -> str:
    """ "2025-07-10" → "du 10 juillet 2025", "2024-08" → "d’août 2024", "2024" → "2024"; other words stay as they are."""
    try:
        return f"du {day_words(date.fromisoformat(vintage))}"
    except ValueError:
        pass
    if (found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", vintage, re.ASCII)) is not None:
        month = _MONTHS[int(found[2]) - 1]
        return f"{'d’' if month[0] in 'ao' else 'de '}{month}{SPACE}{found[1]}"
    return vintage


def at(place: str) -> str:
    """ "à Gap (Hautes-Alpes)", "au Port (La Réunion)", "aux Abymes (Guadeloupe)"."""
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if place.startswith(article):
            return contracted + place.removeprefix(article)
    return f"à {place}"


def list_words(one: Found) -> str:
    """ "classement FRR du 10 juillet 2025"."""
    words = f"{_LISTS[Kind(one.kind)][1]} {vintage_words(one.vintage)}"
    return f"{words}, données de démonstration" if one.is_demo else words


def _the_list(one: Found) -> str:
    """ "le classement FRR du 10 juillet 2025"."""
    return f"{_LISTS[Kind(one.kind)][0]} {list_words(one)}"


def not_a_buyer() -> str:
    return (
        "Les commandes aidées sont ouvertes aux communes, à leurs groupements, aux départements, aux régions et aux "
        "espaces France services. Une association, un CCAS, une chambre, une mission locale ou une entreprise passe par "
        "sa collectivité."
    )


def territory_unknown() -> str:
    return "Nous ne connaissons pas les communes membres de ce groupement."


def no_list(kinds: Sequence[Kind], on: date) -> str:
    names = listed([KIND_NAMES[kind] for kind in kinds]).replace(" et ", " ou ")
    return f"Pour le {day_words(on)}, aucune liste n’est enregistrée ici{SPACE}: {names}."


def classed(one: Found) -> str:
    """Why yes: the class, or the districts, of a commune or of some communes of a territory."""
    if one.communes > 1:
        many = one.classed > 1
        if one.kind in _CLASSES:
            what = f"{'sont classées' if many else 'est classée'} {_CLASSES[Kind(one.kind)]}"
        else:
            what = f"{'ont' if many else 'a'} un quartier prioritaire"
        return f"{_some(one)} {what} ({list_words(one)}){_which(one)}."
    if one.kind in _CLASSES:
        return f"{one.place} est classée {_class(one)} ({list_words(one)}){_until(one)}."
    what = "des quartiers prioritaires" if len(one.places) > 1 else "un quartier prioritaire"
    return f"{one.place} a {what}{SPACE}: {one.label} ({list_words(one)})."


def partly(one: Found) -> str:
    if one.communes > 1:
        having = "sont classées" if one.classed > 1 else "est classée"
        return (
            f"{_some(one)} {having} en partie seulement ({list_words(one)}){_which(one)}{SPACE}: la préfecture décide."
        )
    return (
        f"{one.place} n’est classée qu’en partie{SPACE}: «{SPACE}{one.label}{SPACE}» ({list_words(one)}){_until(one)}. "
        "La préfecture décide."
    )


def not_classed(one: Found) -> str:
    if one.communes > 1:
        what = f"n’est classée {_CLASSES[Kind(one.kind)]}" if one.kind in _CLASSES else "n’a de quartier prioritaire"
        return f"{one.place}{SPACE}: aucune de ses {_count(one.communes)} communes {what} ({list_words(one)})."
    what = (
        f"n’est pas classée {_CLASSES[Kind(one.kind)]}" if one.kind in _CLASSES else "n’a pas de quartier prioritaire"
    )
    ended = f"{THIN}; elle l’a été jusqu’au {day_words(one.valid_to)}" if one.valid_to else ""
    return f"{one.place} {what} ({list_words(one)}){ended}."


def silent(one: Found) -> str:
    if one.communes > 1:
        missing = f"{_count(one.silent)} de ses {_count(one.communes)} communes"
        verb = "ne figurent pas" if one.silent > 1 else "ne figure pas"
        return f"{one.place}{SPACE}: {missing} {verb} dans {_the_list(one)}."
    return f"{one.place} ne figure pas dans {_the_list(one)}."


def space_listed(one: Found) -> str:
    return f"L’espace «{SPACE}{one.label}{SPACE}», {at(one.place)}, est labellisé ({list_words(one)})."


def space_nowhere() -> str:
    return "Nous ne savons pas dans quelle commune se trouve cet espace France services."


def space_not_found(name: str, one: Found) -> str:
    the_list = _the_list(one)
    the_list = the_list[0].upper() + the_list[1:]
    if name:
        return f"{the_list} ne cite aucun espace «{SPACE}{name}{SPACE}» {at(one.place)}."
    if one.classed:
        return f"{the_list} en cite {at(one.place)}{SPACE}: {listed(one.places)}."
    return f"{the_list} n’en cite aucun {at(one.place)}."


def next_step(verdict: Verdict, kind: str, *, carrier: str = "") -> str:
    """What to do now. ``carrier``: the commune of somebody who can't order, where it can."""
    if verdict == "yes":
        return "Vous pouvez déposer une intention de commande. La préfecture choisit ensuite celles qu’elle finance."
    if verdict == "partly":
        return (
            "Déposez votre intention de commande en disant où le meuble servira. La préfecture décide si ce lieu est dans "
            "la partie classée."
        )
    if verdict == "unknown":
        return f"Déposez votre intention de commande{SPACE}: la préfecture vérifie elle-même si vous y avez droit."
    if kind == "collectivite":
        return (
            "Vous pouvez commander à vos frais. Votre intercommunalité, votre département ou un espace France services de "
            "votre territoire peut avoir droit à l’aide, commander, et mettre le meuble à votre disposition."
        )
    who = (
        f"{carrier} peut le faire{SPACE}: demandez à la mairie"
        if carrier
        else "Demandez à votre commune, à votre intercommunalité ou à votre département"
    )
    return f"{who} de porter la commande. La collectivité achète le meuble et le met à votre disposition."


def _class(one: Found) -> str:
    """ "en FRR+", "en FRR («\u00a0FRR bénéficiaire\u00a0»)"."""
    bare = one.label.removesuffix(" socle")
    if bare in ("FRR", "FRR+", "ZRR"):
        return f"en {bare}"
    return f"{_CLASSES[Kind(one.kind)]} («{SPACE}{one.label}{SPACE}»)"


def _until(one: Found) -> str:
    return f", jusqu’au {day_words(one.valid_to)}" if one.valid_to else ""


def _some(one: Found) -> str:
    return f"{one.place}{SPACE}: {_count(one.classed)} de ses {_count(one.communes)} communes"


def _which(one: Found) -> str:
    """ ", dont A, B et C"; all of them where they are few."""
    if not one.places:
        return ""
    if one.classed == len(one.places):
        return f"{SPACE}: {listed(one.places)}"
    return f", dont {listed(one.places)}"


def _count(number: int) -> str:
    return french_number(number, 0, thousands=THIN)
