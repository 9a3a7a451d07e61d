# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a first click to the last page before submission: saved at every step, nothing typed is lost."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from designs.models import DesignRevision
from orders.life import NotAllowedError, RefusedError
from orders.models import Campaign, EquipmentLot, Order, State
from orders.services.draft_lines import MOST_LINES, add_line, set_quantities
from orders.services.drafting import (
    WHERE,
    WHY,
    missing,
    move_draft,
    refusals,
    save_draft,
    start_draft,
)
from tests.drafts import seen_on, step, words
from tests.orders import make_buyer, make_campaign, make_line, make_order, organisation_of, revision_of
from tests.people import make_member, make_organisation, make_person, signed_in
from tests.workshops import make_workshop

pytestmark = pytest.mark.django_db

NOT_QUANTITIES = ["1e3", "٣", "-1", "0", "1000000000", "9" * 10_000, "1.5", "\x00", "deux", "１２", "+"]


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def buyer() -> User:
    revision_of("chariot")
    return make_buyer()


@pytest.fixture
def draft(buyer: User, campaign: Campaign) -> Order:
    return make_order(buyer, campaign=campaign)


# Beginning


def test_a_form_that_is_sent_twice_makes_one_order(buyer: User, campaign: Campaign) -> None:
    client, key = signed_in(buyer), uuid.uuid4()
    organisation = organisation_of(buyer)
    url = reverse("order-new") + "?modele=chariot&width=1000&quantite=3"
    for _ in range(2):
        answer = client.post(url, {"organisation": organisation.pk, "campaign": campaign.slug, "cle": key})
        assert answer.status_code == 302
    order = Order.objects.get()
    line = order.lines.get()
    assert (line.design, line.quantity, line.parameters["width"]) == ("chariot", 3, 1000)
    assert order.department == "30" and order.region and order.insee == "30189"


def test_a_form_of_one_buyer_makes_no_order_of_another(buyer: User, campaign: Campaign) -> None:
    key = uuid.uuid4()
    start_draft(buyer, organisation_of(buyer), campaign, key)
    other = make_buyer("autre@example.org", number=2)
    with pytest.raises(NotAllowedError):
        start_draft(other, organisation_of(other), campaign, key)
    with pytest.raises(NotAllowedError):
        start_draft(other, organisation_of(buyer), campaign, uuid.uuid4())


def test_a_campaign_that_is_over_takes_no_draft(buyer: User) -> None:
    today = timezone.localdate()
    over = make_campaign(opens_on=today - timedelta(days=9), closes_on=today - timedelta(days=1))
    with pytest.raises(RefusedError) as refused:
        start_draft(buyer, organisation_of(buyer), over, uuid.uuid4())
    assert refused.value.field == "campaign"
    page = signed_in(buyer).get(reverse("order-new"))
    assert over.slug not in words(page)


def test_whoever_buys_for_two_organisations_says_for_which(buyer: User, campaign: Campaign) -> None:
    second = make_organisation(Organisation.Kind.COLLECTIVITE, name="Communauté du Haut-Vézac", insee="30189")
    make_member(buyer, second)
    stranger = make_organisation(Organisation.Kind.COLLECTIVITE, name="Ailleurs")
    client = signed_in(buyer)
    page = words(client.get(reverse("order-new")))
    assert "Communauté du Haut-Vézac" in page and "Ailleurs" not in page
    form = {"campaign": campaign.slug, "cle": uuid.uuid4()}
    refused = client.post(reverse("order-new"), {**form, "organisation": stranger.pk})
    assert refused.status_code == 422 and "l’une de vos organisations" in words(refused)
    client.post(reverse("order-new"), {**form, "organisation": second.pk})
    assert Order.objects.get().organisation == second


def test_whoever_buys_for_nobody_is_told_who_may_order(campaign: Campaign) -> None:
    page = words(signed_in(make_person("seul@example.org")).get(reverse("order-new")))
    assert "Demandez à votre collectivité" in page and not Order.objects.exists()


def test_the_configurator_hands_its_sizes_on(buyer: User) -> None:
    answer = signed_in(buyer).post(
        reverse("configure", args=["chariot"]), {"width": "1000", "quantite": "4", "commander": "1"}
    )
    assert answer.status_code == 302
    assert answer.url == reverse("order-new") + "?modele=chariot&width=1000&quantite=4"


