#!/usr/bin/env bash
# Makes what a fresh machine lacks: uv, the environments, Chromium. The second time it costs nothing.
#
#   scripts/bootstrap.sh venv                  .venv from requirements/dev.lock
#   scripts/bootstrap.sh studio                .venv-studio from requirements/studio.lock
#   scripts/bootstrap.sh miniwob               .bootstrap/miniwob from requirements/miniwob.lock, for `make miniwob`
#   scripts/bootstrap.sh with-browser CMD...   .venv and Chromium, then CMD in that environment
#   scripts/bootstrap.sh with-all CMD...       the same with PostgreSQL's programs, which tests start on loopback
#
# Everything it says goes to stderr, so that a command's stdout stays its own.
set -euo pipefail
export PIP_ROOT_USER_ACTION=ignore
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() { # runs a command as root, or fails without ever asking for a password
  if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

apt_install() {
  have apt-get || return 1
  as_root apt-get -qq update >/dev/null || say "apt-get update failed; trying with the lists at hand"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

find_python() { # any Python 3.11 or newer; the first ones are those that the checks run on
  local name
  for name in python3.11 python3.12 python3.13 python3 python3.14; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$name"; return; }
  done
  return 1
}

find_uv() {
  local path
  for path in "$(command -v uv || true)" .bootstrap/uv/bin/uv .bootstrap/venv/bin/uv "${HOME:-/root}/.local/bin/uv"; do
    [ -n "$path" ] && "$path" --version >/dev/null 2>&1 && { echo "$path"; return; }
  done
  return 1
}

install_uv() { # into .bootstrap/, never into the system's Python (Debian forbids that)
  local python
  python=$(find_python || command -v python3) || die "Python 3.11 or newer is missing; install it and try again"
  say "installing uv into .bootstrap (needs a minute at most)"
  pip_to_target() { "$python" -m pip install -q --disable-pip-version-check --target .bootstrap/uv uv >&2; }
  pip_in_venv() { "$python" -m venv --clear .bootstrap/venv >/dev/null 2>&1 && .bootstrap/venv/bin/pip install -q uv >&2; }
  if "$python" -m pip --version >/dev/null 2>&1 && pip_to_target; then return; fi
  if pip_in_venv; then return; fi
  rm -rf .bootstrap/venv
  say "this Python has neither pip nor venv; trying the system's package manager"
  if apt_install python3-pip ca-certificates && { pip_to_target || { python=/usr/bin/python3 && pip_to_target; }; }; then return; fi
  if have brew && brew install -q uv >&2; then return; fi
  die "could not get uv. Install it (pipx install uv, or your package manager) and try again"
}

make_venv() { # make_venv FOLDER LOCK: nothing to do while the lock, the command's entry point and the folder's place are the same
  local venv=$1 lock=$2 want uv
  want="$({ cat "$lock"; grep '^podium = ' pyproject.toml; } | cksum) $PWD"
  [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.stamp" 2>/dev/null)" = "$want" ] && return
  uv=$(find_uv) || { install_uv && uv=$(find_uv); } || die "uv was installed but cannot be found"
  if ! "$venv/bin/python" -c '' 2>/dev/null; then
    say "creating $venv"
    "$uv" venv -q --clear --python "$(find_python || echo '>=3.11')" "$venv" >&2
  fi
  say "installing the locked packages of $lock into $venv (about a minute the first time)"
  VIRTUAL_ENV=$PWD/$venv "$uv" pip sync -q --compile-bytecode --require-hashes "$lock" >&2
  VIRTUAL_ENV=$PWD/$venv "$uv" pip install -q --no-deps --no-build-isolation -e . >&2
  echo "$want" >"$venv/.stamp"
}

make_miniwob() { # the pages alone: nothing that the package depends on
  local want uv
  want=$(cksum <requirements/miniwob.lock)
  [ "$(cat .bootstrap/miniwob/.stamp 2>/dev/null)" = "$want" ] && return
  uv=$(find_uv) || { install_uv && uv=$(find_uv); } || die "uv was installed but cannot be found"
  say "installing the MiniWoB pages into .bootstrap/miniwob"
  "$uv" pip install -q --no-deps --require-hashes --python "$(find_python)" --target .bootstrap/miniwob -r requirements/miniwob.lock >&2
  echo "$want" >.bootstrap/miniwob/.stamp
}

works() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }

find_chromium() {
  local name path
  for name in "${PODIUM_CHROMIUM:-}" "$(cat .venv/.chromium 2>/dev/null || true)" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    path=$(command -v "$name" 2>/dev/null) || continue
    # A snap's browser sees neither /tmp nor hidden folders, so it cannot use our profiles.
    case "$(readlink -f "$path" 2>/dev/null || echo "$path")" in */snap) continue ;; esac
    head -c 4000 "$path" | grep -q '/snap/bin' && continue
    works "$path" && { echo "$path"; return; }
  done
  return 1
}

install_chromium() {
  if have apt-get && ! grep -qs '^ID=ubuntu' /etc/os-release; then # Ubuntu's package is a snap
    say "installing Chromium with apt-get"
    apt_install chromium chromium-sandbox fonts-liberation && find_chromium >/dev/null && return
  fi
  say "installing Chromium with Playwright's installer"
  .venv/bin/playwright --version >/dev/null 2>&1 || apt_install libatomic1 || true # its Node needs it
  as_root .venv/bin/playwright install-deps chromium >&2 || say "could not install Chromium's libraries as root; going on without"
  .venv/bin/playwright install --no-shell chromium >&2
  .venv/bin/python - >.venv/.chromium <<'PY'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PY
}

find_postgres() {
  local path
  for path in /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql@*/bin/initdb /usr/local/opt/postgresql@*/bin/initdb "$(command -v initdb || true)"; do
    [ -x "$path" ] && return
  done
  return 1
}

install_postgres() { # the programs alone: no cluster is made, no service starts
  if have apt-get; then
    say "installing PostgreSQL's programs with apt-get (tests start their own, on loopback)"
    if ! [ -e /etc/postgresql-common ]; then
      as_root mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    apt_install postgresql
  elif have brew; then
    say "installing PostgreSQL's programs with brew"
    brew install -q postgresql@17 >&2
  else
    return 1
  fi
}

with_all() {
  find_postgres || { install_postgres && find_postgres; } || say "no PostgreSQL: what needs one is skipped. Install it to run everything"
  with_browser "$@"
}

with_browser() {
  PODIUM_CHROMIUM=$(find_chromium) || { install_chromium && PODIUM_CHROMIUM=$(find_chromium); } ||
    die "no Chromium that starts. Install chromium or Google Chrome, or set PODIUM_CHROMIUM to its path"
  export PODIUM_CHROMIUM
  if [ "$(id -u)" = 0 ] && [ -z "${PODIUM_CHROMIUM_NO_SANDBOX:-}" ]; then
    export PODIUM_CHROMIUM_NO_SANDBOX=1
    say "running as root: Chromium starts without its sandbox (PODIUM_CHROMIUM_NO_SANDBOX=1)"
  fi
  PATH=$PWD/.venv/bin:$PATH exec "$@"
}

case "${1:-}" in
  venv) make_venv .venv requirements/dev.lock ;;
  studio) make_venv .venv-studio requirements/studio.lock ;;
  miniwob) make_miniwob ;;
  with-browser) shift; make_venv .venv requirements/dev.lock; with_browser "$@" ;;
  with-all) shift; make_venv .venv requirements/dev.lock; with_all "$@" ;;
  *) die "usage: scripts/bootstrap.sh venv | studio | miniwob | with-browser COMMAND... | with-all COMMAND..." ;;
esac
