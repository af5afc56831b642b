#!/bin/sh
# Installs the npm programs that check what we issue (tests/peers), exactly as their lock names them.
set -eu
cd "$(dirname "$0")/../tests/peers"
if ! command -v npm >/dev/null 2>&1; then
    echo "npm is not on this machine: tests that ask other people's verifiers are skipped, or fail where CI=true."
    exit 0
fi
echo "Installing the peers of the interoperability tests (npm)"
npm ci --silent --no-audit --no-fund
touch node_modules/.installed
