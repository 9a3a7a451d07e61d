# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done with published revisions: makers' remarks are kept with them, and answered by whoever looks after the model."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Notice, Organisation, User, is_coordinator
from accounts.services.notices import notify
from designs import plain_text
from designs.errors import RemarkError
from designs.models import MAX_AUTHOR, MAX_REMARK, Care, DesignRevision, Remark
from designs.services.roles import designers_of, designs_of, drafts_of
from designs.typography import SPACE, THIN

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

#: Characters of an answer.
MOST_ANSWER = 2_000
_NBSP = "\N{NO-BREAK SPACE}"
_CODE = re.compile(r"P[0-9]{2,4}")


def remark(
    revision: DesignRevision,
    part_code: str,
    text: str,
    *,
    author: str = "",
    job_key: str = "",
    parts: Collection[str] = (),
    parameters: Mapping[str, Any] | None = None,
    written_by: User | None = None,
) -> Remark:
    """Keep a remark on a part (``P07``) with the revision. ``written_by`` is told of the answer, and of the revision that takes
    the remark into account.

    ``parts`` are the codes that the piece has in these sizes, where the caller knows them. Raises RemarkError for a
    part that there is not, for a text that is empty, longer than 2000 characters or no text, and for a name longer
    than 100; nothing is kept then.
    """
    code = part_code.strip().upper()
    if not _CODE.fullmatch(code) or (parts and code not in parts):
        there = f"; it has {', '.join(parts)}" if parts else ""
        raise RemarkError(
            f"{revision} has no part {part_code[:20]!r}{there}",
            f"Ce modèle n’a pas de pièce «{_NBSP}{part_code[:20]}{_NBSP}».",
        )
    words = plain_text.kept(text)
    if not words:
        raise RemarkError("the remark says nothing", "Écrivez ce que vous avez constaté.")
    if len(words) > MAX_REMARK:
        raise RemarkError(
            f"the remark has {len(words)} characters, {MAX_REMARK} at most",
            f"La remarque est trop longue{_NBSP}: 2\N{NARROW NO-BREAK SPACE}000 caractères au plus.",
        )
    name = " ".join(plain_text.kept(author).split())
    if len(name) > MAX_AUTHOR:
        raise RemarkError(
            f"the author's name has {len(name)} characters, {MAX_AUTHOR} at most",
            f"Le nom est trop long{_NBSP}: {MAX_AUTHOR} caractères au plus.",
        )
    with transaction.atomic():
        kept = Remark.objects.create(
            revision=revision,
            part_code=code,
            text=words,
            author=name,
            job_key=job_key,
            parameters=dict(parameters or {}),
            written_by=written_by,
        )
        tell_designers(kept, str(revision.texts.get("title", revision.design)))
    return kept


def remarks_of(user: User | AnonymousUser) -> QuerySet[Remark]:
    """Those that this person may answer: on the models in their care or of their bureaus, all for a coordinator."""
    if is_coordinator(user):
        return Remark.objects.all()
    cared, drawn = designs_of(user).values("design"), drafts_of(user).values("slug")
    return Remark.objects.filter(Q(revision__design__in=cared) | Q(revision__design__in=drawn))


def answer(remark: Remark, text: str, *, actor: User) -> Remark:
    """Kept with the remark, and shown on the model's page; a later one takes its place. Raises RemarkError, also for whoever
    does not look after the model."""
    with transaction.atomic():
        fresh = remarks_of(actor).select_for_update(of=("self",)).filter(pk=remark.pk).first()
        if fresh is None:
            raise RemarkError("not this person's to answer", "Cette remarque n’est pas à vous.")
        words = plain_text.kept(text)
        if not words:
            raise RemarkError("the answer says nothing", "Écrivez votre réponse.")
        if len(words) > MOST_ANSWER:
            raise RemarkError(
                f"the answer has {len(words)} characters",
                f"La réponse est trop longue{SPACE}: 2{THIN}000 caractères au plus.",
            )
        fresh.answer, fresh.status = words, Remark.Status.ANSWERED
        fresh.answered_at, fresh.answered_by = timezone.now(), actor
        fresh.save(update_fields=["answer", "status", "answered_at", "answered_by"])
        _tell_author(fresh, "answered", f"Réponse à votre remarque sur {_where(fresh)}{SPACE}: {words}")
        return fresh


