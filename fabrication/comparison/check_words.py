# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the checks of fitness say, in French: a title, a sentence, and the part that is meant (docs/fitness.md has the limits)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from designs.typography import SPACE, THIN, french_number, unbroken
from fabrication.fitness.verdict import Colour, Verdict

#: "P07", "P07-2" as verdicts name parts and their copies.
_PART = re.compile(r"\bP[0-9]{2,4}(?:-[0-9]+)?\b")
#: Parts that one sentence names.
_MOST_NAMED = 6


@dataclass(frozen=True)
class _Words:
    """``good`` and ``bad`` may hold {figure} and {limit}; ``mend`` says what to do."""

    title: str
    good: str
    bad: str
    mend: str


_WORDS = {
    "flat": _Words("Mise à plat", "Toutes les pièces se découpent dans un panneau.", "Une pièce ne se découpe pas dans un panneau.", "Une pièce est un panneau à deux faces parallèles, et tout se coupe d’équerre depuis l’une d’elles."),
    "clash": _Words("Pièces qui se traversent", "Aucune pièce n’en traverse une autre.", "Des pièces se traversent : {figure} en commun, {limit} permis.", "Déplacez une pièce, ou laissez de la place à la quincaillerie."),
    "joints": _Words("Assemblages", "Chaque tenon est dans sa mortaise, avec le jeu annoncé.", "Un assemblage n’est pas où il est annoncé, ou n’a pas son jeu : écart de {figure}, {limit} permis.", "Laissez un assemblage de la bibliothèque couper les deux pièces."),
    "floating": _Words("Pièces tenues", "Toutes les pièces tiennent ensemble.", "Pièces que rien ne tient : {figure}.", "Déclarez l’assemblage, ou faites-le toucher."),
    "insertion": _Words("Montage possible", "Chaque pièce se met en place, dans l’ordre des étapes.", "Pièces qui ne se mettent pas en place dans l’ordre des étapes : {figure}.", "Changez l’ordre ou la direction d’une étape, ou ouvrez une mortaise."),
    "mass": _Words("Poids", "Le meuble pèse {figure}.", "Le meuble pèse {figure}.", ""),
    "tip-over": _Words("Stabilité", "Il ne bascule qu’au-delà de {figure} d’inclinaison ; il en faut {limit}.", "Il bascule dès {figure} d’inclinaison ; il faut tenir {limit}.", "Écartez les pieds, baissez le meuble, ou refusez ces dimensions par une règle."),
    "deflection": _Words("Flexion", "La planche plie de {figure} sous sa charge, pour {limit} permis.", "La planche plie de {figure} sous sa charge, pour {limit} permis.", "Raccourcissez la portée ou annoncez une charge plus faible."),
    "knees": _Words("Place pour les genoux", "{figure} de haut sont libres pour les genoux ; un fauteuil en demande {limit}.", "{figure} de haut sont libres pour les genoux ; un fauteuil en demande {limit}.", "Relevez la tablette, ou dites qu’on s’y assied sur une chaise."),
    "corners": _Words("Coins vifs", "Tous les coins à portée de main sont arrondis.", "Coins vifs à portée de main : {figure}.", "Arrondissez-les de 3 mm au moins."),
    "slot": _Words("Passage de la fraise", "La fraise de {limit} passe partout ; l’ouverture la plus étroite fait {figure}.", "La fraise de {limit} ne passe pas partout.", "Élargissez l’ouverture."),
    "web": _Words("Bois entre deux coupes", "Il reste {figure} de bois au plus mince entre deux coupes ; il en faut {limit}.", "Il ne reste que {figure} de bois entre deux coupes ; il en faut {limit}.", "Écartez les coupes l’une de l’autre ou du bord."),
    "neck": _Words("Passages étroits d’une pièce", "Le passage le plus étroit d’une pièce fait {figure} ; il en faut {limit}.", "Une pièce n’a que {figure} à son passage le plus étroit ; il en faut {limit}.", "Laissez plus de bois."),
    "folded size": _Words("Taille une fois replié", "Replié, il passe : {figure} pour {limit} de place, du côté le plus juste.", "Replié, il ne passe pas : {figure} pour {limit} de place.", "Changez les dimensions, ou ce que le modèle promet."),
    "hands": _Words("Personnes pour le monter", "Une personne suffit : {figure} à soulever au plus.", "{figure} à soulever, {limit} permis au nombre de personnes annoncé.", "Annoncez plus de personnes pour cette étape, ou allégez la pièce."),
}  # fmt: skip
#: What nobody said of the piece, and no measure can make up for: by check and what its English says.
_UNSAID = (
    ("tip-over", re.compile("does not say what it stands on"), "Le modèle ne dit pas où il touche le sol, ni ce qu’il porte.", "Dites-le à la fin du script : piece.use = Use(…)."),
    ("insertion", re.compile("is never put in place"), "Des pièces n’arrivent dans aucune étape du montage.", "Ajoutez l’étape qui les pose ; vérifiez le nom que vous donnez à copies(…), et que piece.steps reçoit les étapes."),
    ("insertion", re.compile("comes from no direction"), "Une étape ne dit pas d’où vient sa pièce.", "Donnez-lui une direction : along=DOWN, along=LEFT…"),
    ("insertion", re.compile("never joins the piece"), "Un sous-ensemble n’est jamais apporté au meuble.", "Une étape doit l’apporter : joins=(\"…\",)."),
    ("insertion", re.compile("is put in place twice"), "Une pièce est posée deux fois.", "Chaque exemplaire n’arrive que dans une étape."),
)  # fmt: skip
_UNITS = {"mm³": "mm³", "mm": "mm", "kg": "kg", "°": "°"}


