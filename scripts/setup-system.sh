#!/usr/bin/env bash
# Installs the system packages that Lianpian needs, when they are missing:
#   setup-system.sh run    what `make run` needs (PostgreSQL with PostGIS)
#   setup-system.sh test   that, and what the tests need (Chromium, a Chinese font, GDAL, Poppler, LibreOffice)
#   setup-system.sh qgis   that of run, and PyQGIS
# Says what it installs. Debian and Ubuntu; elsewhere it says what is missing.
set -euo pipefail
need=${1:-run}

have_postgis() { compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null; }

missing=()
# The client library of whatever release the machine's own PostgreSQL has.
have_postgis || missing+=(postgis)
if [ "$need" = test ]; then
  command -v chromium >/dev/null || missing+=(chromium)
  [ -d /usr/share/fonts/opentype/noto ] && compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
  command -v ogrinfo >/dev/null || missing+=(gdal-bin)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  command -v zsh >/dev/null || missing+=(zsh)   # completion is tried in the shells themselves
  command -v fish >/dev/null || missing+=(fish)
  /usr/bin/python3 -c 'import ezdxf' 2>/dev/null || missing+=(python3-ezdxf)
  [ -e /usr/lib/libreoffice/program/libswlo.so ] || missing+=(libreoffice-writer-nogui)
  [ -e /usr/lib/libreoffice/program/libsclo.so ] || missing+=(libreoffice-calc-nogui)
fi
if [ "$need" = qgis ]; then
  /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || missing+=(python3-qgis)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. This script installs packages on Debian and Ubuntu only; please install PostgreSQL 15 or later with PostGIS 3 yourself${need:+ (and for tests Chromium, Noto CJK fonts, GDAL, Poppler, LibreOffice)}." >&2
  exit 1
fi
root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
export DEBIAN_FRONTEND=noninteractive

echo "Updating the package lists (apt-get update) …"
root apt-get update -qq
packages=()
for m in "${missing[@]}"; do
  if [ "$m" = postgis ]; then
    # Where a server is installed, PostGIS for that one; else the newest that the system offers.
    installed=$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sed -E 's#.*/postgresql/([0-9]+)/.*#\1#' | sort -n | tail -1)
    offered=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sed -E 's/^postgresql-([0-9]+)-.*/\1/' | sort -n)
    version=$(echo "$offered" | tail -1)
    if [ -n "$installed" ] && echo "$offered" | grep -qx "$installed"; then version=$installed; fi
    [ -n "$version" ] || { echo "The package lists offer no postgresql-…-postgis-3." >&2; exit 1; }
    packages+=("postgresql-$version-postgis-3")
    # Lianpian runs a server of its own; no main cluster should start beside it.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
      root mkdir -p /etc/postgresql-common
      echo 'create_main_cluster = false' | root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
  else
    packages+=("$m")
  fi
done
echo "Installing system packages: ${packages[*]}"
root apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}"
have_postgis || { echo "PostGIS is still missing after the installation." >&2; exit 1; }
echo "System packages are ready."
