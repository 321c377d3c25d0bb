#!/bin/bash
# Runs every fuzz target of the module in turn, beyond its seeds: as many inputs
# (2000x) or as long (30s) as the argument says. Stops at the first that fails;
# the input that it fails for lies in the package's testdata/fuzz by then.
set -uo pipefail
budget=${1:-30s}
targets=0
for package in $(grep -rl --include='*_test.go' '^func Fuzz' internal | xargs -n1 dirname | sort -u); do
  for target in $(grep -rhoE '^func Fuzz[A-Za-z0-9_]+' "$package"/*_test.go | sed 's/^func //' | sort -u); do
    targets=$((targets + 1))
    out=$(go test "./$package" -run '^$' -fuzz "^$target\$" -fuzztime "$budget" -fuzzminimizetime 10x 2>&1)
    status=$?
    if [ $status -ne 0 ]; then
      # Go says so when the time ends while an input is being worked on.
      if grep -q 'context deadline exceeded' <<<"$out" && ! grep -qE 'Failing input|panic:|fuzzing process hung' <<<"$out"; then
        continue
      fi
      printf '%s\n%s %s failed\n' "$out" "$package" "$target"
      exit 1
    fi
  done
done
echo "$targets fuzz targets, $budget each: nothing found."
