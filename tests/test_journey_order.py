# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a campaign to a closed order, in a real browser, with a real site and real workers: a coordinator, a town hall and a
workshop on their phones, a préfecture. Somebody who has nothing to do with the order finds nothing at any stage."""

from __future__ import annotations

import email
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from email import policy
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.journey_people import Person
from tests.running import ROOT, Installation, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NEAR, FAR = "copeaux-nimes", "mine-de-bois-saint-etienne"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(
        not (ROOT / "cms/static/bundle/configurator.js").exists(), reason="no bundle yet: make test builds it"
    ),
]

#: What `manage.py demo` loads, without its orders and with two workshops only: fewer are compared.
LOAD = f"""
from django.conf import settings
from accounts.demo import load_people
from accounts.models import User
from cms.catalogue import sync_designs
from cms.demo_pages import load_pages
from fablabs.demo import load_workshops
from fablabs.models import Workshop
from orders.demo_zonings import load_zonings
from tests.orders import make_buyer
load_pages(); sync_designs(); load_workshops(settings.ROOT / "examples" / "machines"); load_people(); load_zonings()
Workshop.objects.exclude(slug__in=["{NEAR}", "{FAR}"]).delete()
stranger = make_buyer("voisin@demo.example", "33063", 7)
stranger.set_password("demonstration-treteau"); stranger.save()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("orders"))
    installation.migrate()
    installation.script(LOAD)
    installation.start_worker("jobs", "jobs", "sweeps", beat=True)
    installation.start_worker("studies", "previews", "searches")
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


class Stage:
    """An order and those who have to do with it."""

    def __init__(self, browser: Browser, site: Installation, *, javascript: bool = True) -> None:
        self.site = site
        self.coordination = Person(browser, site, "coordination", DESK, javascript=javascript)
        self.town = Person(browser, site, "mairie", PHONE, javascript=javascript)
        self.prefecture = Person(browser, site, "prefecture", DESK, javascript=javascript)
        self.maker = Person(browser, site, "atelier", PHONE)
        self.stranger = Person(browser, site, "voisin", DESK)
        self.order = self.making = ""

    def is_nothing_to_a_stranger(self, *addresses: str) -> None:
        pages = ["", "convention/", "choix/", "engagement/", "arrivee/", "reception/", "facture/", "facture.xml"]
        pages += ["subvention/", "reclamations/nouvelle/", "brouillon/besoin/", "faire/withdraw/"]
        for address in (*(self.order + page for page in pages), self.making, *addresses):
            assert self.stranger.page.request.get(address).status == 404, address


def write_campaign(stage: Stage, name: str = "Le Gard s’équipe") -> None:
    someone, today = stage.coordination, date.today()
    someone.open("/coordination/campagnes/")
    someone.follow("Nouvelle campagne")
    someone.fill("name", name)
    someone.fill("opens_on", today.isoformat())
    someone.fill("closes_on", (today + timedelta(days=30)).isoformat())
    someone.tick("Ces régions et ces départements")
    someone.fill("departments", "30")
    someone.press("Enregistrer", "La campagne est créée", "BROUILLON")
    assert name not in stage.stranger.page.request.get("/campagnes/").text()
    someone.press("Publier", "les acheteurs la voient")
    someone.page.locator("select[name=department]").select_option("30")
    someone.fill("amount_eur", "5000")
    someone.press("Enregistrer", "5 000,00 €")


