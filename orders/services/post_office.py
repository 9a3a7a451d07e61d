# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One connection to the mail server for a round of messages, and what is the server's fault rather than a message's."""

from __future__ import annotations

import logging
import smtplib
from types import TracebackType

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

log = logging.getLogger(__name__)

#: What says nothing about the message that was on its way: the next one would not get through either.
_TROUBLE = (
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPNotSupportedError,
)


class PostOffice:
    """``with PostOffice() as post: if post.is_open(): post.deliver(message)``. It is opened by the first who asks. Once the
    server is away, it is away until the end of the round: a dead server costs one timeout, not one a message."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._away = False

    def __enter__(self) -> PostOffice:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def is_open(self) -> bool:
        if self._away or self._connection is not None:
            return not self._away
        connection = get_connection()
        try:
            # Only a mail server is kept open: a backend that writes files makes one a message.
            if isinstance(connection, EmailBackend):
                connection.open()
        except OSError as error:  # smtplib's own are among them
            log.warning("the mail server can't be reached, messages wait: %s: %s", type(error).__name__, error)
            self._away = True
            return False
        self._connection = connection
        return True

    def deliver(self, message: EmailMessage) -> None:
        """Raises OSError: the server's fault, or its no to this message."""
        if not self.is_open():
            raise OSError("the mail server can't be reached")
        assert self._connection is not None
        connection = self._connection
        if not isinstance(connection, EmailBackend):
            self._connection, connection = None, self._connection
        try:
            if connection.send_messages([message]) != 1:
                raise OSError("the mail server took no message")
        except OSError as error:
            if isinstance(error, _TROUBLE) or not isinstance(error, smtplib.SMTPException):
                self._away = True
                self._close()
            raise

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if isinstance(connection, EmailBackend):
            try:
                connection.close()
            except OSError:
                log.info("the mail server was gone before the connection was closed", exc_info=True)
