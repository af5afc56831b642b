#!/bin/sh
# Prints the first Python >= 3.11 that really runs and can make a virtual environment. Version managers leave
# commands on the PATH that only say "not installed", so each candidate is tried, not looked up.
for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        command -v "$candidate"
        exit 0
    fi
done
echo "LTI Badges needs Python 3.11 or later with its venv module, and none was found." >&2
echo "Debian, Ubuntu: apt-get install python3 python3-venv. macOS: brew install python. Or name one: make PYTHON=/path/to/python3" >&2
exit 1
