#!/usr/bin/env bash
# Makes requirements.txt, the exact versions and hashes of everything in requirements.in and below it, for Python 3.11 or
# newer. It needs uv, as `python3 -m pip install uv==0.13.9` gives it.
set -euo pipefail
cd "$(dirname "$0")"
uv pip compile requirements.in --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--no-header --no-annotate --no-emit-index-url --quiet --output-file requirements.txt --upgrade
