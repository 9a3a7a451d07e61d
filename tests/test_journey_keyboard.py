# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journeys of docs/journeys.md by the keyboard alone, in a real browser: a clerk orders, a maker cuts and another one joins, a
designer answers. No mouse, no address typed after the first; whatever the focus passes has a name and shows it."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accounts.demo import PASSWORD
from orders.seeding.people import number_with_key
from tests.demonstrated import Demonstrated
from tests.keyboard import Keyboard
from tests.running import ROOT, Installation, wait_until
from tests.screenshots import shoot

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(
        not (ROOT / "cms/static/bundle/configurator.js").exists(), reason="no bundle yet: make test builds it"
    ),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, demonstrated: Demonstrated) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("keyboard"))
    demonstrated(installation)
    try:
        installation.address = installation.start_site()  # type: ignore[attr-defined]
        yield installation
    finally:
        installation.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def sit_down(site: Installation, browser: Browser) -> Iterator[Callable[[str], Keyboard]]:
    """Somebody on the home page, signed in if they have a name; at the end nothing they passed had a fault."""
    people: list[Keyboard] = []

    def person(name: str = "") -> Keyboard:
        people.append(Keyboard(browser, site.address))  # type: ignore[attr-defined]
        if name:
            people[-1].sign_in(f"{name}@demo.example", PASSWORD)
        return people[-1]

    yield person
    for one in people:
        one.page.context.close()
        assert not one.faults, "\n".join(dict.fromkeys(one.faults))


def test_a_clerk_orders(site: Installation, sit_down: Callable[[str], Keyboard]) -> None:
    clerk = sit_down("mairie")
    clerk.go("Suis-je éligible ?")
    clerk.choose("Qui commande", "Une commune")
    clerk.complete("Dans quelle commune", "Nîmes")
    clerk.go("Vérifier", "Oui, Nîmes (Gard) peut commander")

    clerk.go("Les modèles")
    clerk.go("Chariot-établi")
    clerk.go("Choisir la taille")
    figures = clerk.page.locator("[data-figures]")
    before = figures.inner_text()
    clerk.tab_to("Longueur, curseur")
    clerk.press("End")
    wait_until(lambda: figures.inner_text() != before and "width=1200" in clerk.page.url, 60, site.logs)
    clerk.press("ArrowLeft", "ArrowRight")  # there and back
    assert clerk.page.locator("[name=width]").input_value() == "1200"

    clerk.go("Commander dans cette taille", "Dans quelle campagne")
    clerk.pick("Espaces de démarches", "Espaces de démarches")
    clerk.press("Space")
    clerk.go("Commencer", "Dans votre commande", "1 200 mm")
    clerk.type("Quantité", "2")
    clerk.go("Enregistrer et continuer", "Vos raisons")
    clerk.pick("conseiller numérique", "agent d’accueil")
    clerk.type("Vos raisons", "Quarante personnes par semaine, sans table pour leurs démarches.")
    clerk.go("Enregistrer et continuer", "Commune de livraison")
    clerk.type("Adresse", "2 place de la Mairie")
    clerk.type("Code postal", "30000")
    clerk.go("Enregistrer et continuer", "Vous pouvez déposer une intention")
    clerk.go("Déposer l’intention", "Votre intention est déposée")


def test_a_maker_cuts(site: Installation, sit_down: Callable[[str], Keyboard], tmp_path: Path) -> None:
    maker = sit_down("atelier")
    maker.go("Tenir ma fiche à jour", "Les Copeaux")
    maker.go("Machines, panneaux, prix, capacité")
    maker.go("Nouvelle mesure au pied à coulisse")
    maker.type("Ce que lit votre pied à coulisse", "17,42")
    maker.go("Enregistrer", "17,42 mm")

    maker.go("Mon espace")
    maker.go("Noter l’avancement", "plus de panneau à couper", "Depuis", "17,42 mm")
    archive = tmp_path / "chariot.zip"
    with maker.page.expect_download() as download:
        maker.tab_to("Télécharger tout")
        maker.press("Enter")
    download.value.save_as(archive)
    with zipfile.ZipFile(archive) as files:
        assert files.testzip() is None
        assert {"SHA256SUMS", "sheet-01.dxf"} <= {Path(name).name for name in files.namelist()}
    maker.tab_to("Marquer coupé – panneau 1")
    maker.press("Enter")
    maker.page.get_by_text("1 panneau sur 3 coupé").first.wait_for(state="attached")  # hidden: no sheet is left to cut
    assert maker.name.startswith("Coupé")  # the focus stays where it was
    with maker.page.expect_download() as download:
        maker.tab_to("DXF")
        maker.press("Enter")
    assert download.value.suggested_filename == "sheet-01.dxf"