def ask_for_it(town: Person, *, design: str = "chariot", campaign: str = "Le Gard s’équipe") -> str:
    """The order's address, once its intention is handed in."""
    town.open("/eligibilite/")
    town.fill("commune", "Nîmes")
    town.press("Vérifier", "Oui, Nîmes (Gard) peut commander")
    town.shoot("clerk-1-may-we-order", at="#reponse")
    town.open(f"/modeles/{design}/configurer/" + ("?width=1000" if design == "chariot" else ""))
    town.press("Commander dans cette taille", "Dans quelle campagne")
    town.tick(campaign)
    town.press("Commencer", "Dans votre commande")
    town.shoot("clerk-2-what")
    order = re.sub(r"brouillon/.*", "", urlsplit(town.page.url).path)
    if design == "chariot":
        town.page.get_by_label("Quantité").first.fill("2")
        town.press("Ajouter Porte numérique", "Combien d’exemplaires")
        town.press("Ajouter à la commande", "Porte numérique", "1 000 mm")
        assert town.page.get_by_label("Quantité").first.input_value() == "2"  # typed before the door was added
    town.press("Enregistrer et continuer", "Vos raisons")
    town.tick("agent d’accueil")
    town.fill("reasons", "Quarante personnes par semaine, sans table pour leurs démarches.")
    town.shoot("clerk-3-why")
    town.press("Enregistrer et continuer", "Commune de livraison")
    town.press("Enregistrer et continuer", "Étape 4 sur 4")
    assert not town.page.get_by_role("button", name="Déposer l’intention").count()  # no address yet
    town.open(f"{order}brouillon/lieu/")
    town.fill("address", "2 place de la Mairie")
    town.fill("postcode", "30000")
    town.press("Enregistrer et continuer", "Vous pouvez déposer une intention")
    town.shoot("clerk-4-check")
    town.press("Déposer l’intention", "Votre intention est déposée", "Modifier l’intention")
    town.shoot("clerk-5-handed-in")
    assert urlsplit(town.page.url).path == order
    return order


def decide(prefecture: Person, order: str) -> None:
    prefecture.open("/arbitrage/")
    assert "Commune de Vézac-le-Haut" in prefecture.text
    prefecture.shoot("prefecture-1-intentions")
    prefecture.open(order)
    for choice, words in (("Prendre en examen", "EN COURS D’EXAMEN"), ("Financer", "FINANCÉE")):
        prefecture.page.get_by_role("radio", name=choice, exact=True).check(force=True)
        if choice == "Financer":
            prefecture.fill("depense", "1800")
            prefecture.shoot("prefecture-2-decision")
        prefecture.press("Enregistrer la décision", words)
    assert "1 440,00 €" in prefecture.text
    prefecture.open("/arbitrage/")
    assert "3 560,00 €" in prefecture.text  # what the envelope has left
    prefecture.shoot("prefecture-3-envelope")


def sign_agreement(stage: Stage) -> None:
    town, prefecture = stage.town, stage.prefecture
    town.open(stage.order)
    town.follow("Préparer la convention")
    town.press("Préparer la convention", "La convention est prête")
    paper = town.page.locator("main a[href*='/papiers/']").get_attribute("href") or ""
    printed = town.fetch(paper)
    assert printed.startswith(b"%PDF-")
    town.attach("envoi-scan", printed)
    town.press("Envoyer à la préfecture", "à la préfecture d’agir")
    prefecture.open(stage.order)
    prefecture.follow("Enregistrer la convention signée")
    prefecture.attach("enregistrement-scan", printed)
    prefecture.press("Enregistrer la convention signée", "CONVENTION SIGNÉE")
    stage.is_nothing_to_a_stranger(paper)


