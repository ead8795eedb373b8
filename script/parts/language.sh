# shellcheck shell=bash
# shellcheck disable=SC2034  # language: read by the script that sources this
# The language of the lessons: NSLAB_LANG where it is set, else what the machine's locale says.

checked_language() {
    case $1 in
    en | zh) echo "$1" ;;
    *) fail "there are no lessons in \"$1\"" "Use --lang en or --lang zh." ;;
    esac
}

case ${NSLAB_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
[zZ][hH]*) language=zh ;;
*) language=en ;;
esac
