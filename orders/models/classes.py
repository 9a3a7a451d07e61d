# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A column that follows the judgement: a list of five thousand intentions can't read as many judgements."""

from __future__ import annotations

from typing import Any

from django.db import models

from orders.arbitration.classes import classes_of


class ClassesField(models.CharField):
    """``classes_of`` the row's ``judgement``, derived whenever the row is written: nobody sets it."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = classes_of(model_instance.judgement)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.CharField", arguments, options
