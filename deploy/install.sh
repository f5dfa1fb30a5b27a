#!/bin/sh
# Installs one pinned set into the environment and puts the `linli` command there.
# Usage: install.sh BIN REQUIREMENTS
set -eu
bin=$1
requirements=$2
here=$(cd "$(dirname "$0")/.." && pwd)
started=$(date +%s)
echo "· installing $(grep -c '^[a-z]' "$requirements") pinned packages of $requirements"
if [ -x "$bin/uv" ]; then
  VIRTUAL_ENV=$(dirname "$bin") "$bin/uv" pip install --quiet --require-hashes -r "$requirements"
else
  "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
fi
site=$("$bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
# Compiled once here, so that no command compiles its libraries first, also where Python may not write beside them.
cd "$site" && "$here/$bin/python" -m compileall -q -j 0 -x '/(tests?|testing)/' \
  numba llvmlite numpy scipy sqlalchemy flask werkzeug jinja2 babel celery kombu marshmallow click fpdf openpyxl limits \
  > /dev/null || true
cd "$here"
echo "$here" > "$site/linli.pth"
cat > "$bin/linli" <<SCRIPT
#!$here/$bin/python
import sys

from web.cli import main

sys.exit(main())
SCRIPT
chmod +x "$bin/linli"
echo "  done in $(($(date +%s) - started)) s"
