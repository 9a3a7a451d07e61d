# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A whole campaign, or one in each stage, planned in memory."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from designs.errors import UnknownDesignError
from designs.models import DesignRevision
from fablabs.machine import machine_text
from fabrication.models import Job
from fabrication.services import request_figures, request_package
from orders.models import Campaign, CampaignDesign, EquipmentLot, Order
from orders.seeding.life import Life
from orders.seeding.numbers import Numbers
from orders.seeding.people import PRICES, Cast, cast
from orders.seeding.saving import own_dates, save
from orders.seeding.stories import STAGES, WHOLE, Stage
from orders.seeding.world import Rows, World

_LOTS = (
    (
        EquipmentLot.Kind.LAPTOP,
        "Écran de 14 pouces, 8 Go de mémoire, disque SSD de 256 Go, batterie vérifiée.",
        260,
        340,
    ),
    (EquipmentLot.Kind.TABLET, "Écran de 10 pouces, 4 Go de mémoire, système tenu à jour trois ans.", 140, 210),
)
#: The first buyer of a large campaign has so many orders, in percent: a list that is long is looked at too.
_OF_ONE_BUYER = 4


class SeedError(Exception):
    """It can't be done here; the text says why."""


@transaction.atomic
def seed(orders: int, makers: int, seed: int, machine_file: Path, *, stages: bool = False) -> dict[str, int]:
    """All rows of a campaign, saved; how many of each kind. The same numbers on an empty database give the same campaign, but
    for the passports' codes. Raises SeedError where no model is published."""
    chance = random.Random(seed)
    batch = _free_batch()
    play = cast(batch, max(3, orders // 2), makers, machine_file, chance)
    revisions = _revisions()
    world = World(
        cast=play, rows=Rows(), numbers=Numbers(), revisions=revisions,
        parameters={name: dict(one.drawing().clean({})) for name, one in revisions.items()},
        quote_jobs={}, package_jobs={}, lots={}, chance=chance,
    )  # fmt: skip
    _jobs(world, play)
    with own_dates():
        for number, stage in enumerate(STAGES if stages else WHOLE, start=1):
            campaign = _campaign(stage, f"essai-{batch}-{number}", world)
            _live(world, stage, campaign, orders * stage.share // 100, f"{seed}.{batch}")
        return save(world)


def _free_batch() -> int:
    taken = set(Campaign.objects.filter(slug__startswith="essai-").values_list("slug", flat=True))
    free = (n for n in range(1, 100) if f"essai-{n}-1" not in taken)
    if (found := next(free, None)) is None:
        raise SeedError("99 campaigns were seeded here already")
    return found


def _revisions() -> dict[str, DesignRevision]:
    found: dict[str, DesignRevision] = {}
    for one in DesignRevision.objects.filter(design__in=PRICES).order_by("number"):
        try:
            one.drawing()
        except UnknownDesignError:
            continue
        found[one.design] = one
    if set(found) != set(PRICES):
        raise SeedError("the models are not published: run manage.py sync_designs (or demo) first")
    return found


def _jobs(world: World, play: Cast) -> None:
    """What quotes and productions point at: asked of the workers, who make them in their time; a dozen for all workshops, since
    these have the same machine."""
    workshop = next(iter(play.workshops.values()))[0]
    file = play.machines[workshop.pk].file_with(play.stocks[workshop.pk])
    assert file is not None
    text = machine_text(file)
    for design, revision in world.revisions.items():
        for quantity in (1, 2):
            world.quote_jobs[design, quantity] = request_figures(revision, {}, workshop, text, quantity)
            known = Job.objects.filter(kind=Job.Kind.PACKAGE, revision=revision, machine_file=text, quantity=quantity)
            world.package_jobs[design, quantity] = known.exclude(
                state__in=[Job.State.REFUSED, Job.State.FAILED]
            ).first() or request_package(revision, {}, workshop, quantity, machine_file=text)


def _campaign(stage: Stage, slug: str, world: World) -> Campaign:
    today = timezone.localdate()
    closes = today + timedelta(days=stage.closed)
    campaign = Campaign.objects.create(
        slug=slugify(slug), name=f"{stage.name} n° {slug.split('-')[1]}".replace("n° ", "n°\N{NO-BREAK SPACE}"),
        presentation="Des commandes inventées, en nombre, pour essayer le site.",
        opens_on=today + timedelta(days=stage.opened), closes_on=closes, decides_on=closes + timedelta(days=60),
        delivers_on=closes + timedelta(days=300), cap_eur=Decimal(40_000), is_demo=True,
        published_at=timezone.now() + timedelta(days=min(stage.opened, 0)), created_at=timezone.now(),
    )  # fmt: skip
    CampaignDesign.objects.bulk_create(CampaignDesign(campaign=campaign, design=name) for name in PRICES)
    world.lots[campaign.pk] = [
        EquipmentLot.objects.create(
            campaign=campaign, kind=kind, configuration=words, low_eur=Decimal(low), high_eur=Decimal(high)
        )
        for kind, words, low, high in _LOTS
    ]
    return campaign


def _live(world: World, stage: Stage, campaign: Campaign, count: int, tag: str) -> None:
    if not stage.stories:
        return
    chance, buyers = world.chance, world.cast.buyers
    # Each story once, the rest by chance: a small campaign has every state too.
    stories = chance.sample(stage.stories, min(count, len(stage.stories)))
    stories += chance.choices(stage.stories, [story.weight for story in stage.stories], k=count - len(stories))
    chance.shuffle(stories)
    many = count * _OF_ONE_BUYER // 100
    for place, story in enumerate(stories):
        organisation = buyers[0] if place < many else buyers[place % len(buyers)]
        alone = story.actions[:1] == ("submit_self_funded",)
        times = _times(stage, len(story.actions), chance)
        created = (times[0] if times else timezone.now()) - timedelta(days=chance.randint(0, 6), hours=1)
        order = Order(
            form_key=uuid.uuid5(_FORMS, f"{tag}.{campaign.slug}.{place}"), campaign=None if alone else campaign,
            organisation=organisation, created_by=world.cast.clerks[organisation.pk], created_at=created,
            updated_at=times[-1] if times else created, is_demo=True,
        )  # fmt: skip
        Life(world, order, campaign).live(story.actions, times)


_FORMS = uuid.UUID("6a1d3c1e-6a3b-4f6e-9b57-0c1c2f0f6d11")


def _times(stage: Stage, count: int, chance: random.Random) -> list[datetime]:
    """One moment an action: the first while the campaign is open, the others some days apart, none to come."""
    if not count:
        return []
    today = timezone.localdate()
    day = today + timedelta(days=chance.randint(stage.opened, min(stage.closed, -1)))
    first = timezone.make_aware(datetime.combine(day, time(8 + chance.randint(0, 9), chance.randint(0, 59))))
    room = (timezone.now() - first) / (count + 1)
    times = [first]
    for _ in range(count - 1):
        times.append(times[-1] + min(room, timedelta(days=12)) * chance.uniform(0.2, 1))
    return times
