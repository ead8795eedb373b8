# shellcheck shell=sh
# Sourced by the shims: find the program that a shim replaces, and say why something is different here.

case $0 in
    */shims/*/*) shims=${0%/*/*} ;;
    *) shims=${0%/*} ;;
esac

# words TEXT [VALUE...]: the text in the reader's language, each %s in it replaced by a value.
# script/messages finds the texts, and writes what a catalogue makes of them beside it (nslab.sh).
words() {
    text=$1
    for catalogue in "$shims"/../../locale/*/LC_MESSAGES/nslab.sh; do
        code=${catalogue%/LC_MESSAGES/nslab.sh}
        code=${code##*/}
        case ${NSLAB_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
            "${code%%_*}"*)
                # shellcheck source=/dev/null
                . "$catalogue" # sets text
                ;;
        esac
    done
    shift
    # shellcheck disable=SC2059 # the text is a format
    printf "$text\n" "$@"
}

# say TEXT [VALUE...]: the same, on stderr.
say() {
    words "$@" >&2
}

# find_program NAME [FOLDER]: set $found to the first NAME on PATH, behind FOLDER where that is given, or to nothing.
find_program() {
    found=
    set -f
    IFS=:
    for searched in $PATH; do
        if [ "$searched" = "${2-}" ]; then
            found= # what comes before it may be another shim that leads here
        elif [ -z "$found" ] && [ -x "$searched/$1" ] && [ ! -d "$searched/$1" ]; then
            found=$searched/$1
        fi
    done
    unset IFS
    set +f
}

# run_real NAME PACKAGE ARGUMENT...: become the NAME that the calling shim replaces.
run_real() {
    find_program "$1" "${0%/*}"
    if [ -z "$found" ]; then
        say "%s: not installed; the command for an administrator: apt install %s" "$1" "$2"
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
    say "%s: this lab has one user, root: %s (nslab check shows how to get more)" "$1" "$2"
}
