# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every address of the site: in French, since people read them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.documents.views import serve as wagtail_documents
from wagtail.utils.urlpatterns import decorate_urlpatterns

from cms.public_forms import public_form
from cms.security import editors_only
from cms.views import followups, jobs, wellknown

# Editors' pages and documents are anybody's, but those that an editor shut away, which Wagtail itself keeps shut.
for view in (
    wagtail_views.serve,
    wagtail_views.authenticate_with_password,
    wagtail_documents.serve,
    wagtail_documents.authenticate_with_password,
):
    login_not_required(view)
#: Wagtail's own sign-in pages ask for no second factor: nobody gets there.
_sign_in = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))

urlpatterns = [
    path("favicon.ico", wellknown.favicon),
    path("robots.txt", wellknown.robots),
    path("gestion/login/", _sign_in),
    path("_util/login/", _sign_in),
    path("gestion/", include(decorate_urlpatterns(wagtailadmin_urls.urlpatterns, editors_only))),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("cms.routes.models")),
    path("", include("cms.routes.configurator")),
    path("travaux/<uuid:public_id>/", jobs.job_page, name="job"),
    path("travaux/<uuid:public_id>/etat.json", jobs.job_state, name="job-state"),
    path("travaux/<uuid:public_id>/piece/", followups.part_again, name="part-again"),
    path("travaux/<uuid:public_id>/mesure/", followups.measured, name="job-measured"),
    path("travaux/<uuid:public_id>/disposition/", followups.better_layout, name="better-layout"),
    path("travaux/<uuid:public_id>/refaire/", followups.relaid, name="relaid"),
    path("travaux/<uuid:public_id>/remarque/", followups.remark_on_part, name="remark"),
    path("travaux/<uuid:public_id>/panneaux/<int:index>/", jobs.sheet_page, name="job-sheet"),
    path("travaux/<uuid:public_id>/archive", jobs.archive, name="job-archive"),
    path("travaux/<uuid:public_id>/fichiers/<path:name>", jobs.one_file, name="job-file"),
    path("", include("cms.routes.accounts")),
    path("", include("cms.routes.notices")),
    path("", include("cms.routes.makers")),
    path("", include("cms.routes.imports")),
    path("", include("cms.routes.geography")),
    path("", include("cms.routes.matching")),
    path("", include("cms.routes.quotes")),
    path("", include("cms.routes.campaigns")),
    path("", include("cms.routes.eligibility")),
    path("", include("cms.routes.orders")),
    path("", include("cms.routes.arbitration")),
    path("", include("cms.routes.choosing")),
    path("", include("cms.routes.making")),
    path("", include("cms.routes.papers")),
    path("", include("cms.routes.figures")),
    path("", include("cms.routes.meetings")),
    path("", include("cms.routes.search")),
    path("", include("cms.routes.findable")),
    path("", include("cms.routes.api")),
    path("", include("cms.routes.outbox")),
    path("", include("cms.routes.editors")),
    path("", include("cms.routes.studio")),
    # Forms on editors' pages (contact, registrations) are known by their origin.
    re_path(wagtail_urls.serve_pattern, public_form(wagtail_views.serve), name="wagtail_serve"),
    path("", include(wagtail_urls)),
]

handler400 = "cms.views.errors.bad_request"
handler403 = "cms.views.errors.forbidden"
handler404 = "cms.views.errors.not_found"
handler500 = "cms.views.errors.server_error"
