#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# Chromium, pdftoppm, PostgreSQL, LibreCAD, Java (for the checker of HTML), LinuxCNC's interpreter and bubblewrap, for the tests that need them: installed
# where we may; elsewhere those tests skip and say why, so this script never fails for a missing tool unless CI
# asks for every test.
set -eu

missing() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
        || echo chromium
    command -v pdftoppm >/dev/null || echo poppler-utils
    command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || echo postgresql
    command -v librecad >/dev/null || echo librecad
    command -v java >/dev/null || echo default-jre-headless
    command -v rs274 >/dev/null || echo linuxcnc-uspace
    command -v bwrap >/dev/null || echo bubblewrap
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" || true
}

# LinuxCNC's package wants GTK, Tk and OpenGL for its screens, 200 MB; its interpreter wants four libraries. So the
# package (21 MB) is only unpacked, what the interpreter needs is kept (3 MB), and only its libraries are installed.
install_rs274() {
    folder=$(mktemp -d)
    (
        cd "$folder"
        apt-get download -q linuxcnc-uspace
        dpkg-deb -x linuxcnc-uspace_*.deb tree
        # shellcheck disable=SC2046  # several words are wanted
        install $(dpkg-deb -f linuxcnc-uspace_*.deb Depends | tr ',|' '\n\n' | sed 's/ *(.*//; s/^ *//; s/ *$//' \
            | grep -E '^(libboost-python[0-9.]*|libpython3[0-9.]*|libedit2|libtirpc3(t64)?)$' | sort -u)
        rm -rf /usr/local/lib/rs274
        mkdir -p /usr/local/lib/rs274
        cp tree/usr/bin/rs274 /usr/local/lib/rs274/
        find tree/usr/lib -maxdepth 2 -name 'lib*.so*' -exec cp -P {} /usr/local/lib/rs274/ ';'
        printf '#!/bin/sh\nLD_LIBRARY_PATH=/usr/local/lib/rs274 exec /usr/local/lib/rs274/rs274 "$@"\n' \
            >/usr/local/bin/rs274
        chmod 755 /usr/local/bin/rs274
    ) || true
    rm -rf "$folder"
}

packages=$(missing)
[ -n "$packages" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q || true
    for package in $packages; do  # one by one: what one distribution lacks must not keep the others away
        case $package in
            linuxcnc-uspace) install_rs274 ;;
            *) install "$package" ;;
        esac
    done
    packages=$(missing)
    [ -n "$packages" ] || exit 0
fi
echo "Tests that need $(echo $packages) will be skipped; to run them: sudo apt-get install $(echo $packages)" >&2