def test_a_maker_joins(site: Installation, sit_down: Callable[..., Keyboard]) -> None:
    maker, address, password = sit_down(), "nour@haddad.example", "un grand copeau de hêtre"
    siren = number_with_key("99977700")
    maker.go("Fabriquer")
    maker.go("Rejoindre")
    shoot(maker.page, "maker-1-join")
    maker.go("Créer un compte")
    for field, words in (("Prénom", "Nour"), ("Nom", "Haddad"), ("Adresse électronique", address)):
        maker.type(field, words)
    maker.type("Mot de passe", password)
    maker.go("Créer le compte", "Ouvrez le lien")
    maker.page.goto(_link(site, address))  # as a reader of mail does
    maker.go("Oui, confirmer", "Bonjour Nour")

    maker.go("Inscrire mon organisation")
    maker.pick("Une collectivité", "Un atelier de fabrication")
    maker.type("Nom", "Atelier Haddad")
    maker.complete("Commune", "Alès")
    maker.type("SIREN", siren)
    maker.go("Inscrire", "Atelier Haddad")
    maker.go("Inscrire l’atelier")
    maker.pick("Fablab", "Artisan")
    maker.go("Enregistrer et continuer", "Où est votre atelier")
    maker.type("Nom de l’atelier", "Atelier Haddad")
    maker.type("SIRET", number_with_key(f"{siren}0001"))
    maker.type("Adresse", "4 rue des Mûriers")
    maker.type("Code postal", "30100")
    maker.complete("Commune", "Alès")
    maker.go("Enregistrer et continuer", "Votre atelier est inscrit")
    shoot(maker.page, "maker-2-machine")

    maker.go("Importer un fichier machine")
    maker.choose_file("Fichier", ROOT / "examples" / "machines" / "router-2500.toml")
    maker.go("Importer", "La machine et son panneau sont enregistrés")
    shoot(maker.page, "maker-3-panel")
    maker.go("Nouvelle mesure au pied à coulisse", "La fiche dit 17,6 mm")
    maker.type("Ce que lit votre pied à coulisse", "17,83")
    shoot(maker.page, "maker-4-measure")
    maker.go("Enregistrer", "17,83 mm", "Routeur 2500")


def test_a_designer_answers(sit_down: Callable[[str], Keyboard]) -> None:
    designer, answer = sit_down("design"), "À la prochaine révision, le jeu se règle seul."
    designer.go("Répondre, Chariot-établi")
    designer.type("Votre réponse", answer)
    designer.go("Répondre à la remarque", "Votre réponse est gardée", answer)
    designer.go("Voir le modèle", answer)
    for name, start in (("Fiche Open Know-How", b"okhv"), ("Les sources du dessin", b"PK")):
        with designer.page.expect_download() as download:
            designer.tab_to(name)
            designer.press("Enter")
        assert download.value.path().read_bytes().startswith(start), download.value.suggested_filename


def _link(site: Installation, address: str) -> str:
    """Of the letter that asks whether the address is theirs."""
    for letter in sorted((site.folder / "var" / "mail").glob("*.log")):
        words = letter.read_text(encoding="utf-8")
        if f"To: {address}" in words and (found := re.search(r"https?://\S+/confirmation/\S+", words)):
            return found[0]
    raise AssertionError(f"no letter to {address}")
