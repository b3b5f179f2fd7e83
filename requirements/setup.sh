#!/bin/sh
# Makes .venv with everything boilerbench needs, from hash-pinned requirements. Works with or without uv, with or
# without ensurepip, as root or not; where it cannot go on it says the one line to type.
set -eu
python=${PYTHON:-python3}

stop() {
    printf 'setup: %s\n  type: %s\n' "$1" "$2" >&2
    exit 3
}

has() { command -v "$1" >/dev/null 2>&1; }

install_with_apt() { # as root on a bare Debian the missing piece can simply be fetched
    [ "$(id -u)" = 0 ] && has apt-get || return 1
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

has "$python" || install_with_apt python3 python3-venv || stop "no $python here" "sudo apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "Python 3.11 or newer is needed, $python is $("$python" -V 2>&1)" "make setup PYTHON=/path/to/python3.11"

# A .venv that was cut short, or whose Python is gone, is made anew.
if ! .venv/bin/python -c '' 2>/dev/null; then
    rm -rf .venv
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .venv
    elif has uv; then
        uv venv --quiet --python "$python" .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip .venv
    elif install_with_apt python3-venv; then
        "$python" -m venv .venv
    else
        stop "this Python has neither ensurepip nor pip, and there is no uv" "sudo apt-get install python3-venv"
    fi
fi

pip_install() {
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        .venv/bin/python -m pip install --quiet "$@"
    else
        "$python" -m pip --python .venv/bin/python install --quiet "$@"
    fi
}

# pip speaks of its own releases on every call; nobody asked.
export PIP_DISABLE_PIP_VERSION_CHECK=1
uv=
if [ -z "${BOILERBENCH_NO_UV:-}" ]; then
    if [ -x .venv/bin/uv ]; then
        uv=.venv/bin/uv
    elif has uv; then
        uv=uv
    elif pip_install --require-hashes -r requirements/uv.txt; then
        uv=.venv/bin/uv
    else
        printf 'setup: no uv to be had; going on with pip, which takes longer\n' >&2
    fi
fi

if [ -n "$uv" ]; then
    export UV_FIND_LINKS="${UV_FIND_LINKS:-${PIP_FIND_LINKS:-}}" UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-}}"
    [ -n "$UV_FIND_LINKS" ] || unset UV_FIND_LINKS
    [ -n "$UV_DEFAULT_INDEX" ] || unset UV_DEFAULT_INDEX
    "$uv" pip install --quiet --python .venv/bin/python --require-hashes -r requirements/dev.txt
    "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
else
    pip_install --require-hashes -r requirements/dev.txt
    pip_install --no-deps --no-build-isolation --editable .
fi
touch .venv/ready
