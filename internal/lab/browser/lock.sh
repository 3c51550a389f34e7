#!/usr/bin/env bash
# Writes requirements.txt: the exact versions and hashes of everything in requirements.in and what that needs, for
# Python 3.10 or newer. It needs uv: `python3 -m pip install uv==0.13.9`.
set -euo pipefail
cd "$(dirname "$0")"
uv pip compile requirements.in --universal --python-version 3.10 --generate-hashes --only-binary :all: \
	--no-header --no-annotate --no-emit-index-url --quiet --output-file requirements.txt --upgrade
