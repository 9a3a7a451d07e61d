# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau design import`` and ``publish``: a folder becomes a draft of the site, through the studio's own services.

Needs the site's settings: those of DJANGO_SETTINGS_MODULE, else the demo's. Nothing here may do what the person named by
``--as`` may not do in the studio.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designs.errors import DesignError
from designs.folder import Folder
from treteau.designing_jail import warm_jail
from treteau.exits import DONE, FAULTY
from treteau.oneline import one_line
from treteau.output import console, only_ours, print_json
from treteau.remarks import SETTINGS

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from designs.models import DesignDraft, DesignRevision
    from fabrication.models import Job


class SiteError(DesignError):
    """There is no site here, or it knows nobody of that address."""


@contextlib.contextmanager
def _site() -> Iterator[None]:
    """Raises SiteError where no database is set up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    try:
        django.setup()
        yield
    except (DatabaseError, ImproperlyConfigured) as error:
        raise SiteError(
            f"no database of a site here ({error}): set DJANGO_SETTINGS_MODULE, or run manage.py migrate"
        ) from error


def revision(identifier: str, number: int | None) -> Folder | None:
    """A published revision of the database, the last one without a number; None where none is there."""
    with _site():
        from designs.models import DesignRevision
        from designs.services.folders import folder_of

        rows = DesignRevision.objects.filter(design=identifier).order_by("-number")
        row = (rows if number is None else rows.filter(number=number)).select_related("adapted_from").first()
        return folder_of(row) if row else None


def bring(path: Path, email: str, organisation: str, *, as_json: bool) -> int:
    """Save the folder as a draft and return 0; 2 with a line for each text or field that the site refuses.

    Raises FolderError, OSError, SiteError, StudioError."""
    from treteau.designing_folders import read

    folder = read(path)
    with _site(), _placed(path):
        draft, what = _kept(folder, email, organisation)
    if as_json:
        print_json({"design": draft.slug, "draft": what, "digest": folder.content.digest})
    else:
        console().print(f"{draft.slug}: {_SAID[what]}", soft_wrap=True)
    return DONE


_SAID = {
    "begun": "a new draft",
    "saved": "saved as the draft's latest state",
    "same": "the draft's latest state is the same",
}


@contextlib.contextmanager
def _placed(path: Path) -> Iterator[None]:
    """A text that the site does not take is said with its line, as any other fault of the folder."""
    from designs.folder import line_of
    from designs.folder_files import MODEL, FolderError
    from designs.studio_errors import StudioError

    try:
        yield
    except StudioError as error:
        for field, french in error.messages.items():
            model = path / MODEL
            line = line_of(model.read_text(encoding="utf-8"), field.removeprefix("texts.")) if model.is_file() else 0
            raise FolderError(french, french, MODEL, line) from error
        raise


def _kept(folder: Folder, email: str, organisation: str) -> tuple[DesignDraft, str]:
    """The draft, and what became of the folder. What is there already is not saved again: a reviewer may publish it, and it stays
    in review."""
    from designs.services import drafting
    from designs.services.folders import begin, folder_of_draft
    from designs.services.roles import draft_to_read
    from designs.studio_errors import NotYoursError

    actor = _person(email)
    try:
        draft = draft_to_read(actor, folder.slug)
    except NotYoursError:
        return begin(folder, organisation=_bureau(actor, organisation), actor=actor), "begun"
    there = folder_of_draft(draft)
    if (there.content, there.texts) == (folder.content, folder.texts):
        return draft, "same"
    data: dict[str, Any] = {"content": folder.content.as_data(), "texts": dict(folder.texts)}
    # A shell has no second window: what it saw is what there is now, and the history keeps the state before.
    before = drafting.state_id(draft)
    after = drafting.save(draft, data, actor=actor, based_on=before)
    return drafting.draft_of(actor, folder.slug), "same" if after == before else "saved"


def _person(email: str) -> User:
    from accounts.models import User

    found = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if found is None:
        raise SiteError(f"nobody has the address {email[:100]!r} here")
    return found


def _bureau(actor: User, name: str) -> Organisation:
    """Of whom a new draft is. Raises SiteError, which names the choices."""
    from designs.services.roles import bureaus_of

    bureaus = list(bureaus_of(actor).order_by("name", "pk"))
    chosen = [bureau for bureau in bureaus if not name or bureau.name.casefold() == name.strip().casefold()]
    if len(chosen) == 1:
        return chosen[0]
    if not bureaus:
        raise SiteError(f"{actor.email} designs for no organisation: register a bureau of designers on the site first")
    names = ", ".join(bureau.name for bureau in bureaus)
    raise SiteError(f"{actor.email} designs for several: say --organisation, one of {names}" if not name else f"{actor.email} does not design for {name[:60]!r}; for {names}")  # fmt: skip


def publish(path: Path, email: str, organisation: str, *, seconds: int, as_json: bool) -> int:
    """Save, check, compare, submit; publish where this person may. 0: submitted or published; 1: checks have faults, or
    something is missing, the draft is kept all the same.

    Raises as ``bring``."""
    from treteau.designing_folders import read

    folder = read(path)
    with _site():
        from designs.services.candidates import candidate
        from designs.services.finding import latest
        from designs.studio_errors import PublicationRefused
        from fabrication.services import request_changes, request_check

        with _placed(path):
            draft, what = _kept(folder, email, organisation)
        actor = _person(email)
        state = candidate(draft, actor=actor)
        current = latest(draft.slug)
        jobs = [request_check(state, again=True)]
        if current is not None and current.digest != state.digest:
            jobs.append(request_changes(state, current, again=True))
        with warm_jail():
            facts = [_done(job, seconds) for job in jobs]
        faults = [check for check in facts[0].get("checks", []) if check["state"] == "fault"]
        if faults:
            _tell(draft.slug, {"draft": what, "published": False, "checks": faults}, as_json)
            return FAULTY
        published: DesignRevision | None = None
        try:
            published = _published(draft, actor)
        except PublicationRefused as refused:
            _tell(draft.slug, {"draft": what, "published": False, "missing": refused.messages}, as_json)
            return FAULTY
    said: dict[str, Any] = {"draft": what, "submitted": True, "published": published is not None}
    if published is not None:
        said |= {"number": published.number, "version": published.version, "digest": published.digest}
    _tell(draft.slug, said, as_json)
    return DONE


def _published(draft: DesignDraft, actor: User) -> DesignRevision | None:
    """None where another person has to read it first: then it is in review. Raises PublicationRefused for what is missing."""
    from designs.services import publishing, reviewing
    from designs.services.roles import is_reviewer
    from designs.studio_errors import LockedError, PublicationRefused

    try:
        if is_reviewer(actor):
            return publishing.publish(draft, actor=actor)
        publishing.require_publishable(draft.state())
    except PublicationRefused as refused:
        if set(refused.messages) != {"approval"}:  # nobody's own approval is enough
            raise
    with contextlib.suppress(LockedError):  # it is there already
        reviewing.submit(draft, actor=actor)
    return None


def _done(job: Job, seconds: int) -> Mapping[str, Any]:
    """What a job found. Done here, unless a worker has it already: then waited for."""
    from fabrication.artefacts import file_of
    from fabrication.models import Job
    from fabrication.work import run

    ends = time.monotonic() + seconds
    while True:
        with only_ours():
            run(job.pk)
        job.refresh_from_db()
        if job.state == Job.State.DONE:
            assert job.facts is not None  # a constraint of the table
            found: Mapping[str, Any] = json.loads(file_of(job.facts).read_bytes())
            return found
        if job.state == Job.State.REFUSED:
            return {"checks": [{"name": "build", "state": "fault", "french": job.reason}]}
        if job.state == Job.State.FAILED:
            raise SiteError(f"{job.kind}: {one_line(job.reason)}")
        if time.monotonic() > ends:
            raise SiteError(f"the checks are not done after {seconds} s; the draft is kept, and they go on")
        time.sleep(0.5)


def _tell(slug: str, said: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print_json({"design": slug, **said})
        return
    out = console()
    for check in said.get("checks", []):
        out.print(f"{check['name']}: {one_line(check['french'])}", soft_wrap=True)
    for name, french in said.get("missing", {}).items():
        out.print(f"{name}: {one_line(french)}", soft_wrap=True)
    if said.get("published"):
        out.print(f"{slug}: published as revision {said['number']}, version {said['version']}", soft_wrap=True)
    elif said.get("submitted"):
        out.print(f"{slug}: {_SAID[said['draft']]}, submitted to the reviewers", soft_wrap=True)
    else:
        out.print(f"{slug}: {_SAID[said['draft']]}; not submitted, for the reasons above", soft_wrap=True)