def test_a_draft_may_move_to_another_campaign_without_its_lots(buyer: User, draft: Order, campaign: Campaign) -> None:
    lot = EquipmentLot.objects.create(campaign=campaign, kind="laptop", configuration="8 Go")
    set_quantities(draft, buyer, {}, {lot.pk: 3})
    today = timezone.localdate()
    over = make_campaign(slug="passee", opens_on=today - timedelta(9), closes_on=today - timedelta(1))
    coming = make_campaign(slug="ete", name="Été", opens_on=today + timedelta(9), closes_on=today + timedelta(20))
    client, url = signed_in(buyer), reverse("order-draft-campaign", args=[draft.public_id])
    assert "Le matériel reconditionné en sort" in words(client.get(url))
    assert client.post(url, {"campaign": over.slug}).status_code == 422
    with pytest.raises(RefusedError):
        move_draft(draft, buyer, over)
    assert client.post(url, {"campaign": coming.slug}).status_code == 302
    draft.refresh_from_db()
    assert draft.campaign == coming and [line.design for line in draft.lines.all()] == ["chariot"]
    assert client.post(url, {"campaign": ""}).status_code == 302
    draft.refresh_from_db()
    assert draft.campaign is None
    assert signed_in(make_buyer("autre@example.org", number=2)).post(url, {"campaign": ""}).status_code == 404


# Lines


@pytest.mark.parametrize("typed", NOT_QUANTITIES)
def test_what_is_no_quantity_is_refused_beside_its_field_and_what_is_right_is_saved(
    buyer: User, draft: Order, typed: str
) -> None:
    first, second = draft.lines.get(), make_line(draft, "porte")
    client = signed_in(buyer)
    url = step(draft, "besoin")
    answer = client.post(
        url, {"vu": seen_on(client, url), f"line-{first.pk}": typed, f"line-{second.pk}": "7", "suite": "1"}
    )
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [f"line-{first.pk}"]
    assert form[f"line-{first.pk}"].value() == typed
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.quantity, second.quantity) == (2, 7)


def test_every_button_of_the_first_step_saves_what_was_typed(buyer: User, draft: Order, campaign: Campaign) -> None:
    lot = EquipmentLot.objects.create(campaign=campaign, kind="laptop", configuration="8 Go")
    line = draft.lines.get()
    client, url = signed_in(buyer), step(draft, "besoin")
    answer = client.post(
        url, {"vu": seen_on(client, url), f"line-{line.pk}": "5", f"lot-{lot.pk}": "10", "ajouter": "porte"}
    )
    assert answer.url == reverse("order-line-add", args=[draft.public_id, "porte"])
    line.refresh_from_db()
    assert line.quantity == 5 and draft.lines.get(lot=lot).quantity == 10
    client.post(url, {"vu": seen_on(client, url), f"line-{line.pk}": "5", f"lot-{lot.pk}": "0", "suite": "1"})
    assert not draft.lines.filter(lot=lot).exists()
    client.post(url, {f"line-{line.pk}": "5", "retirer": str(line.pk)})
    assert not draft.lines.exists()


def test_sizes_that_are_wrong_are_shown_again_as_typed(buyer: User, draft: Order) -> None:
    client = signed_in(buyer)
    url = reverse("order-line-add", args=[draft.public_id, "chariot"])
    answer = client.post(url, {"quantity": "2", "width": "1e9"})
    assert answer.status_code == 422 and 'value="1e9"' in words(answer) and draft.lines.count() == 1
    seen = seen_on(client, url)
    for _ in range(2):
        answer = client.post(url, {"quantity": "2", "width": "1100", "vu": seen})
        assert answer.status_code == 302
    assert draft.lines.count() == 2  # the one it had, and one of the form that was sent twice
    line = draft.lines.last()
    changed = client.post(
        reverse("order-line", args=[draft.public_id, line.pk]), {"quantity": "3", "width": "1000", "finish": ""}
    )
    assert changed.status_code == 302
    line.refresh_from_db()
    assert (line.quantity, line.parameters["width"]) == (3, 1000)


def test_a_finish_is_one_that_a_workshop_offers(buyer: User, draft: Order) -> None:
    make_workshop(finishes=["huile dure"])
    client = signed_in(buyer)
    url = reverse("order-line-add", args=[draft.public_id, "porte"])
    refused = client.post(url, {"quantity": "1", "finish": "or fin"})
    assert refused.status_code == 422 and "Choisissez une finition" in words(refused)
    client.post(url, {"quantity": "1", "finish": "huile dure"})
    assert draft.lines.last().finish == "huile dure"


