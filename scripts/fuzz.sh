#!/usr/bin/env bash
# Runs every fuzz target of the module in turn, beyond its seeds:
#   fuzz.sh [BUDGET [TARGET]]
# BUDGET is a number of inputs each (500x) or a time each (30s, the default);
# TARGET a regular expression of names. Inputs that are counted come from the
# ordinary test binaries, whose parts are built already where the tests have run;
# for a time, binaries are built that tell which code an input reaches, and the
# inputs that reached more are kept in .cache/fuzz for the next run. Stops at the
# first target that fails; the input that it fails for lies in the package's
# testdata/fuzz by then.
set -euo pipefail
budget=${1:-30s}
only=${2:-.}
bin=$(mktemp -d "${TMPDIR:-/tmp}/lianpian-fuzz.XXXXXX")
trap 'rm -rf "$bin"' EXIT
kept=$PWD/.cache/fuzz
mapfile -t packages < <(grep -rlE --include='*_test.go' "^func Fuzz" internal | xargs -n1 dirname | sort -u)

counted=
[[ $budget == *x ]] && counted=yes
if [ -n "$counted" ]; then
  go test -c -o "$bin/" "${packages[@]/#/./}"
fi
targets=0
for package in "${packages[@]}"; do
  names=$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$package"/*_test.go | sed 's/^func //' | grep -E "$only" | sort -u) || continue
  program=$bin/$(basename "$package").test
  if [ -z "$counted" ]; then
    go test -c -fuzz=. -o "$program" "./$package"
  fi
  mkdir -p "$kept/$package"
  for target in $names; do
    targets=$((targets + 1))
    status=0
    out=$(cd "$package" && "$program" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$budget" \
      -test.fuzzminimizetime 10x -test.fuzzcachedir "$kept/$package" -test.parallel 1 2>&1) || status=$?
    [ $status -eq 0 ] && continue
    # Go says so when the time ends while an input is being worked on.
    if grep -q 'context deadline exceeded' <<<"$out" && ! grep -qE 'Failing input|panic:|fuzzing process hung' <<<"$out"; then
      continue
    fi
    printf '%s\n%s %s failed\n' "$out" "$package" "$target"
    exit 1
  done
  rm -f "$program"
done
echo "$targets fuzz targets, $budget each: nothing found."