def choose_workshop(stage: Stage) -> None:
    town, maker = stage.town, stage.maker
    for slug in (NEAR, FAR):
        ask = f"{stage.order}choix/demander/{slug}/"
        town.until(f"{stage.order}choix/", "Demander un devis", shows=f"main a[href='{ask}']")
        town.open(ask)
        town.press("Demander le devis", "est prévenu par e-mail")
    maker.open("/fabrication/")
    assert "On vous demande un devis" in maker.text
    maker.shoot("maker-5-asked-for-a-quote")
    maker.until(stage.order, "2 × Chariot-établi : estimation calculée")
    maker.until(stage.order, "1 × Porte numérique : estimation calculée")
    assert "c’est à l’acheteur d’agir" not in maker.text
    quotes = [link.get_attribute("href") or "" for link in maker.page.locator("#choosing a[href*='/devis/']").all()]
    quotes = list(dict.fromkeys(quotes))
    assert len(quotes) == 2
    stage.is_nothing_to_a_stranger(*quotes)
    maker.open(quotes[0])
    line = maker.page.locator("details", has_text="Montage à l’atelier").last
    line.locator("summary").click()
    maker.open(line.get_by_role("link", name="Corriger cette ligne").get_attribute("href") or "")
    maker.fill("prix", "32,50")
    maker.page.locator("#raison").fill("Le montage se fait à deux.")
    maker.press("Corriger la ligne", "La ligne est corrigée")
    for quote in quotes:
        maker.open(quote)
        maker.press("Émettre ce devis", "est émis")
    wait_until(lambda: any("a répondu" in subject for _, subject in letters(stage.site)), 60, stage.site.logs)
    town.open(stage.order)
    town.follow("Choisir l’atelier")
    assert "1 ligne" in town.text  # what the workshop corrected
    town.shoot("clerk-6-quotes-side-by-side")
    town.follow("Choisir Les Copeaux")
    town.press("Choisir Les Copeaux", "Pourquoi cet atelier")  # without a reason
    town.fill("justification", "Le plus proche ; l’autre n’a pas encore répondu.")
    town.press("Choisir Les Copeaux", "ATELIER CHOISI")
    town.follow("Préparer le bon d’engagement")
    town.fill("engagement_number", "2026-M-118")
    town.press("Préparer le bon d’engagement", "est prêt")
    town.attach("scan", town.fetch(town.page.locator("main a[href*='/papiers/']").first.get_attribute("href") or ""))
    town.press("Envoyer le bon signé", "BON D’ENGAGEMENT SIGNÉ")


def prepare_files(maker: Person, making: str, line: int) -> None:
    maker.open(f"{making}lignes/{line}/preparer/")
    maker.fill("thickness_mm", "17,83")
    maker.press("Préparer les fichiers", "Les fichiers se préparent")


def note_stage(maker: Person, line: int, stage: str) -> None:
    form = maker.page.locator(f"form[action$='/lignes/{line}/avancement/']")
    for piece in form.locator("select[name*=etape]").all():
        piece.select_option(stage)
    with maker.page.expect_navigation(wait_until="load"):
        form.get_by_role("button").click()
    assert "L’avancement est noté" in maker.text


def make_and_send(stage: Stage, folder: Path) -> None:
    maker = stage.maker
    maker.open(stage.order)
    maker.follow("Commencer")
    assert urlsplit(maker.page.url).path == stage.making
    maker.press("Commencer la fabrication", "chaque exemplaire a son numéro")
    prepare_files(maker, stage.making, 1)
    prepare_files(maker, stage.making, 2)
    maker.open(stage.making)
    for line in (1, 2):  # the page is read again by itself
        maker.page.locator(f"#ligne-{line} .m-downloads").wait_for(timeout=60_000)
    assert "PRÊTS ET CONTRÔLÉS" in maker.text and "EN CALCUL" not in maker.text
    archive = folder / "chariots.zip"
    archive.write_bytes(maker.fetch(maker.page.locator("main a[href$='/archive']").first.get_attribute("href") or ""))
    assert "no fault" in stage.site.run("-c", "from treteau.cli import main; main()", "verify", str(archive))
    assert "17,83 mm" in maker.text
    maker.shoot("maker-6-at-the-bench")
    for sheet in maker.page.locator("#ligne-1 form[action*='/panneaux/']").all():
        sheet.get_by_role("button").click()
    maker.page.get_by_text("Tous les panneaux sont coupés").first.wait_for()
    note_stage(maker, 1, "finished")
    maker.open(f"{stage.making}expedier/")
    assert "Pas encore finis" in maker.text
    maker.shoot("maker-7-shipping")
    maker.fill("carrier", "Notre camion")
    maker.press("Noter l’expédition", "l’acheteur est prévenu")
    note_stage(maker, 2, "finished")
    maker.open(f"{stage.making}expedier/")
    maker.press("Noter l’expédition", "EXPÉDIÉE")


