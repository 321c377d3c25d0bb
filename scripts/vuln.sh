#!/usr/bin/env bash
# Known vulnerabilities of what a program is built of:
#   vuln.sh GOVULNCHECK BINARY [DATABASE]
# checks the modules on this disk against go.sum, asks DATABASE (https://vuln.go.dev)
# about what is in BINARY, and npm's registry about the packages of the web app.
# Where DATABASE does not answer, its entries are taken from the Go module proxy,
# which has them as the module golang.org/x/vulndb. Ends with 1 when something was
# found, and with 2, and a sentence, when somebody could not be asked.
set -uo pipefail
govulncheck=$1 binary=$2 database=${3:-https://vuln.go.dev}
found= unasked=

go mod verify || exit 1

scan() { "$govulncheck" -mode binary -db "$1" "$binary" 2>&1; }
out=$(scan "$database")
status=$?
if [ $status -ne 0 ] && [ $status -ne 3 ]; then
  echo "$database does not answer; its entries are asked from the Go module proxy."
  version=$(go list -m -f '{{.Version}}' golang.org/x/vulndb@latest 2>/dev/null) &&
    entries=$(go mod download -json "golang.org/x/vulndb@$version" 2>/dev/null | sed -nE 's/.*"Dir": "(.*)".*/\1/p') &&
    [ -d "$entries/data/osv" ] && {
    echo "Asking golang.org/x/vulndb@$version."
    out=$(scan "file://$entries/data/osv")
    status=$?
  }
fi
case $status in
  0) echo "$out" ;;
  3) echo "$out"; found=yes ;;
  *) echo "No database of Go's vulnerabilities can be reached: the program's modules were NOT checked (make vuln VULNDB=file:///PATH takes a copy)." >&2; unasked=yes ;;
esac

out=$(cd web && npm audit --omit=dev 2>&1)
status=$?
if [ $status -eq 0 ]; then
  echo "$out"
elif grep -qE 'audit endpoint returned an error|ENOTFOUND|ECONN|EAI_AGAIN|ETIMEDOUT|network' <<<"$out"; then
  echo "The npm registry does not answer what is known of the web app's packages: they were NOT checked." >&2
  unasked=yes
else
  echo "$out"
  found=yes
fi
[ -z "$found" ] || exit 1
[ -z "$unasked" ] || exit 2