def test_only_what_the_campaign_offers_and_not_too_much_of_it(buyer: User, draft: Order, campaign: Campaign) -> None:
    campaign.designs.filter(design="porte").delete()
    campaign.designs.filter(design="chariot").update(largest_quantity=4)
    chariot, porte = revision_of("chariot"), revision_of("porte")
    with pytest.raises(RefusedError) as refused:
        add_line(draft, buyer, porte, porte.drawing().clean({}), 1)
    assert refused.value.field == "design"
    with pytest.raises(RefusedError) as refused:
        add_line(draft, buyer, chariot, chariot.drawing().clean({}), 5)
    assert refused.value.field == "quantity" and "4 au plus" in refused.value.french
    saved = set_quantities(draft, buyer, {draft.lines.get().pk: 5})
    assert list(saved.refused) == [f"line-{draft.lines.get().pk}"]


def test_lines_have_an_end(buyer: User, draft: Order) -> None:
    revision = revision_of("chariot")
    for width in range(MOST_LINES - 1):
        add_line(draft, buyer, revision, revision.drawing().clean({"width": 1000 + width}), 1)
    with pytest.raises(RefusedError):
        add_line(draft, buyer, revision, revision.drawing().clean({"width": 1100}), 1)


# Texts


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("receiver_siret", "73282932000075"),
        ("receiver_siret", "٣" * 14),
        ("professional", "roi"),
        ("receiver_kind", "martien"),
        ("reasons", "a" * 4_001),
    ],
)
def test_a_mistake_loses_nothing_of_the_other_fields(buyer: User, draft: Order, field: str, typed: str) -> None:
    client, url = signed_in(buyer), step(draft, "raisons")
    data = {
        "professional": "mediateur",
        "professional_detail": "la médiathèque",
        "reasons": "Il n’y a rien.",
        "receiver_kind": "ccas",
        "receiver_name": "CCAS de Vézac",
        "receiver_siret": "732 829 320 00074",
    }
    answer = client.post(url, {**data, field: typed, "vu": seen_on(client, url), "suite": "1"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field] and answer.context["form"][field].value() == typed
    draft.refresh_from_db()
    kept = {name: getattr(draft, name) for name in data if name != field}
    assert kept == {
        name: value.replace(" ", "") if "siret" in name else value for name, value in data.items() if name != field
    }
    again = client.post(url, {**data, "vu": answer.context["seen"], "suite": "1"})
    assert again.status_code == 302 and again.url == step(draft, "lieu")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("commune", "Saint"),
        ("commune", "Nulle-Part-sur-Rien"),
        ("postcode", "3000"),
        ("postcode", "٣٠٠٠٠"),
        ("contact_email", "camille"),
        ("contact_phone", "appelez-moi"),
        ("wanted_by", "31/02/2027"),
        ("wanted_by", "9999-12-31"),
        ("wanted_by", "2001-01-01"),
        ("wanted_by", "٢٠٢٧-٠١-٠١"),
        ("address", "a" * 201),
    ],
)
def test_a_wrong_place_or_day_is_said_beside_its_field(buyer: User, draft: Order, field: str, typed: str) -> None:
    client, url = signed_in(buyer), step(draft, "lieu")
    day = timezone.localdate() + timedelta(days=120)
    data = {
        "commune": "Alès (Gard)",
        "address": "2 rue\x00 de la Paix",
        "postcode": "30 100",
        "access": "Deux marches.\r\nSonnez.",
        "contact_name": "Lou Bonnet",
        "contact_email": "lou@example.org",
        "contact_phone": "+33 4.66.00.00.00",
        "wanted_by": day.isoformat(),
    }
    answer = client.post(url, {**data, field: typed, "vu": seen_on(client, url), "suite": "1"})
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    draft.refresh_from_db()
    assert draft.contact_name == "Lou Bonnet" and draft.access == "Deux marches.\nSonnez."
    if field != "address":
        assert draft.address == "2 rue  de la Paix"
    answer = client.post(url, {**data, "vu": answer.context["seen"], "suite": "1"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.insee, draft.commune, draft.postcode, draft.wanted_by) == ("30007", "Alès (Gard)", "30100", day)


def test_a_rule_of_a_draft_knows_its_fields_alone() -> None:
    with pytest.raises(KeyError):
        refusals({"state": "funded"})
    assert refusals({"contact_phone": "04 66 00 00 00", "reasons": ""}) == {}


# The last page


def test_the_last_page_says_what_is_missing_and_where(buyer: User, campaign: Campaign) -> None:
    order = start_draft(buyer, organisation_of(buyer), campaign, uuid.uuid4())
    assert [lack.field for lack in missing(order)] == ["lines", "professional", "reasons", "address", "postcode"]
    client = signed_in(buyer)
    assert client.get(reverse("order-draft", args=[order.public_id])).url == step(order, "besoin")
    page = words(client.get(step(order, "verifier")))
    assert "Choisissez au moins un meuble" in page and "Déposer l’intention" not in page


def test_a_price_that_nobody_knows_is_not_invented(buyer: User, draft: Order) -> None:
    page = words(signed_in(buyer).get(step(draft, "verifier")))
    assert "pas encore connu" in page and "aucun atelier n’a encore dit de prix" in page
    draft.refresh_from_db()
    assert draft.low_eur is None and draft.high_eur is None


def test_the_last_page_shows_price_subsidy_and_remainder(buyer: User, draft: Order, campaign: Campaign) -> None:
    from fablabs.models import Offer

    offers = [make_workshop(slug=slug).maker for slug in ("a", "b")]
    for maker, price in zip(offers, (600, 700), strict=True):
        Offer.objects.create(maker=maker, design="chariot", price_eur=Decimal(price))
    page = words(signed_in(buyer).get(step(draft, "verifier"))).replace("\u202f", " ").replace("\u00a0", " ")
    assert "de 1 200,00 € à 1 400,00 €" in page  # two of them
    assert "de 960,00 € à 1 120,00 €" in page  # 80 %
    assert "de 240,00 € à 280,00 €" in page
    draft.refresh_from_db()
    assert (draft.low_eur, draft.high_eur) == (Decimal(1200), Decimal(1400))


def test_a_third_person_finds_no_draft(draft: Order) -> None:
    line = draft.lines.get()
    names = ["order-draft", "order-draft-archive", "order"]
    urls = [reverse(name, args=[draft.public_id]) for name in names]
    urls += [step(draft, name) for name in ("besoin", "raisons", "lieu", "verifier")]
    urls += [
        reverse("order-line", args=[draft.public_id, line.pk]),
        reverse("order-line-add", args=[draft.public_id, "chariot"]),
    ]
    for other in (make_buyer("autre@example.org", number=2), make_person("personne@example.org")):
        client = signed_in(other)
        for url in urls:
            assert client.get(url).status_code == 404, url
            assert client.post(url, {"vu": "", "quantity": "1"}).status_code in (404, 405), url
        assert client.post(reverse("order-submit", args=[draft.public_id]), {"action": "submit"}).status_code == 404
        with pytest.raises(NotAllowedError):
            save_draft(draft, other, {"reasons": "À nous."})


# Anything


@pytest.mark.parametrize("odd", ["\x00", "٣", "9" * 300, "-1", "<b>&'\"", "2027-02-30"])
def test_odd_values_break_no_page(buyer: User, draft: Order, odd: str) -> None:
    """A line of a revision that is not drawn any more is there too."""
    line = make_line(draft, "porte", parameters={"width": "large"})
    old = DesignRevision.objects.create(
        design="porte", number=99, code_path="designs.porte.Porte", defaults={}, texts={"title": "Porte"}
    )
    draft.lines.filter(pk=line.pk).update(revision=old)
    EquipmentLot.objects.create(campaign=draft.campaign, kind="laptop", configuration="8 Go")
    names = [
        "organisation",
        "campaign",
        "cle",
        "vu",
        "quantity",
        "finish",
        "width",
        "text",
        "retirer",
        "modifier",
        "ajouter",
    ]
    names += [*WHY, *WHERE, "commune_insee", "level", "department", "region", "service_code", "action", "note"]
    names += [f"line-{row.pk}" for row in draft.lines.all()] + [f"lot-{lot.pk}" for lot in EquipmentLot.objects.all()]
    own = [draft.public_id]
    urls = [
        reverse("order-new") + "?modele=chariot",
        reverse("buyer", args=[draft.organisation_id]),
        *(step(draft, name) for name in ("besoin", "raisons", "lieu", "verifier")),
        reverse("order-line-add", args=[*own, "chariot"]),
        reverse("order-line", args=[*own, line.pk]),
        reverse("order-line", args=[*own, 10**30]),
        reverse("order-draft-campaign", args=own),
        reverse("order-submit", args=own),
        reverse("order-act", args=[*own, "withdraw"]),
    ]
    client = signed_in(buyer)
    for url in urls:
        assert client.post(url, dict.fromkeys(names, odd)).status_code < 500, url
        assert (
            client.get(
                url.partition("?")[0], dict.fromkeys((*names, "modele", "quantite", "campagne", "suite"), odd)
            ).status_code
            < 500
        ), url
    draft.refresh_from_db()
    assert draft.state == State.DRAFT and Order.objects.count() == 1
