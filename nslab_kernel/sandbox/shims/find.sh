# shellcheck shell=sh
# Sourced by the shims: find the program that a shim stands for.

# find_program NAME [EXCEPT]: set $found to the first NAME on PATH outside directory EXCEPT, or to nothing.
find_program() {
    found=
    set -f
    IFS=:
    for searched in $PATH; do
        if [ "$searched" != "${2-}" ] && [ -x "$searched/$1" ] && [ ! -d "$searched/$1" ]; then
            found=$searched/$1
            break
        fi
    done
    unset IFS
    set +f
}

# run_real NAME PACKAGE ARGUMENT...: become the NAME that the calling shim stands for.
run_real() {
    find_program "$1" "${0%/*}"
    if [ -z "$found" ]; then
        echo "$1: not installed; the command for an administrator: apt install $2" >&2
        exit 127
    fi
    shift 2
    exec "$found" "$@"
}

# Whether this lab has root alone, as an ordinary user's without subordinate ids has (proc_pid_uid_map(5)).
has_one_user() {
    users=0
    while read -r _ _ count; do users=$((users + count)); done </proc/self/uid_map
    [ "$users" -eq 1 ]
}

# say_one_user NAME WHAT: say on stderr, for the program NAME, why WHAT isn't as it would be on another host.
say_one_user() {
    echo "$1: this lab has one user, root: $2 (nslab check says how it gets more)" >&2
}
