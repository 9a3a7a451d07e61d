#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# Chromium, pdftoppm and PostgreSQL, for the tests that need them: installed where we may; elsewhere those
# tests skip and say why, so this script never fails for a missing tool unless CI asks for every test.
set -eu

missing() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
        || echo chromium
    command -v pdftoppm >/dev/null || echo poppler-utils
    command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || echo postgresql
}

packages=$(missing)
[ -n "$packages" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q || true
    for package in $packages; do  # one by one: what one distribution lacks must not keep the others away
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$package" || true
    done
    packages=$(missing)
    [ -n "$packages" ] || exit 0
fi
echo "Tests that need $(echo $packages) will be skipped; to run them: sudo apt-get install $(echo $packages)" >&2