def close(remark: Remark, *, actor: User) -> Remark:
    """Nothing is to be said of it (a machine's own fault, the same thing twice). Raises RemarkError."""
    closed = remarks_of(actor).filter(pk=remark.pk, status=Remark.Status.OPEN).update(status=Remark.Status.CLOSED)
    if not closed:
        raise RemarkError("not open, or not this person's", "Cette remarque n’attend plus de réponse.")
    remark.refresh_from_db()
    return remark


def later_revisions(remarks: Iterable[Remark]) -> dict[int, list[DesignRevision]]:
    """By remark (primary key): the published revisions after the one that it is about, the latest first. One query. Remarks come
    with their ``revision``."""
    rows = list(remarks)
    of_design: dict[str, list[DesignRevision]] = {}
    found = DesignRevision.objects.filter(design__in={row.revision.design for row in rows})
    for revision in found.defer("content").order_by("-number"):
        of_design.setdefault(revision.design, []).append(revision)
    return {
        row.pk: [
            one for one in of_design.get(row.revision.design, []) if (one.number or 0) > (row.revision.number or 0)
        ]
        for row in rows
    }


def close_by(remark: Remark, revision: DesignRevision, *, actor: User) -> Remark:
    """This later revision of the model took it into account: shown on the model's page, and told to who wrote it. Another one
    said later takes its place. Raises RemarkError, also for whoever does not look after the model."""
    with transaction.atomic():
        fresh = (
            remarks_of(actor).select_for_update(of=("self",)).filter(pk=remark.pk).select_related("revision").first()
        )
        if fresh is None:
            raise RemarkError("not this person's to close", "Cette remarque n’est pas à vous.")
        about = fresh.revision
        if revision.design != about.design or (revision.number or 0) <= (about.number or 0):
            raise RemarkError(
                f"{revision} is no later revision than {about}",
                f"Choisissez une révision parue après la {about.number} de ce modèle.",
            )
        if fresh.closed_by_id == revision.pk:
            return fresh
        fresh.closed_by, fresh.status = revision, Remark.Status.CLOSED
        fresh.save(update_fields=["closed_by", "status"])
        said = f"Votre remarque sur {_where(fresh)} est prise en compte{SPACE}: corrigé dans la révision {revision.number}."
        _tell_author(fresh, f"closed.{revision.pk}", said)
        return fresh


def _where(remark: Remark) -> str:
    return f"{remark.revision.title}, pièce {remark.part_code}"


def _tell_author(remark: Remark, what: str, text: str) -> None:
    """In the bell of who wrote it, if an account did."""
    if remark.written_by_id is not None:
        notify(
            [remark.written_by_id], f"remark.{remark.pk}.{what}", text, kind=Notice.Kind.MODEL, place="model",
            args=[remark.revision.design], anchor="vie",
        )  # fmt: skip


def entrust(design: str, organisations: Iterable[Organisation], *, actor: User) -> None:
    """These, and no others, look after the model. Raises RemarkError for whoever is no coordinator, or for an organisation that
    does not design."""
    chosen = list(organisations)
    if not is_coordinator(actor):
        raise RemarkError("only a coordinator entrusts a model", "Seule la coordination confie un modèle.")
    if any(one.kind != Organisation.Kind.DESIGNER or one.archived_at is not None for one in chosen):
        raise RemarkError("not an organisation of designers", "Choisissez un bureau de création.")
    with transaction.atomic():
        Care.objects.filter(design=design).exclude(organisation__in=chosen).delete()
        for organisation in chosen:
            Care.objects.get_or_create(design=design, organisation=organisation)


def tell_designers(remark: Remark, title: str) -> int:
    """In the bell of everybody who looks after the model; returns how many were told."""
    people = designers_of(remark.revision.design)
    text = f"Remarque sur {title}, pièce {remark.part_code}{SPACE}: {remark.text}"
    return notify(
        people, f"remark.{remark.pk}", text, kind=Notice.Kind.MODEL, place="remarks", anchor=f"remarque-{remark.pk}"
    )