def receive(stage: Stage) -> None:
    town = stage.town
    town.open(f"{stage.order}arrivee/")
    town.page.locator("main input[name=pieces]").nth(1).uncheck(force=True)
    for place in (0, 2):
        town.page.locator("main input[name=pieces]").nth(place).check(force=True)
    town.fill("reserves", "Il manque un chariot.")
    town.press("Noter l’arrivée", "L’arrivée est notée", "EXPÉDIÉE")
    town.shoot("clerk-7-arrived")
    town.follow("Noter la livraison")
    town.page.locator("main input[name=pieces]").check(force=True)
    town.press("Noter l’arrivée", "livrée en entier")
    town.follow("Réceptionner")
    town.page.locator("main textarea").fill("Une rayure sur un plateau.")
    town.press("Réceptionner", "réceptionnée avec vos réserves")
    town.shoot("clerk-8-accepted")


def remake(stage: Stage) -> None:
    town, maker = stage.town, stage.maker
    town.follow("Signaler un défaut")
    town.page.locator("main input[name=piece]").first.check(force=True)
    town.fill("part", "P03")
    town.fill("note", "Le socle est fendu près d’une roulette.")
    town.press("Signaler le défaut", "Le défaut est signalé")
    claim = town.page.locator("main a[href*='/reclamations/']:not([href*=nouvelle])").first.get_attribute("href") or ""
    stage.is_nothing_to_a_stranger(claim)
    maker.open(claim)
    maker.tick("Nous refaisons l’exemplaire")
    maker.fill("note", "Cette semaine.")
    maker.press("Envoyer la réponse", "NOUVEL EXEMPLAIRE")
    prepare_files(maker, stage.making, 1)
    maker.until(stage.making, "PRÊTS ET CONTRÔLÉS", without="EN CALCUL")
    note_stage(maker, 1, "finished")
    maker.open(f"{stage.making}expedier/")
    maker.page.locator("main input[name=pieces]").check(force=True)
    maker.press("Noter l’expédition", "l’acheteur est prévenu")
    town.open(stage.order)
    town.follow("Noter l’arrivée du nouvel exemplaire")
    town.page.locator("main input[name=pieces]").check(force=True)
    town.press("Noter l’arrivée", "L’arrivée est notée")
    town.open(claim)
    town.press("Clore la réclamation", "La réclamation est close")


def pay_and_close(stage: Stage) -> None:
    town, maker, prefecture = stage.town, stage.maker, stage.prefecture
    maker.open(stage.order)
    maker.follow("Enregistrer la facture")
    maker.fill("number", "2026-0042")
    maker.press("Enregistrer la facture", "La facture est enregistrée")
    assert b"CrossIndustryInvoice" in maker.fetch(f"{stage.order}facture.xml")
    town.open(stage.order)
    town.follow("Demander la subvention")
    town.press("Demander ce montant", "La subvention est demandée", "à la préfecture d’agir")
    prefecture.open(stage.order)
    prefecture.follow("Noter le paiement")
    prefecture.press("Noter le versement", "Le versement est noté")
    town.open(stage.order)
    town.follow("Clore la commande")
    town.press("Clore la commande", "Il n’y a plus rien à faire")
    town.shoot("clerk-9-closed")


def read_passport(stage: Stage) -> None:
    """By the code on the label, as anybody who finds the furniture."""
    import zxingcpp
    from PIL import Image

    link = stage.maker.page.request.get(stage.making).text()
    code = re.search(r"/passeport/([0-9A-Z]{12})/", link)
    assert code
    picture = stage.site.folder / "code.png"
    picture.write_bytes(stage.stranger.fetch(f"/passeport/{code[1]}/code.png"))
    with Image.open(picture) as image:
        (read,) = zxingcpp.read_barcodes(image)
    assert read.text.rstrip("/").upper().endswith(code[1])
    stage.stranger.open("/passeport/" + read.text.rstrip("/").rpartition("/")[2] + "/")
    assert "Chariot-établi" in stage.stranger.text and "17,83 mm" in stage.stranger.text
    assert "Vézac" not in stage.stranger.text


