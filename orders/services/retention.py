# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Personal data that has had its time: what it is, how long it is kept and why (docs/retention.md), and its erasure. Figures, money,
judgements and the history of states stay; words and pictures of people go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.models import Invitation, MailPace, Membership, Notice, ProConnectIdentity, SiretEvidence, User
from fabrication.models import Quote
from orders.life.table import Party
from orders.models import (
    ENDED,
    Choice,
    Claim,
    Delivery,
    Event,
    Order,
    OutboxMessage,
    Photo,
    QuoteRequest,
    State,
    StoredFile,
)
from orders.services.storage import erase

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: In the place of a text that may not be empty.
ERASED = "[effacé]"
#: Rows in one statement: fewer than SQLite takes.
_BATCH = 500


@dataclass(frozen=True)
class Kind:
    """``days`` are those of settings.TRETEAU_RETENTION_DAYS under this name, else the default. ``what`` and ``why``: English, for
    the command and docs/retention.md."""

    name: str
    default_days: int
    what: str
    why: str
    erase: Callable[[datetime, bool], list[str]]

    @property
    def days(self) -> int:
        own: dict[str, int] = settings.TRETEAU_RETENTION_DAYS
        return own.get(self.name, self.default_days)


@dataclass
class Report:
    """What was erased, or would be: references by kind."""

    today: date
    is_dry: bool
    found: dict[str, list[str]] = field(default_factory=dict)


def erase_personal_data(today: date | None = None, *, dry_run: bool = False) -> Report:
    """Each kind in a transaction of its own: what is done stays done. A second run finds nothing. Raises ValueError for a period
    that is no number of days, or a day to come: nothing goes before its time."""
    day = today or timezone.localdate()
    if day > timezone.localdate():
        raise ValueError(f"{day} is still to come: nothing is erased before its time")
    for kind in KINDS:
        if not isinstance(kind.days, int) or isinstance(kind.days, bool) or not 1 <= kind.days <= 36_500:
            raise ValueError(f"TRETEAU_RETENTION_DAYS[{kind.name!r}] is {kind.days!r}, not 1 to 36500 days")
    report = Report(day, dry_run)
    for kind in KINDS:
        before = timezone.make_aware(datetime.combine(day - timedelta(days=kind.days), time.min))
        with transaction.atomic():
            report.found[kind.name] = kind.erase(before, not dry_run)
    return report


# Orders


def _ended(before: datetime) -> QuerySet[Order]:
    """Over, and nothing was asked or paid for since."""
    return (
        Order.objects.filter(state__in=ENDED, ended_at__lt=before)
        .annotate(last=Max("events__at"))
        .filter(last__lt=before)
        .order_by("pk")
    )


_CONTACT = ("contact_name", "contact_email", "contact_phone", "address", "access")


def _contacts(before: datetime, does: bool) -> list[str]:
    orders = list(_ended(before).filter(erased_at=None).only("pk", "year", "number", "public_id"))
    for part in _parts(orders) if does else ():
        keys = [order.pk for order in part]
        Order.objects.filter(pk__in=keys).update(erased_at=timezone.now(), **dict.fromkeys(_CONTACT, ""))
        for quote in Quote.objects.filter(order_requests__request__order__in=keys).distinct():
            buyer = quote.parties.get("buyer", {})
            if buyer.get("person"):
                quote.parties = quote.parties | {"buyer": buyer | {"person": ""}}
                quote.save(update_fields=["parties"])
    return [str(order) for order in orders]


def _drafts(before: datetime, does: bool) -> list[str]:
    """Nobody has touched them since; they are out of sight from now on."""
    drafts = list(Order.objects.filter(state=State.DRAFT, updated_at__lt=before, erased_at=None).order_by("pk"))
    for part in _parts(drafts) if does else ():
        now = timezone.now()
        Order.objects.filter(pk__in=[draft.pk for draft in part]).update(
            erased_at=now, archived_at=Coalesce(F("archived_at"), now), reasons="", professional_detail="",
            receiver_name="", **dict.fromkeys(_CONTACT, ""),
        )  # fmt: skip
    return [str(draft) for draft in drafts]


def _words(before: datetime, does: bool) -> list[str]:
    """What people wrote of an order: a name may stand anywhere in it."""
    with_words = Q(events__note__gt="") & ~Q(events__note=ERASED)
    orders = list(_ended(before).filter(with_words | ~Q(reasons__in=["", ERASED])).distinct())
    for part in _parts(orders) if does else ():
        of: dict[str, Any] = {"order__in": [order.pk for order in part]}
        Event.objects.filter(**of).exclude(note="").update(note=ERASED)
        Order.objects.filter(pk__in=of["order__in"]).update(reasons=ERASED, professional_detail="")
        Order.objects.filter(pk__in=of["order__in"]).exclude(decision_reason="").update(decision_reason=ERASED)
        QuoteRequest.objects.filter(**of).update(message="")
        QuoteRequest.objects.filter(**of).exclude(declined_reason="").update(declined_reason=ERASED)
        Choice.objects.filter(**of).update(justification=ERASED)
        Choice.objects.filter(**of).exclude(ended_reason="").update(ended_reason=ERASED)
        Claim.objects.filter(**of).update(description=ERASED)
        Claim.objects.filter(**of).exclude(answer="").update(answer=ERASED)
        Delivery.objects.filter(**of).update(reserves="")
    return [str(order) for order in orders]


def _photos(before: datetime, does: bool) -> list[str]:
    files = StoredFile.objects.filter(pk__in=Photo.objects.values("file"), order__in=_ended(before).values("pk"))
    found = _files(files, does)
    if does:
        Photo.objects.filter(file__erased_at__isnull=False).exclude(caption="", taken_by=None).update(
            caption="", taken_by=None
        )
    return found