@dataclass(frozen=True)
class Check:
    """``name`` is one word for programs, ``title`` and ``french`` are for people; ``part``: the code that is meant, "" for none;
    ``detail``: the measurement in English."""

    name: str
    state: str  # "ok" | "warning" | "fault"
    title: str
    french: str
    part: str = ""
    detail: str = ""

    def data(self) -> dict[str, str]:
        return {
            "name": self.name,
            "state": self.state,
            "title": self.title,
            "french": self.french,
            "part": self.part,
            "detail": self.detail,
        }


#: Of parts that were drawn elsewhere and brought in flat: nothing says how they stand together, so these were not checked.
_NOT_CHECKED = {
    "insertion": "Ce dessin ne dit pas dans quel ordre il se monte : expliquez-le dans le texte du modèle.",
    "tip-over": "Ce dessin ne dit ni où il se pose, ni ce qu’il porte : personne n’a vérifié qu’il tient debout.",
    "floating": "Ce dessin ne dit pas par quoi ses pièces se tiennent : leurs assemblages n’ont pas été vérifiés.",
    "corners": "Des coins sont vifs : arrondissez ceux qui restent à portée de main une fois le meuble monté.",
}
_STATES = {Colour.GREEN: "ok", Colour.AMBER: "warning", Colour.RED: "fault"}


def in_french(verdict: Verdict, where: str = "") -> Check:
    """``where``: French, at which sizes, where it is not the base."""
    words = (
        _unsaid(verdict)
        or _WORDS.get(verdict.check)
        or _Words(verdict.check, "Contrôle tenu.", "Contrôle non tenu.", "")
    )
    is_bad = verdict.verdict is Colour.RED
    named = list(dict.fromkeys(code.split("-")[0] for code in _PART.findall(verdict.detail)))
    said = _amber(verdict) if verdict.verdict is Colour.AMBER else words.bad if is_bad else words.good
    figure, limit = _figure(verdict.figure, verdict.unit), _figure(verdict.limit, verdict.unit)
    sentence = said.format(figure=figure, limit=limit)
    if is_bad:
        if verdict.check == "slot" and verdict.figure is None:
            sentence = words.bad.format(limit=limit, figure="")
        if named:
            more = f" et {len(named) - _MOST_NAMED} autres" if len(named) > _MOST_NAMED else ""
            sentence += f" En cause : {', '.join(named[:_MOST_NAMED])}{more}."
        sentence += f" {words.mend}" if words.mend else ""
    if where:
        sentence = f"{where} : {sentence[0].lower()}{sentence[1:]}"
    part = named[0] if named and verdict.verdict is not Colour.GREEN else ""
    return Check(verdict.check, _STATES[verdict.verdict], words.title, unbroken(sentence), part, verdict.detail)


def _unsaid(verdict: Verdict) -> _Words | None:
    for check, lacking, bad, mend in _UNSAID:
        if verdict.check == check and verdict.verdict is Colour.RED and lacking.search(verdict.detail):
            return _Words(_WORDS[check].title, "", bad, mend)
    return None


def of_flat_parts(verdict: Verdict) -> Check:
    """As ``in_french``; what only a design that knows its assembly can answer is a warning that it was not checked."""
    said = in_french(verdict)
    words = _NOT_CHECKED.get(verdict.check)
    if words is None or verdict.verdict is not Colour.RED:
        return said
    return Check(said.name, "warning", said.title, unbroken(words), detail=said.detail)


def _amber(verdict: Verdict) -> str:
    if verdict.check == "hands":
        people = round(verdict.limit / 25.0) if verdict.limit else 2
        return f"Il faut {people} personnes à certaines étapes ; la plus lourde est de {{figure}}."
    if verdict.check == "knees":
        return "Une personne sur une chaise a sa place, un fauteuil non ({figure} de haut pour {limit}) : dites-le dans les textes."
    return _WORDS[verdict.check].good if verdict.check in _WORDS else "À savoir."


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "une mesure inconnue"
    shown = french_number(value, 2, thousands=THIN).replace("-", "−")
    known = _UNITS.get(unit, "")
    return f"{shown}{'' if known == '°' else SPACE}{known}" if known else shown
