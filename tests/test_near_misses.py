# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workshops that one change keeps from an order: the page shows the nearest first, with the address that asks for it."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from fablabs.models import Offer, Workshop
from fabrication.matching import services
from fabrication.matching.measuring import Piece
from fabrication.matching.obstacle import Code, Obstacle
from fabrication.matching.remedies import Remedy
from fabrication.matching.services import studies
from fabrication.matching.services.candidates import profiles_in_use
from fabrication.models import Feasibility
from tests.running import ROOT
from tests.workshops import make_workshop

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text(encoding="utf-8")
SMALL = ROUTER.replace("[2500, 1250]", "[900, 860]")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "ring", lambda pk: None)
    call_command("sync_designs", verbosity=0)


def address(where: str = "", **more: object) -> str:
    return f"/ou-fabriquer/{where}?" + urlencode({"modele": "chariot", "quantite": 2, "commune": "Nîmes", **more})


def answered(client: Client, url: str) -> str:
    """The page once workers have written what they found: all machines make it, but for the small ones, which would
    with a shorter piece. What they find is tests/test_matching_site.py's."""
    study = services.study_of(Piece("chariot", {}))
    bed = Obstacle.of(Code.BED, "too small", "sa table est trop petite", "une table d’au moins 920 mm")
    size = Remedy("width", 880.0, "width of 880 mm", "« Longueur » à 880 mm au plus, au lieu de 900 mm")
    for profile, pair in profiles_in_use().items():
        small = pair.station.file is not None and pair.station.file.machine.bed_mm[0] < 1000
        Feasibility.objects.create(
            study=study,
            profile=profile,
            obstacles=[bed.data()] if small else [],
            remedies=[size.data()] if small else [],
        )
    return unescape(client.get(url).content.decode())


def near_part(text: str) -> str:
    part = text[text.index('<ul class="t-nears">') :]
    part = part[: part.index("</ul>\n    </div>" if "</ul>\n    </div>" in part else "<details")]
    return re.sub(r"<span class=.fr-sr-only.>.*?</span>", "", part).replace("\u202f", " ").replace("\xa0", " ")


def links(part: str) -> list[str]:
    return re.findall(r'fr-link--icon-right" href="([^"]+)"', part)


def test_a_smaller_size_is_led_to_by_an_address_with_that_size_filled_in(client: Client) -> None:
    make_workshop(SMALL, name="Petite table")
    part = near_part(answered(client, address()))
    assert "« Longueur » à 880 mm au plus, au lieu de 900 mm" in part
    (link,) = links(part)
    assert re.search(r"width=880\b", link) and "quantite=2" in link and "commune_insee=30189" in link
    asked = client.get(link)
    assert asked.status_code == 200 and 'value="880"' in asked.content.decode()


def test_a_later_day_a_smaller_number_and_an_agreement_each_stand_with_their_step(client: Client) -> None:
    soon = timezone.localdate() + timedelta(days=7)
    make_workshop(ROUTER, "slow", name="Le Lent", lead_days=20)
    some = make_workshop(ROUTER, "some", name="Par trois", insee="30007", commune="Alès (Gard)", lead_days=2)
    Offer.objects.create(maker=some.maker, design="chariot", smallest_quantity=3)
    make_workshop(
        ROUTER, "local", name="Le Local", insee="34172", commune="Montpellier (Hérault)", lead_days=2, radius_km=5
    )
    part = near_part(answered(client, address(echeance=soon.isoformat())))
    later = timezone.localdate() + timedelta(days=20)
    order = [part.index(name) for name in ("Le Lent", "Par trois", "Le Local")]
    assert order == sorted(order), "nearest first"
    assert f"une livraison le {later:%d/%m/%Y}, au lieu du {soon:%d/%m/%Y}" in part
    assert "3 exemplaires au moins, au lieu de 2" in part and "son accord pour livrer plus loin" in part
    day, number, agreement = links(part)
    assert f"echeance={later.isoformat()}" in day and "quantite=3" in number and agreement == "/ateliers/local/"
    for link in (day, number):
        assert "1\xa0atelier peut fabriquer" in client.get(link).content.decode()
    assert client.get(agreement).status_code == 200


def test_two_things_in_the_way_or_another_order_altogether_are_no_near_miss(client: Client) -> None:
    soon = timezone.localdate() + timedelta(days=7)
    make_workshop(SMALL, "both", name="Petite et lente", lead_days=20)
    make_workshop(ROUTER, "years", name="Dans des années", lead_days=3000)
    make_workshop(ROUTER, "few", name="Un à la fois", insee="97411", commune="Saint-Denis (La Réunion)")
    text = answered(client, address(echeance=soon.isoformat()))
    assert "t-nears" not in text and "Aucun atelier ne peut" in text


def test_with_workshops_that_can_the_nearest_miss_stands_above_those_that_are_folded(client: Client) -> None:
    make_workshop(ROUTER, "able", name="Qui peut")
    make_workshop(SMALL, "small", name="Petite table")
    text = answered(client, address())
    assert text.index("Qui peut") < text.index("t-nears") < text.index("1\xa0atelier écarté")
    assert text.count('class="t-near"') == 1


def test_page_pdf_and_table_tell_the_same_shares_and_near_misses(client: Client) -> None:
    until = timezone.localdate() + timedelta(days=30)
    for slug, insee, commune in (("one", "30189", "Nîmes (Gard)"), ("two", "30007", "Alès (Gard)")):
        make_workshop(
            ROUTER, slug, name=f"Atelier {slug}", insee=insee, commune=commune, lead_days=2, units_per_week=Decimal(1)
        )
    url = {"echeance": until.isoformat(), "quantite": 6}
    text = answered(client, address(**url)).replace("\u202f", " ").replace("\xa0", " ")
    assert "À plusieurs, c’est possible" in text
    card = text[text.index("À plusieurs") : text.index("À garder")]
    shares = re.findall(r"<li><strong>([^<]+)</strong>, [^:]+ : (.+?)\.</li>", card)
    assert [name for name, _ in shares] == ["Atelier one", "Atelier two"]
    pdf = PdfReader(io.BytesIO(client.get(address("classement.pdf", **url)).content))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    table = client.get(address("classement.csv", **url)).content.decode("utf-8-sig")
    table = table.replace("\u202f", " ").replace("\xa0", " ")
    for name, share in shares:
        assert share in printed and f"à plusieurs : {share}" in table, name
    for change in re.findall(r"<li>([^<]+)\.<br>", near_part(text)):
        assert change in printed
    assert Workshop.objects.count() == 2
