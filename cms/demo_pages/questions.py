# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Questions of a new site, with their answers, and the page that shows them."""

from __future__ import annotations

from cms.demo_pages.questions_of_buyers import OF_BUYERS, OF_FRANCE_SERVICES
from cms.demo_pages.questions_of_makers import OF_MAKERS, OF_REFURBISHERS
from cms.demo_pages.writing import under
from cms.models import Audience, FaqPage, HomePage, Question
from designs.typography import spaced

_ALL = {
    Audience.BUYERS: OF_BUYERS,
    Audience.FRANCE_SERVICES: OF_FRANCE_SERVICES,
    Audience.MAKERS: OF_MAKERS,
    Audience.REFURBISHERS: OF_REFURBISHERS,
}


def load_questions(home: HomePage) -> None:
    under(
        home,
        FaqPage(
            title="Questions",
            slug="questions",
            introduction="Les réponses que l’on nous demande le plus, par public. La vôtre n’y est pas ? Posez-la.",
            search_description="Qui peut commander, qui paie, comment choisir l’atelier, comment fabriquer : les réponses.",
        ),
    )
    for audience, questions in _ALL.items():
        for place, (slug, question, answer, designs) in enumerate(questions, 1):
            if not Question.objects.filter(slug=slug).exists():
                Question.objects.create(
                    slug=slug,
                    question=spaced(question),
                    answer=spaced(answer),
                    audience=audience,
                    designs=list(designs),
                    order=10 * place,
                )
