# shellcheck shell=bash
# shellcheck disable=SC2154  # options: pytest's, set by the script that sources this
# Runs parts of the tests, two at the same time, and says at the end how long each took and which failed.

part_names=() part_commands=()

# part NAME COMMAND...: to be run by run_parts.
part() {
    part_names+=("$1")
    shift
    part_commands+=("${*@Q}")
}

# Runs every part, in order of the calls of `part`; fails when one of them did. What a part prints is shown when it
# ends, what a single part prints at once.
run_parts() {
    local number=0 job=0 failed=0 index
    logs=$(mktemp -d)
    declare -A jobs=()
    if [ ${#part_names[@]} -eq 1 ]; then
        timed 0 && failed=0 || failed=$?
        [ "$failed" -eq 0 ] || fail "${part_names[0]} FAILED"
        rm -r "$logs"
        return
    fi
    # A process group of its own each: an interrupt ends a part with everything that it started.
    set -m
    trap 'stop_parts; exit 130' INT TERM
    while [ "$number" -lt ${#part_names[@]} ] || [ ${#jobs[@]} -gt 0 ]; do
        while [ "$number" -lt ${#part_names[@]} ] && [ ${#jobs[@]} -lt 2 ]; do
            step "== ${part_names[number]}"
            timed "$number" >"$logs/$number" 2>&1 </dev/null &
            jobs[$!]=$number
            number=$((number + 1))
        done
        wait -n -p job "${!jobs[@]}" || failed=1
        index=${jobs[$job]}
        unset "jobs[$job]"
        cat "$logs/$index"
    done
    trap - INT TERM
    set +m
    report_parts
    rm -r "$logs"
    return "$failed"
}

# timed NUMBER: run the part and keep how it went and how long it took.
timed() {
    local status=0 times TIMEFORMAT='%R %U %S'
    printf '\n'
    exec 3>&1 4>&2
    times=$({ time eval "${part_commands[$1]}" >&3 2>&4 3>&- 4>&-; } 2>&1) || status=$?
    exec 3>&- 4>&-
    # pytest's 5 says that nothing was selected, which options such as -k, or all being marked `once`, may well do.
    if [ "$status" -eq 5 ] && { [ ${#options[@]} -gt 0 ] || [[ ${part_commands[$1]} == *"'not once'"* ]]; }; then
        status=0
    fi
    awk -v name="${part_names[$1]}" -v status="$status" \
        '{ printf "%-6s %4d s %7d s  %s\n", status ? "FAILED" : "passed", $1 + 0.5, $2 + $3 + 0.5, name }' <<<"$times" |
        tee "$logs/$1.result"
    return "$status"
}

stop_parts() {
    local job
    for job in $(jobs -p); do kill -TERM -- "-$job" 2>/dev/null || true; done
    wait
    rm -rf "$logs"
}

report_parts() {
    local number took="$((SECONDS / 60)) min $((SECONDS % 60)) s"
    printf '\n%-6s %6s %9s\n' '' took processor
    for number in "${!part_names[@]}"; do cat "$logs/$number.result"; done
    if [ "$failed" -eq 0 ]; then
        step "Every part passed, in $took"
        return
    fi
    step "Not every part passed, in $took"
    for number in "${!part_names[@]}"; do
        if ! grep -q '^passed' "$logs/$number.result"; then
            printf 'FAILED: %s\n' "${part_names[number]}"
            sed -nE 's/^(FAILED|ERROR) (tests\/)/        \2/p' "$logs/$number"
        fi
    done >&2
}
