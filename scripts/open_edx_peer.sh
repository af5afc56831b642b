#!/bin/sh
# Installs Open edX's LTI platform into an environment of its own (tests/peers/xblock), exactly as its lock names it.
set -eu
cd "$(dirname "$0")/../tests/peers/xblock"
"${1:-python3}" -m venv --clear .venv
.venv/bin/python -m pip --disable-pip-version-check -qq install --require-hashes -r requirements.lock
touch .venv/.installed
