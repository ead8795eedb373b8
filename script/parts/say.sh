# shellcheck shell=bash
# How the scripts talk: one line a step, what went wrong on stderr, with the fix below it.

step() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }

note() { printf '         %s\n' "$@"; }

fail() {
    printf 'nslab: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}
