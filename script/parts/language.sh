# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # language: read by the script that sources this; root: set by it
# The language of the lessons: NSLAB_LANG where it is set, else what the machine's locale says.

checked_language() {
    if [ -z "$1" ] || [ ! -d "$root/notebooks/$1" ]; then
        fail "there are no lessons in \"$1\"" "There are: $(cd "$root/notebooks" && echo *)."
    fi
    echo "$1"
}

# Each folder of lessons is a language.
language=en
wanted=${NSLAB_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}}
for folder in "$root"/notebooks/*/; do
    folder=${folder%/}
    folder=${folder##*/}
    case ${wanted,,} in "$folder"*) language=$folder ;; esac
done
