# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Saying something to people: a row each for the bell, in the transaction of what it is about.

Some of it goes out by e-mail too. Letters that carry a decision or something signed, and all that an account needs, go at once;
the others go as often as their reader wants (MailPace)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import MailPace, Membership, Notice, Role, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

Pace = MailPace.Pace
#: Of Europe/Paris: when a day's digest is due.
DIGEST_AT = time(7)
#: Characters of a notice.
_LONGEST = 200
_SALT = "accounts.notices.stop"
#: More unread ones than this are "99+": nobody counts them.
MOST_COUNTED = 100


def paces_of(people: Iterable[int]) -> dict[int, Pace]:
    """Of those (primary keys) who have said one; all others: at once. One query."""
    rows = MailPace.objects.filter(person__in=set(people)).values_list("person", "pace")
    return {person: Pace(pace) for person, pace in rows}


def pace_of(user: User) -> Pace:
    return paces_of([user.pk]).get(user.pk, Pace.NOW)


def mail_of(pace: Pace, *, has_letter: bool, at_once: bool = False) -> str:
    """What becomes of a notice's e-mail. ``has_letter``: there is a letter of its own; ``at_once``: whatever its reader wants."""
    if has_letter and (at_once or pace is Pace.NOW):
        return Notice.Mail.SENT
    return Notice.Mail.WAITING if pace in (Pace.DAILY, Pace.WEEKLY) else Notice.Mail.NONE


def notify(
    people: Iterable[User | int],
    key: str,
    text: str,
    *,
    kind: Notice.Kind,
    place: str = "",
    args: Sequence[Any] = (),
    anchor: str = "",
    at: datetime | None = None,
    has_letter: bool = False,
) -> int:
    """One notice a person, under ``key``: said again it is not said twice. ``has_letter``: these people get a letter of their
    own about it, at once. Returns for how many people."""
    keys = list(dict.fromkeys(person if isinstance(person, int) else person.pk for person in people))
    paces = paces_of(keys)
    rows = [
        Notice(
            person_id=pk,
            key=f"{key}.{pk}",
            kind=kind,
            text=shortened(text),
            place=place,
            place_args=[str(one) for one in args],
            anchor=anchor,
            created_at=at or timezone.now(),
            mail=mail_of(paces.get(pk, Pace.NOW), has_letter=has_letter, at_once=has_letter),
        )
        for pk in keys
    ]
    keep(rows)
    return len(rows)


def keep(rows: Iterable[Notice]) -> None:
    """Two workers at once write the same keys: one of each comes through."""
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def shortened(text: str) -> str:
    """One line, whatever somebody typed into a name."""
    line = " ".join("".join(c if c.isprintable() or c in _KEPT else " " for c in text).split(" ")).strip()
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


_KEPT = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


def people_of_organisation(organisation: Any, role: Role) -> list[User]:
    """Active people of it in this role."""
    memberships = Membership.objects.filter(organisation=organisation, role=role, is_active=True)
    return list(User.objects.filter(is_active=True, pk__in=memberships.values("user")).order_by("pk"))


def address_of(notice: Notice) -> str:
    """The path of the page that it is about; "" where there is none any more."""
    if not notice.place:
        return ""
    try:
        path = reverse(notice.place, args=notice.place_args)
    except NoReverseMatch:
        return ""
    return f"{path}#{notice.anchor}" if notice.anchor else path


def unread_count(user: User | AnonymousUser) -> int:
    """At most MOST_COUNTED; one query."""
    return Notice.objects.of(user).unread().order_by()[:MOST_COUNTED].count()


def mark_read(user: User, notice: int | None = None) -> int:
    """One of one's own, or all of them; returns how many were unread."""
    rows = Notice.objects.of(user).unread()
    if notice is not None:
        rows = rows.filter(pk=notice)
    return rows.update(read_at=timezone.now())


def set_pace(user: User, pace: Pace, now: datetime | None = None) -> MailPace:
    """From the next digest on. Who asks for a digest after this day's was due gets the next one; what waits for a digest that
    is not wanted any more is on the site alone."""
    with transaction.atomic():
        row, _ = MailPace.objects.select_for_update().get_or_create(person=user)
        last = last_due(now or timezone.now())
        row.digested_on = max(row.digested_on or last, last)
        row.pace = pace
        row.save()
        if pace is Pace.NEVER:
            Notice.objects.filter(person=user, mail=Notice.Mail.WAITING).update(mail=Notice.Mail.NONE)
    return row


def last_due(now: datetime) -> date:
    """The last day whose digest is due by now: today from 7:00 in France on, yesterday before. Clocks that jump in the night
    change nothing of it: 7:00 comes once on every day."""
    local = timezone.localtime(now)
    return local.date() if local.time() >= DIGEST_AT else local.date() - timedelta(days=1)


def stop_token(user: User) -> str:
    """For the address by which one click in a mail reader stops letters; only the site can make it."""
    return signing.dumps(user.pk, salt=_SALT)


def person_of(token: str) -> User | None:
    """Whose token this is; None for what is none."""
    try:
        pk = signing.loads(token[:200], salt=_SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk, is_active=True).first()
