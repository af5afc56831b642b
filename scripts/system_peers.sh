#!/bin/sh
# Sees to the programs that tests use beside Python: PostgreSQL, Redis, Chromium, Node.js with npm,
# SoftHSM and docker-compose.
# As root on Debian or Ubuntu the missing ones are installed; elsewhere they are named, and the tests that need
# them say so (and fail where CI=true).
set -u

have() { command -v "$1" >/dev/null 2>&1; }
have_postgresql() {
    have initdb && return 0
    for binary in /usr/lib/postgresql/*/bin/initdb; do [ -x "$binary" ] && return 0; done
    return 1
}
have_softhsm() {
    for library in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so /opt/homebrew/lib/softhsm/libsofthsm2.so; do
        [ -e "$library" ] && return 0
    done
    return 1
}
have_chromium() { have chromium || have chromium-browser || have google-chrome || [ -x "${CHROMIUM:-}" ]; }

missing=""
packages=""
need() { missing="$missing $1"; packages="$packages $2"; }
# Only its reading of docker-compose.yml is used, which needs no engine.
have_compose() { have docker-compose || docker compose version >/dev/null 2>&1; }

look() {
    missing=""
    packages=""
    have_postgresql || need postgresql postgresql
    have redis-server || need redis-server redis-server
    # Chromium without a font draws empty boxes.
    have_chromium || need chromium "chromium fonts-dejavu-core"
    { have node && have npm; } || need "node+npm" "nodejs npm"
    have_softhsm || need softhsm2 softhsm2
    have_compose || need docker-compose docker-compose
}

look
[ -z "$missing" ] && exit 0

if have apt-get && [ "$(id -u)" = 0 ]; then
    echo "Installing what the tests use beside Python:$missing"
    # RUNLEVEL=1: the packages shall not start services; the tests start private ones of their own.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    # shellcheck disable=SC2086  # a list of package names
    apt-get update -q >/dev/null && apt-get install -q -y --no-install-recommends $packages >/dev/null
    look
    [ -z "$missing" ] && exit 0
fi

echo "Not on this machine:$missing. Tests that need them are skipped, or fail where CI=true."
echo "  Debian, Ubuntu: sudo apt-get install$packages"
echo "  macOS: brew install postgresql redis node softhsm docker-compose; brew install --cask chromium"