def _papers(before: datetime, does: bool) -> list[str]:
    """Papers, signed scans and invoices: whatever is left of an order's files."""
    return _files(StoredFile.objects.filter(order__in=_ended(before).values("pk")), does)


def _files(files: QuerySet[StoredFile], does: bool) -> list[str]:
    rows = list(files.filter(erased_at=None).select_related("order").order_by("pk"))
    for file in rows if does else ():
        erase(file)
        suffix = file.path.rpartition(".")[2]
        StoredFile.objects.filter(pk=file.pk).update(name=f"effacé.{suffix}"[:200], uploaded_by=None)
    return [f"{file.order} {file.public_id}" for file in rows]


def _messages(before: datetime, does: bool) -> list[str]:
    """To whom they went; that they went, and when, stays."""
    done = [OutboxMessage.State.SENT, OutboxMessage.State.DROPPED, OutboxMessage.State.FAILED]
    rows = OutboxMessage.objects.filter(state__in=done, created_at__lt=before, recipient__isnull=False)
    found = [str(key) for key in rows.order_by("pk").values_list("pk", flat=True)]
    for party in Party if does else ():
        # For which party it was is nobody's name, and the audit asks.
        rows.filter(data__party=party.value).update(recipient=None, data={"party": party.value})
    if does:
        rows.update(recipient=None, data={})
    return found


def _notices(before: datetime, does: bool) -> list[str]:
    """Read or not: what they are about stands in its own place."""
    return _deleted(Notice.objects.filter(created_at__lt=before), does)


# People


def _invitations(before: datetime, does: bool) -> list[str]:
    """Answered, taken back, or too old."""
    over = Q(accepted_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
    return _deleted(Invitation.objects.filter(over), does)


def _evidence(before: datetime, does: bool) -> list[str]:
    """That a SIRET was proven stays with the organisation; by whose words goes."""
    return _deleted(SiretEvidence.objects.filter(last_at__lt=before), does)


def _deleted(rows: QuerySet[Any], does: bool) -> list[str]:
    keys = [str(key) for key in rows.order_by("pk").values_list("pk", flat=True)]
    if does:
        rows.delete()
    return keys


def _accounts(before: datetime, does: bool) -> list[str]:
    """Those that nobody has signed in to since; who keeps the site is kept."""
    unused = (
        User.objects.filter(is_staff=False, is_superuser=False)
        .exclude(email__endswith=_NOBODY)
        .annotate(seen=Greatest("date_joined", Coalesce("last_login", "date_joined")))
        .filter(seen__lt=before)
        .order_by("pk")
    )
    people = list(unused)
    for person in people if does else ():
        pseudonymise(person)
    return [str(person.pk) for person in people]


#: RFC 2606: nobody has an address there.
_NOBODY = "@efface.invalid"


def pseudonymise(person: User) -> None:
    """The account becomes nobody's: no name, no address, no way in. What it did stays done, by "une personne sans nom affiché"."""
    with transaction.atomic():
        Membership.objects.filter(user=person).update(is_active=False, is_manager=False)
        person.emailaddress_set.all().delete()
        Invitation.objects.filter(email__iexact=person.email).delete()
        Notice.objects.filter(person=person).delete()
        MailPace.objects.filter(person=person).delete()
        ProConnectIdentity.objects.filter(user=person).delete()
        SiretEvidence.objects.filter(user=person).delete()
        person.authenticator_set.all().delete()
        person.email = f"{uuid.uuid4().hex}{_NOBODY}"
        person.first_name = person.last_name = ""
        person.is_active = False
        person.set_unusable_password()
        person.save()


def _parts(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


_YEAR = 365
KINDS = [
    Kind(
        "contacts", _YEAR, "name, address and telephone of an order's contact, the delivery address, who asked for its quotes",
        "until the order is over, and a year for questions about it", _contacts,
    ),
    Kind(
        "drafts", _YEAR, "what stands in a draft that nobody submitted",
        "a campaign's next round comes within a year", _drafts,
    ),
    Kind(
        "photos", 2 * _YEAR, "pictures of pieces and of damage, with who took them",
        "the legal guarantee of conformity: two years from the delivery (Code de la consommation, L217-3)", _photos,
    ),
    Kind(
        "messages", _YEAR, "to whom the site wrote, and with which words",
        "to answer who says that nothing came", _messages,
    ),
    Kind(
        "notices", 180, "what the bell says to a person",
        "half a year, to find again what was said; the thing itself stays where it is", _notices,
    ),
    Kind(
        "papers", 10 * _YEAR + 3, "agreements, commitments, delivery notes, invoices and their signed scans",
        "accounting papers: ten years (Code de commerce, L123-22)", _papers,
    ),
    Kind(
        "words", 10 * _YEAR + 3, "what people wrote: reasons, notes of the history, justifications, defects, reserves",
        "they justify a public expense as long as its papers are kept", _words,
    ),
    Kind(
        "invitations", 90, "addresses that were invited and have answered, or never did",
        "long enough to be sent again", _invitations,
    ),
    Kind(
        "evidence", 60, "what ProConnect said of a person's SIRET",
        "it is acted upon for thirty days", _evidence,
    ),
    Kind(
        "accounts", 3 * _YEAR, "accounts in which nobody has signed in",
        "three years without any contact, CNIL's rule for people who may come back", _accounts,
    ),
]  # fmt: skip


def register_kind(kind: Kind) -> None:
    """What an upper floor keeps of people. Twice is once."""
    if all(known.name != kind.name for known in KINDS):
        KINDS.append(kind)
