#!/usr/bin/env bash
# toolchain.sh VERSION prints which Go toolchain the program is built with: VERSION,
# where this machine's is older and that one can be had, else "local". Tests run with
# the machine's own.
set -euo pipefail
wanted=$1
here=$(GOTOOLCHAIN=local go env GOVERSION)
if [ "$(printf '%s\n%s\n' "$here" "$wanted" | sort -V | tail -n 1)" = "$here" ]; then
  echo local
elif GOTOOLCHAIN=$wanted timeout 120 go version >/dev/null 2>&1; then
  echo "$wanted"
else
  echo "$wanted cannot be had; building with $here, whose library may have known vulnerabilities (make vuln)." >&2
  echo local
fi