def letters(site: Installation) -> list[tuple[str, str]]:
    """Whom the site wrote, and what about, in order."""
    found = []
    for file in sorted((site.folder / "var" / "mail").glob("*.log")):
        for part in file.read_text(encoding="utf-8").split("-" * 79):
            if part.strip():
                message = email.message_from_bytes(part.strip().encode(), policy=policy.default)
                found.append((str(message["to"]).partition("@")[0], " ".join(str(message["subject"]).split())))
    return found


#: Who is written to in the whole life of an order, and the words of each subject.
WRITTEN = [
    ("prefecture", "à examiner"), ("mairie", "financée"), ("prefecture", "la convention est prête"),
    ("prefecture", "convention à signer"), ("mairie", "convention signée"), ("atelier", "Un devis vous est demandé"),
    ("mairie", "a répondu"), ("atelier", "votre atelier est choisi"), ("atelier", "bon d’engagement signé"),
    ("mairie", "la fabrication a commencé"), ("mairie", "une partie est expédiée"), ("mairie", "expédiée"),
    ("atelier", "une partie est arrivée"), ("atelier", "livrée"), ("prefecture", "réceptionnée"), ("atelier", "réceptionnée"),
    ("atelier", "un défaut est signalé"), ("coordination", "un défaut est signalé"), ("mairie", "réponse à votre réclamation"),
    ("mairie", "le nouvel exemplaire est expédié"), ("atelier", "le nouvel exemplaire est arrivé"),
    ("atelier", "réclamation fermée"), ("mairie", "facture de l’atelier"), ("prefecture", "paiement de la subvention demandé"),
    ("mairie", "subvention versée"), ("atelier", "close"),
]  # fmt: skip


def test_an_order_from_the_campaign_to_its_close(site: Installation, browser: Browser, tmp_path: Path) -> None:
    stage = Stage(browser, site)
    write_campaign(stage)
    stage.order = ask_for_it(stage.town)
    stage.making = f"/fabrication/{stage.order.rstrip('/').rpartition('/')[2]}/"
    stage.is_nothing_to_a_stranger()
    decide(stage.prefecture, stage.order)
    sign_agreement(stage)
    choose_workshop(stage)
    stage.is_nothing_to_a_stranger()
    make_and_send(stage, tmp_path)
    receive(stage)
    stage.is_nothing_to_a_stranger()
    remake(stage)
    pay_and_close(stage)
    stage.is_nothing_to_a_stranger()
    read_passport(stage)

    wait_until(lambda: len(letters(site)) >= len(WRITTEN), 60, lambda: f"{letters(site)}\n{site.logs()}")
    written = letters(site)
    for person, words in WRITTEN:
        assert [name for name, subject in written if name == person and subject.endswith(words)] or [
            name for name, subject in written if name == person and words in subject
        ], (person, words, written)
    assert len(written) == len(WRITTEN) == len(set(written)), written
    assert ": 0 faults" in site.run("manage.py", "audit_orders", "--settled")
    for person in (stage.coordination, stage.town, stage.prefecture, stage.maker):
        assert not [answer for answer in person.answers if answer[0] >= 500]


def test_an_intention_is_handed_in_and_funded_without_javascript(site: Installation, browser: Browser) -> None:
    stage = Stage(browser, site, javascript=False)
    write_campaign(stage, "Sans script")
    order = ask_for_it(stage.town, design="porte", campaign="Sans script")
    stage.prefecture.open(order)
    for choice, words in (("Prendre en examen", "EN COURS D’EXAMEN"), ("Financer", "FINANCÉE")):
        stage.prefecture.page.get_by_role("radio", name=choice, exact=True).check(force=True)
        if choice == "Financer":
            stage.prefecture.fill("depense", "100")
            stage.prefecture.shoot("prefecture-2-decision")
        stage.prefecture.press("Enregistrer la décision", words)
    assert "80,00 €" in stage.prefecture.text
    stage.town.page.locator("summary", has_text="Menu").click()
    assert stage.town.page.get_by_role("link", name="Commander", exact=True).is_visible()
