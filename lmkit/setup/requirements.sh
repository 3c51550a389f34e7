#!/bin/sh
# Renews requirements.txt, the hashed lock file of the Python programs, from requirements.in (needs uv).
cd "$(dirname "$0")" && uv pip compile --universal --generate-hashes --no-annotate --no-header \
	--python-version 3.10 requirements.in -o requirements.txt
