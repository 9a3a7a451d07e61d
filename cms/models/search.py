# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site's own index of words: the same on SQLite and on PostgreSQL, accents and capitals apart (docs/decisions/0026-own-search.md).

An entry is one thing that anybody may open; its words are rows, so a search is a look at an index of the database."""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """A page, a model, a question, a workshop… as search shows it. ``key`` says what it is ("page:12", "workshop:nimes"),
    ``stamp`` is the SHA-256 of all that was indexed of it."""

    class Kind(models.TextChoices):
        MODEL = "model", "modèle"
        PAGE = "page", "page"
        NEWS = "news", "actualité"
        QUESTION = "question", "question"
        MEETING = "meeting", "rencontre"
        RESOURCE = "resource", "ressource"
        WORKSHOP = "workshop", "atelier"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=255)
    address = models.CharField(max_length=500)  # a path of this site
    text = models.TextField(blank=True)
    stamp = models.CharField(max_length=64)

    class Meta:
        verbose_name = "entrée de la recherche"
        verbose_name_plural = "entrées de la recherche"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key


class SearchWord(models.Model):
    """A word of an entry by its stem; ``points`` say how much the entry is about it."""

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="words")
    stem = models.CharField(max_length=40)
    points = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["stem", "entry"], name="search_word_once_an_entry")]

    def __str__(self) -> str:
        return self.stem


class SearchSpelling(models.Model):
    """How a word is written: ``plain`` without accents and capitals, ``written`` as people read it."""

    plain = models.CharField(max_length=40, unique=True)
    written = models.CharField(max_length=60)
    stem = models.CharField(max_length=40, db_index=True)
    length = models.PositiveSmallIntegerField(db_index=True)

    class Meta:
        ordering = ["plain"]

    def __str__(self) -> str:
        return self.written
