#!/bin/bash
# Bring a bare Debian machine to where the project runs: bootstrap.sh [run|dev|bench]. Does nothing where all is there.
#   run    the product: Python packages, PostgreSQL with PostGIS (unless DATABASE_URL names a server), Chinese fonts
#   dev    that and what the tests need: PostGIS in any case, Chromium, a reader of PDF, an MQTT broker
#   bench  that and wrk; pgbench comes with PostgreSQL
set -euo pipefail
cd "$(dirname "$0")"

want=${1:-run}
lists_fresh=
font=/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
rare=/usr/share/fonts/truetype/hanazono/HanaMinB.ttf

say() { printf '%s\n' "$*"; }
fail() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

make_log_folder() {
    { mkdir -p .cache && [ -w .cache ] && [ -w . ]; } 2>/dev/null \
        || fail "cannot write to $PWD: give the user $(id -un) the right to, or copy the project elsewhere."
}

# install WHY PACKAGE...: nothing that is there is upgraded, so nothing that runs is restarted.
install() {
    local why=$1 log=.cache/apt.log
    shift
    may_install || fail "$why is missing; type:  sudo apt-get install -y $*"
    make_log_folder
    say "Installing $why ($*) ..."
    local apt=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -y -o DPkg::Lock::Timeout=300)
    if [ -z "$lists_fresh" ]; then
        as_root "${apt[@]}" update >"$log" 2>&1 9>&- || true
        lists_fresh=yes
    fi
    as_root "${apt[@]}" install --no-upgrade --no-install-recommends "$@" >>"$log" 2>&1 9>&- \
        || fail "$why could not be installed, $log says why; type:  sudo apt-get install -y $*"
}

# Debian cuts ensurepip out of its Python and ships it in python3-venv.
have_python() {
    python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

ensure_python() {
    have_python || install "Python 3.11 or newer" python3 python3-venv
    have_python || fail "Python 3.11 or newer is needed, and $(python3 --version 2>&1) is what this machine gives."
}

# The stamp holds a hash of every pinned file, then how much of them was installed.
ensure_packages() {
    local kind=run file=requirements.txt stamp=.venv/wangge-stamp hash now
    [ "$want" = run ] || { kind=dev file=requirements-dev.txt; }
    hash=$(cat requirements.txt requirements-dev.txt constraints.txt | sha256sum | cut -c1-32)
    now=$(cat "$stamp" 2>/dev/null || true)
    # An environment whose Python was upgraded away, or that was cut short before it had pip, is made anew.
    if compgen -G '.venv/lib/python3*/site-packages/pip/__main__.py' >/dev/null && .venv/bin/python -c '' 2>/dev/null; then
        if [ "$now" = "$hash dev" ] || [ "$now" = "$hash $kind" ]; then return; fi
    else
        make_log_folder
        ensure_python
        say "Making the Python environment .venv ..."
        rm -rf .venv
        python3 -m venv .venv || fail "python3 -m venv .venv failed; see above."
    fi
    make_log_folder
    say "Installing the Python packages of $file (a minute or two the first time) ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r "$file" -c constraints.txt \
        >.cache/pip.log 2>&1 || fail "pip could not install $file: $(tail -n 1 .cache/pip.log) (all of it in .cache/pip.log)"
    printf '%s\n' "$hash $kind" >"$stamp"
}

have_postgis() {
    local library
    for library in /usr/lib/postgresql/*/lib/postgis-3.so; do
        if [ -f "$library" ] && [ -x "${library%/lib/*}/bin/initdb" ]; then return 0; fi
    done
    return 1
}

ensure_postgis() {
    if [ "$want" = run ] && [ -n "${DATABASE_URL:-}" ]; then return; fi
    # geodata/debian.py knows the packages, and keeps Debian from starting a cluster of its own.
    have_postgis || .venv/bin/python -m geodata.debian 9>&- || exit 1
}

ensure_fonts() {
    if [ -e "$font" ] && [ -e "$rare" ]; then return; fi
    if [ "$want" = run ] && ! may_install; then
        say "Chinese on pictures needs fonts; type:  sudo apt-get install -y fonts-noto-cjk fonts-hanazono"
    else
        install "the Chinese fonts" fonts-noto-cjk fonts-hanazono
    fi
}

case $want in run | dev | bench) ;; *) fail "usage: bootstrap.sh [run|dev|bench]" ;; esac

# Two at once would write over each other: the second waits, and then finds everything there. What a package starts
# must not keep the lock, hence 9>&- above.
exec 9<.
flock 9

ensure_packages
ensure_postgis
ensure_fonts
if [ "$want" != run ]; then command -v chromium >/dev/null || install "Chromium" chromium; fi
if [ "$want" != run ]; then command -v pdftotext >/dev/null || install "what reads PDF files" poppler-utils; fi
if [ "$want" != run ]; then [ -x /usr/sbin/mosquitto ] || install "an MQTT broker for tests" mosquitto; fi
if [ "$want" = bench ]; then command -v wrk >/dev/null || install "wrk" wrk; fi
exit 0
