# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The meetings of a new site: three that come, on days after the one on which they are loaded, and one that is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cms.meetings.dates import PARIS
from cms.models import HomePage, MeetingIndexPage, MeetingPage
from designs.typography import spaced

_INTRODUCTION = (
    "<p>Une heure, en ligne, avec les personnes qui commandent, fabriquent et dessinent. On y vient avec ses questions, une "
    "photo de sa salle ou un panneau qui ne passe pas. Sans compte, et sans rien installer.</p>"
)

_TUESDAY, _THURSDAY = 1, 3


@dataclass(frozen=True)
class _Meeting:
    slug: str
    title: str
    #: Month after this one (0: three weeks ago), day of the week, which one of the month.
    when: tuple[int, int, int]
    hours: tuple[time, time]
    summary: str
    audience: str
    description: str
    places: int | None = None
    report: str = ""


_MEETINGS = (
    _Meeting(
        "de-l-intention-a-la-livraison",
        "De l’intention de commande à la livraison",
        (1, _TUESDAY, 2),
        (time(14, 0), time(15, 0)),
        "Le parcours complet d’une commande, montré sur un exemple : ce que l’on vous demande, qui décide, combien de temps cela "
        "prend.",
        "les mairies, les intercommunalités et les espaces France services",
        """
<p>Vous vous demandez si ce meuble est pour votre mairie ? Nous déposons ensemble une intention, du début à la fin.</p>
<ol><li>Sommes-nous éligibles, et que faire si nous ne le sommes pas ?</li>
<li>Choisir un modèle et sa taille : ce qu’il faut mesurer dans la salle avant de venir.</li>
<li>Les raisons que lit la préfecture : ce qui aide à décider, ce qui n’y change rien.</li>
<li>Comparer trois devis, choisir un atelier et dire pourquoi.</li>
<li>Recevoir, vérifier, payer, et demander la part de l’État.</li></ol>
<p>La moitié du temps est pour vos questions. Un enregistrement n’est pas fait ; un compte rendu, si.</p>
""",
    ),
    _Meeting(
        "calibrer-sa-machine",
        "Ateliers : calibrer sa machine avant la première découpe",
        (1, _THURSDAY, 3),
        (time(17, 30), time(18, 45)),
        "L’éprouvette, le pied à coulisse et le champ « épaisseur » : pourquoi un panneau de 18 en fait 17,6, et ce que le site en "
        "fait pour que les assemblages serrent juste.",
        "les fablabs, tiers-lieux et artisans",
        """
<p>À faire avant, si vous le pouvez : découper l’éprouvette et mesurer un panneau en trois endroits. Sinon, venez : nous le ferons à
l’écran.</p>
<ul><li>Lire l’éprouvette : quel jeu retenir pour un assemblage à tenon.</li>
<li>Outil réel et outil écrit sur la boîte : mesurer le diamètre qui coupe.</li>
<li>Enregistrer la mesure du jour, et recevoir des fichiers pour ce panneau-là.</li>
<li>Ce qui doit vous faire arrêter la machine.</li></ul>
""",
        places=40,
    ),
    _Meeting(
        "amenager-un-accueil-numerique",
        "Aménager un accueil numérique dans vingt mètres carrés",
        (2, _TUESDAY, 1),
        (time(11, 0), time(12, 0)),
        "Un hall de mairie, un bureau de poste, le fond d’une médiathèque : où placer le comptoir, où garantir la confidence, où ranger "
        "le soir.",
        "les conseillers numériques, médiateurs, aidants et agents d’accueil",
        """
<p>Envoyez avant la rencontre une photo de votre lieu et ses deux mesures principales par la page de contact : nous en travaillons
trois en direct.</p>
<ul><li>Passage d’un fauteuil roulant, lumière, bruit, prises : l’ordre dans lequel regarder.</li>
<li>Ce que chaque modèle permet, et ce qu’il ne permet pas.</li>
<li>Ce qui se déplace d’une salle à l’autre, ou d’un village à l’autre.</li></ul>
""",
        places=60,
    ),
    _Meeting(
        "le-chariot-vu-par-les-ateliers",
        "Le chariot-établi vu par ceux qui le découpent",
        (0, _TUESDAY, 1),
        (time(17, 0), time(18, 0)),
        "Trois façons de fabriquer le même chariot, et les remarques qui ont changé le modèle.",
        "les ateliers et les designers",
        "<p>Retour d’expérience sur les premières séries : temps de machine, ponçage, montage, transport.</p>",
        report="""
<p>Merci à toutes les personnes présentes. Ce que nous en retenons :</p>
<ul><li><b>L’épaisseur d’abord.</b> Les écarts au montage venaient des panneaux, pas des machines. Mesurer le panneau du jour les a
fait disparaître.</li>
<li><b>Le ponçage prend plus de temps que la découpe.</b> Casser les arêtes des poignées avant l’assemblage en épargne la moitié.</li>
<li><b>À deux pour dresser les joues.</b> La notice le dit désormais dès la première étape.</li></ul>
<p>Les remarques sur une pièce s’écrivent depuis la page des fichiers : le designer les lit et y répond.</p>
""",
    ),
)  # fmt: skip


def load_meetings(home: HomePage) -> MeetingIndexPage:
    """A meeting that is there stays as it is, whatever the day."""
    index = MeetingIndexPage.objects.first()
    if index is None:
        index = MeetingIndexPage(
            title="Rencontres en ligne",
            slug="rencontres",
            introduction=spaced(_INTRODUCTION),
            search_description="Les rencontres en ligne de Tréteau : dates, inscription, fichier pour l’agenda, comptes rendus.",
        )
        home.add_child(instance=index)
    today = timezone.localdate()
    for meeting in _MEETINGS:
        if index.get_children().filter(slug=meeting.slug).exists():
            continue
        day = _day_of(meeting, today)
        page = MeetingPage(
            title=spaced(meeting.title),
            slug=meeting.slug,
            summary=spaced(meeting.summary),
            search_description=spaced(meeting.summary),
            audience=meeting.audience,
            starts_at=datetime.combine(day, meeting.hours[0], PARIS),
            ends_at=datetime.combine(day, meeting.hours[1], PARIS),
            online_url=f"https://visio.example.org/{meeting.slug}",
            places=meeting.places,
            description=spaced(meeting.description.strip()),
            report=spaced(meeting.report.strip()),
        )
        index.add_child(instance=page)
        page.save_revision().publish()
    return index


def _day_of(meeting: _Meeting, today: date) -> date:
    months, weekday, count = meeting.when
    if not months:
        day = today - timedelta(weeks=3)
        return day - timedelta(days=(day.weekday() - weekday) % 7)
    place = today.year * 12 + today.month - 1 + months
    first = date(place // 12, place % 12 + 1, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))
