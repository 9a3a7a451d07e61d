#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# OpenCASCADE links libGL and libX11, WeasyPrint loads Pango, which pip can't bring: install them where we may, else say so.
set -eu

missing() {
    ${PYTHON:-python3} - <<'PROBE'
import ctypes, sys
for name, package in (
    ("libGL.so.1", "libgl1"),
    ("libX11.so.6", "libx11-6"),
    ("libpango-1.0.so.0", "libpango-1.0-0"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0-0"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset0"),
):
    try:
        ctypes.CDLL(name)
    except OSError:
        print(package)
PROBE
}

case "$(uname -s)" in Linux) ;; *) exit 0 ;; esac  # elsewhere the wheels need nothing more
packages=$(missing)
[ -n "$packages" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q
    # shellcheck disable=SC2086  # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages
    packages=$(missing)
    [ -n "$packages" ] || exit 0
fi
echo "OpenCASCADE and WeasyPrint need system libraries (libGL, libX11, Pango): install them first" \
     "(Debian, Ubuntu: sudo apt-get install $(echo $packages))." >&2
exit 1
