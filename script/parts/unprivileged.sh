# shellcheck shell=bash
# shellcheck disable=SC2154  # root: set by the script that sources this
# Root's way to see what an ordinary user sees, with no account added and nothing in the checkout touched.

# A user id that no account has.
readonly stranger=54321

# as_stranger COMMAND...: run it from the checkout as a user without privileges and without an account.
#
# The user gets the checkout as if it were its own, at the same path (the Python environment and its editable install
# name that path): an overlay in a mount namespace of this one command, whose changes vanish with it.
as_stranger() {
    local work status=0
    work=$(mktemp -d)
    chmod 755 "$work"
    mkdir "$work/layers" "$work/home" "$work/tmp"
    chown "$stranger:$stranger" "$work/home" "$work/tmp"
    # shellcheck disable=SC2016  # the inner shell expands them
    unshare --mount --propagation private bash -euo pipefail -c "$(declare -f open_the_way give_checkout)"'
        root=$1 user=$2 work=$3 && shift 3
        give_checkout "$root" "$user" "$work/layers"
        # As udev makes it; a machine without udev keeps it to root, and could not be tested.
        if [ -c /dev/net/tun ]; then mount -t tmpfs none /dev/net && mknod -m 666 /dev/net/tun c 10 200; fi
        cd "$root"
        exec setpriv --reuid="$user" --regid="$user" --clear-groups --inh-caps=-all \
            env -i HOME="$work/home" TMPDIR="$work/tmp" PATH="$PATH" LANG="${LANG:-C.UTF-8}" TERM="${TERM:-dumb}" "$@"
    ' as_stranger "$root" "$stranger" "$work" "$@" || status=$?
    rm -rf "$work"
    return "$status"
}

give_checkout() {
    local checkout=$1 user=$2 layers=$3
    mount -t tmpfs none "$layers"
    mkdir "$layers/changes" "$layers/work" "$layers/checkout"
    mount -t overlay none "$layers/checkout" \
        -o "lowerdir=$checkout,upperdir=$layers/changes,workdir=$layers/work,metacopy=on"
    open_the_way "$(dirname "$checkout")"
    mkdir -p "$checkout"
    mount --move "$layers/checkout" "$checkout"
    find "$checkout" \( -path "$checkout/.venv" -o -path "$checkout/.git" \) -prune -o -exec chown -h "$user:$user" {} +
    find "$checkout" -type d ! -perm -o+rx -exec chmod o+rx {} +
    find "$checkout" -type f ! -perm -o+r -exec chmod o+r {} +
}

# Covers the topmost folder on the way that is closed to other users (/root, say) with an open, empty one.
open_the_way() {
    local folder='' name names
    IFS=/ read -r -a names <<<"${1#/}"
    for name in "${names[@]}"; do
        folder=$folder/$name
        if [ -z "$(find "$folder" -maxdepth 0 -perm -o+x)" ]; then
            mount -t tmpfs -o mode=755 none "$folder"
            return
        fi
    done
}
