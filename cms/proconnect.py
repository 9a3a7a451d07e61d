# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The client of ProConnect, the State's OpenID Connect federation for people at work.

Authlib does the protocol (authorization code, state, nonce, ID token); what is here is ProConnect's own:
a signed userinfo answer, its names for claims, its levels of assurance, no parameter that it doesn't know.
Source: partenaires.proconnect.gouv.fr/docs/fournisseur-service (implementation_technique, scope-claims, niveaux-eidas)."""

from __future__ import annotations

import logging
import secrets
import time
from functools import lru_cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests import RequestException

from accounts.registration import is_siret
from accounts.services.proconnect import ProConnectError, Vouched
from cms.settings.proconnect import WELL_KNOWN

log = logging.getLogger(__name__)

SCOPES = "openid given_name usual_name email siret uid idp_id"
#: What ProConnect signs with, by keys that it publishes. HS256, its third, would sign with the client's secret.
ALGORITHMS = ("RS256", "ES256")
#: Levels at which the tie between person and organisation was looked at by somebody else than the person (niveaux-eidas.md,
#: 1.3); at "eidas0" and "self-asserted" the SIRET may be what the person typed.
SURE_OF_SIRET = frozenset(
    {
        "eidas1",
        "eidas1-mfa",
        "eidas2",
        "eidas3",
        "https://proconnect.gouv.fr/assurance/consistency-checked",
        "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
    }
)
#: Seconds that two clocks may be apart, seconds to wait for an answer, and seconds for which the discovery document is kept.
LEEWAY = 30
PATIENCE = 10
DAY = 86_400
#: Where the ID token waits for the sign-out.
ID_TOKEN = "proconnect_id_token"

_AWAY = (
    "ProConnect ne répond pas comme prévu. Réessayez dans quelques minutes, ou connectez-vous avec votre mot de passe."
)
_FAULTS = (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError, RuntimeError)


class Federation(DjangoOAuth2App):  # type: ignore[misc]  # Authlib has no types
    def load_server_metadata(self) -> dict[str, Any]:
        """The discovery document, read again each day. What it announces is narrowed to what this site takes."""
        if time.time() - self.server_metadata.get("_loaded_at", 0) > DAY:
            with self._get_session() as session:
                response = session.request("GET", self._server_metadata_url, withhold_token=True)
            response.raise_for_status()
            metadata = response.json()
            if metadata["issuer"].rstrip("/") + WELL_KNOWN != self._server_metadata_url:
                raise ValueError(f"{self._server_metadata_url} speaks for {metadata['issuer']}")
            narrowed = {"id_token_signing_alg_values_supported": list(ALGORITHMS), "_loaded_at": time.time()}
            self.server_metadata = {**metadata, **narrowed}
        return dict(self.server_metadata)

    def signed_userinfo(self, token: dict[str, Any], subject: str) -> dict[str, Any]:
        """The claims of the userinfo answer, which must be a JWT signed by ProConnect, to this site, about ``subject``."""
        metadata = self.load_server_metadata()
        response = self.get(metadata["userinfo_endpoint"], token=token)
        response.raise_for_status()
        if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/jwt":
            raise ValueError("the userinfo answer is not signed")
        try:
            decoded = self._decoded(response.text.strip(), force=False)
        except InvalidKeyIdError:  # a new key since we looked
            decoded = self._decoded(response.text.strip(), force=True)
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True, "value": subject},
        ).validate(decoded.claims)
        return dict(decoded.claims)

    def _decoded(self, text: str, *, force: bool) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        return jwt.decode(text, KeySet.import_key_set(self.fetch_jwk_set(force=force)), registry=registry)


@lru_cache(maxsize=4)
def _federation(url: str, client_id: str, client_secret: str) -> Federation:
    return Federation(
        DjangoIntegration("proconnect"),
        "proconnect",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=url,
        client_kwargs={
            "scope": SCOPES,
            "token_endpoint_auth_method": "client_secret_post",
            "default_timeout": PATIENCE,
            "leeway": 5,  # ProConnect's access tokens live 60 s, which Authlib would take for over
        },
    )


def federation() -> Federation:
    return _federation(**settings.TRETEAU_PROCONNECT)


def random_word() -> str:
    """43 signs; ProConnect wants 32 at least in a state and in a nonce."""
    return secrets.token_urlsafe(32)


def start(request: HttpRequest, come_back: str) -> HttpResponse:
    """To ProConnect; ``come_back`` is the whole address that is registered there. Raises ProConnectError."""
    try:
        response: HttpResponse = federation().authorize_redirect(
            request, come_back, state=random_word(), nonce=random_word(), acr_values="eidas1"
        )
    except _FAULTS as error:
        raise _told(error) from error
    return response


def finish(request: HttpRequest) -> Vouched:
    """Who came back from ProConnect, every signature and claim looked at; the ID token is kept in the session for the
    sign-out. Raises ProConnectError: for a state that is not this browser's, a code that was used, a token that is not from
    ProConnect, not for this site, not of this sign-in or too old."""
    client = federation()
    try:
        issuer = client.load_server_metadata()["issuer"]
        token = client.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": client.client_id},
            },
            leeway=LEEWAY,
        )
        about = token["userinfo"]
        if not 0 < len(about["sub"]) <= 255:
            raise ValueError("the subject is longer than OpenID Connect has it")
        claims = client.signed_userinfo(token, about["sub"])
    except _FAULTS as error:
        raise _told(error) from error
    vouched = _vouched(issuer, about, claims)
    request.session[ID_TOKEN] = token["id_token"]
    return vouched


def leave(request: HttpRequest, id_token: str, come_back: str) -> str:
    """The address at which ProConnect ends its own session and sends back to ``come_back``. Raises ProConnectError."""
    try:
        response = federation().logout_redirect(
            request, post_logout_redirect_uri=come_back, id_token_hint=id_token, state=random_word()
        )
    except _FAULTS as error:
        raise _told(error) from error
    return str(response["Location"])


def has_left(request: HttpRequest) -> bool:
    """Did this browser come back from the sign-out that it was sent to? Once."""
    try:
        federation().validate_logout_response(request)
    except _FAULTS:
        return False
    return True


def _told(error: Exception) -> ProConnectError:
    code = getattr(error, "error", "")
    if code == "access_denied":
        return ProConnectError("access_denied", "Vous avez quitté ProConnect sans vous connecter.")
    log.warning("ProConnect: %s: %.300r", type(error).__name__, str(error))
    if code in ("mismatching_state", "invalid_grant"):
        return ProConnectError(
            code, "Cette connexion a déjà servi, a trop attendu ou vient d’un autre navigateur. Recommencez-la."
        )
    return ProConnectError(f"{type(error).__name__}: {error}", _AWAY)


def _vouched(issuer: str, about: dict[str, Any], claims: dict[str, Any]) -> Vouched:
    email = claims.get("email")
    email = email.strip().lower() if isinstance(email, str) else ""
    try:
        validate_email(email)
        # No claim is ProConnect's silence: its identity providers vouch for the addresses that they hand out.
        if claims.get("email_verified", True) is not True or len(email) > 254:
            raise ValidationError("not verified")
    except ValidationError as error:
        log.warning("ProConnect: no verified e-mail address")
        raise ProConnectError(
            "no verified e-mail address",
            "ProConnect ne garantit pas votre adresse électronique : adressez-vous au service informatique de votre "
            "organisation, ou créez un compte avec un mot de passe.",
        ) from error
    siret, acr = _text(claims.get("siret"), 14), _text(about.get("acr"), 100)
    return Vouched(
        issuer=issuer,
        subject=about["sub"],
        email=email,
        first_name=_text(claims.get("given_name"), 150),
        last_name=_text(claims.get("usual_name"), 150),
        siret=siret if acr in SURE_OF_SIRET and is_siret(siret) else "",
        idp_id=_text(claims.get("idp_id"), 100),
        acr=acr,
    )


def _text(value: Any, most: int) -> str:
    """One line of printable signs; blank for what is no text."""
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in " ".join(value.split()) if sign.isprintable())[:most].strip()
