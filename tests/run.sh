#!/bin/sh
# The whole check: format, lint, types, import contracts, catalogues, tests. Usage: [PROCESSES=2] run.sh BIN [PYTEST ARGUMENTS]
set -eu
bin=$1
shift
step() { printf '\n· %s\n' "$*"; }
step "format" && "$bin/ruff" format --check --quiet .
step "lint" && "$bin/ruff" check --quiet .
step "types" && "$bin/mypy" --no-error-summary
step "import contracts" && "$bin/lint-imports" --no-cache >/dev/null || { "$bin/lint-imports" --no-cache; exit 1; }
step "catalogues" && "$bin/python" -m web.messages check
step "tests on SQLite, PostgreSQL and Valkey, and in Chromium" && "$bin/python" -m pytest -q -n "${PROCESSES:-auto}" --dist worksteal "$@"
