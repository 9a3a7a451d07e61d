# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Making and delivering an order, defects, and every piece’s passport."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from cms.views.making import board, claims, listing, marks, moving, passport, prepare, revision, ticking, work

_MAKING = "fabrication/<uuid:public_id>/"
_ORDER = "commandes/<uuid:public_id>/"
_PASSPORT = "passeport/<str:code>/"
_UUID = r"(?P<public_id>[0-9a-f]{8}-[0-9a-f-]{27})"
_CODE, _PART = r"(?P<code>[^/]+)", r"(?P<part>[A-Z]{1,3}[0-9]{1,4})"

urlpatterns: list[URLPattern | URLResolver] = [
    path("fabrication/", board.board, name="board"),
    path("fabrication/commandes/", listing.orders, name="made-orders"),
    path("fabrication/etat.json", board.state, name="board-state"),
    path(_MAKING, work.making, name="making"),
    path(f"{_MAKING}commencer/", work.start, name="making-start"),
    path(f"{_MAKING}lignes/<int:position>/preparer/", prepare.prepare, name="making-prepare"),
    path(f"{_MAKING}lignes/<int:position>/revision/", revision.revision, name="making-revision"),
    path(f"{_MAKING}lignes/<int:position>/avancement/", work.stages, name="making-stages"),
    path(f"{_MAKING}etat.json", ticking.state, name="making-state"),
    re_path(
        rf"^fabrication/{_UUID}/panneaux/(?P<production>[0-9]{{1,18}})/(?P<sheet>[0-9]{{1,4}})/$",
        ticking.tick,
        name="making-sheet",
    ),
    path(f"{_MAKING}photos/", work.photo, name="making-photo"),
    path(f"{_MAKING}expedier/", moving.ship, name="making-ship"),
    path(f"{_MAKING}etiquettes.pdf", marks.labels, name="making-labels"),
    re_path(
        rf"^fabrication/{_UUID}/gravure-(?P<number>T[0-9]{{2}}-[0-9]{{6,}})\.(?P<form>svg|dxf)$",
        marks.engraving,
        name="making-engraving",
    ),
    path(f"{_ORDER}arrivee/", moving.receive, name="order-receive"),
    path(f"{_ORDER}reception/", moving.accept, name="order-accept"),
    path(f"{_ORDER}reclamations/nouvelle/", claims.new, name="claim-new"),
    path(f"{_ORDER}reclamations/<uuid:claim_id>/", claims.claim, name="claim"),
    path(f"{_ORDER}reclamations/<uuid:claim_id>/clore/", claims.resolve, name="claim-resolve"),
    path(f"{_ORDER}photos/<int:pk>.jpg", marks.photo, name="order-photo"),
    path(_PASSPORT, passport.passport, name="passport"),
    path(f"{_PASSPORT}notice.pdf", passport.notice, name="passport-notice"),
    re_path(rf"^passeport/{_CODE}/code\.(?P<form>svg|png)$", passport.qr, name="passport-code"),
    re_path(rf"^passeport/{_CODE}/{_PART}/$", passport.part, name="passport-part"),
    re_path(rf"^passeport/{_CODE}/{_PART}\.(?P<form>dxf|svg|pdf)$", passport.part_file, name="passport-part-file"),
    re_path(rf"^passeport/{_CODE}/{_PART}/dessin\.svg$", passport.picture, name="passport-part-picture"),
]
