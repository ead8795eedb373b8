# shellcheck shell=bash
# shellcheck disable=SC2154  # root, venv: set by the script that sources this
# The Python environment: .venv in the checkout, or where NSLAB_VENV says.

# Prints the first Python 3.11 to 3.13 that can make an environment. The system's own come first: one from a version
# manager in somebody's home is often closed to other users, and then the lab wouldn't start for them.
system_python() {
    local python
    for python in ${NSLAB_PYTHON:-/usr/bin/python3 /usr/bin/python3.1[123] /usr/local/bin/python3.1[123] python3}; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}

make_environment() {
    local python
    if [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        step "Python environment: $venv ($("$venv/bin/python" -V))"
        return
    fi
    python=$(system_python) || fail "no Python 3.11, 3.12 or 3.13 with venv was found here" \
        "Install one, or name it: NSLAB_PYTHON=/path/to/python3.12 $0"
    step "Python environment: making $venv with $python ($("$python" -V))"
    rm -rf "$venv"
    "$python" -m venv "$venv" || fail "the Python environment could not be made in $venv"
}

# What the environment was made from; when this changes, it is brought up to date.
environment_fingerprint() {
    (cd "$root" && { pwd && "$venv/bin/python" -V && cat pyproject.toml kernelspec/* "$1"; }) | sha256sum | cut -d' ' -f1
}

# install_python_packages REQUIREMENTS: the pinned set, then nslab itself. Does nothing when that is done already.
install_python_packages() {
    local requirements=$1 stamp fingerprint
    stamp=$venv/.nslab-${requirements%.txt}
    fingerprint=$(environment_fingerprint "$requirements")
    if [ "$(cat "$stamp" 2>/dev/null)" = "$fingerprint" ]; then
        step "Python packages: up to date"
        return
    fi
    step "Python packages: installing the tested set of $requirements (a minute or two the first time)"
    run_pip install --requirement "$root/$requirements"
    run_pip install --no-deps --no-build-isolation --editable "$root"
    # pip compiles what it installs, but not a checkout; students who may not write there would compile at each start.
    "$venv/bin/python" -m compileall -qq "$root/nslab_kernel" || true
    echo "$fingerprint" >"$stamp"
}

# pip with one line of progress; its whole output is shown only when it fails. Most of its time it unpacks, and then it
# prints nothing: what has arrived in the environment is counted.
run_pip() {
    local log count=0 line watcher=
    log=$venv/.nslab-pip.log
    if ! "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@" 2>&1 | tee "$log" |
        {
            while IFS= read -r line; do
                case $line in
                Collecting*) count=$((count + 1)) && show_progress "$count ${line#Collecting }" ;;
                "Installing collected packages"*) count_unpacked "$(tr -cd , <<<"$line" | wc -c)" & watcher=$! ;;
                esac
            done
            [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || true
        }; then
        explain_pip_failure "$log"
    fi
    show_progress ''
    rm -f "$log"
}

# Shows how many of COMMAS + 1 packages are unpacked, until it is ended.
count_unpacked() {
    local all=$(($1 + 1)) before now
    [ -t 1 ] || return 0
    before=$(unpacked)
    while :; do
        now=$(($(unpacked) - before))
        show_progress "unpacking $((now < all ? now : all)) of $all"
        sleep 1
    done
}

unpacked() { find "$venv/lib" -maxdepth 3 -name '*.dist-info' 2>/dev/null | wc -l; }

show_progress() { [ ! -t 1 ] || printf '\r\033[K%.79s' "${1:+         $1}"; }

explain_pip_failure() {
    show_progress ''
    tail -n 15 "$1" >&2
    if grep -qiE 'connection|resolution|unreachable|timed out|proxy|from versions: none' "$1"; then
        fail "pip could not reach its package index: is this machine on the network?" \
            "Behind a proxy: export HTTPS_PROXY=http://proxy:port and start again." \
            "With a mirror or a folder of wheels: set PIP_INDEX_URL, or PIP_NO_INDEX=1 PIP_FIND_LINKS=/folder." \
            "A classroom without network: docs/vagrant.md, \"Offline\"."
    fi
    fail "pip could not install the Python packages; its last lines are above"
}
