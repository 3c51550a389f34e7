#!/usr/bin/env bash
# Writes requirements.txt: the exact versions and hashes of everything in requirements.in and
# what that needs, for every platform and Python 3.10 or newer. It needs uv: `python3 -m pip install uv==0.13.9`.
set -euo pipefail
cd "$(dirname "$0")"
uv pip compile requirements.in --universal --python-version 3.10 --generate-hashes --only-binary :all: \
	--no-header --no-annotate --no-emit-index-url --quiet --output-file requirements.txt --upgrade
# Of xla-cpu-pjrt keep only the wheel that was tried, for Linux on x86-64.
wheel=55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc
awk -v wheel="$wheel" '
	/^[^ ]/ { plugin = /^xla-cpu-pjrt==/ }
	!plugin { print }
	plugin && /^[^ ]/ { print; print "    --hash=sha256:" wheel }
' requirements.txt > requirements.new
mv requirements.new requirements.txt
