# shellcheck shell=bash
# shellcheck disable=SC2154  # language: set by the script that sources this
# The system packages that the lessons need: the only list of them, for Linux, for CI and for the Vagrant VM.

# Package, what shows that it is there (a command, or a file), and what it is for.
runtime_packages() {
    cat <<'LIST'
iproute2            ip          network namespaces, links, addresses, routes
iputils-ping        ping        ping
bridge-utils        brctl       the tutorial's bridge commands
nftables            nft         firewalls and address translation
iptables            iptables    the same in Docker's own words
tcpdump             tcpdump     packets on the wire
conntrack           conntrack   the table of translated connections
curl                curl        calls to web servers
procps              sysctl      the kernel's settings
dnsmasq-base        dnsmasq     names and addresses for a private network
passt               pasta       the internet for a lab without root
python3-venv        @venv       the Python environment
LIST
    [ "$language" != zh ] ||
        echo 'fonts-noto-cjk /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc Chinese words in the picture'
}

test_packages() {
    cat <<'LIST'
chromium            chromium    the page as a person sees it
shellcheck          shellcheck  faults in shell scripts
ethtool             ethtool     checksums of veth pairs
net-tools           ifconfig    networks in the commands of older tutorials
iperf3              iperf3      traffic at full speed
tshark              tshark      capture files as Wireshark reads them
fonts-noto-cjk      /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc Chinese words in the picture
uidmap              newuidmap   a lab with users of its own
frr                 /usr/lib/frr/zebra routing daemons in a lab
bird2               bird        another routing daemon
keepalived          keepalived  an address that moves when a router fails
isc-dhcp-client     dhclient    a lease of dnsmasq's
busybox             busybox     udhcpc, and what a container by hand is made of
radvd               radvd       IPv6 addresses without a server
nginx-light         nginx       a web server as it is installed
haproxy             haproxy     a load balancer
openssh-server      sshd        a login into a namespace
runc                runc        a container by hand
podman              podman      a container in a namespace of a lab
containernetworking-plugins /usr/lib/cni/bridge the network of a container
LIST
}

# An ordinary user's PATH lacks the sbin folders that hold half of these commands.
PATH=$PATH:/usr/sbin:/sbin

is_there() {
    case $1 in
    @venv) system_python >/dev/null ;;
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# Prints "package purpose" for each package of the list on stdin that isn't there.
missing_packages() {
    local package sign purpose
    while read -r package sign purpose; do
        is_there "$sign" || printf '%s %s\n' "$package" "$purpose"
    done
}

# install_packages LIST_FUNCTION...: install what is missing; where that can't be, say what to ask for.
install_packages() {
    local missing names
    missing=$(for list in "$@"; do "$list"; done | missing_packages | sort -u)
    if [ -z "$missing" ]; then
        step "System packages: nothing is missing"
        return
    fi
    names=$(cut -d' ' -f1 <<<"$missing" | tr '\n' ' ')
    step "System packages that are missing:"
    while read -r package purpose; do note "$package: $purpose"; done <<<"$missing"
    if ! run_apt "$names"; then
        note "Ask an administrator of this machine for: ${apt_cure:-sudo apt-get install $names}"
        if ! is_there @venv || ! is_there ip; then
            fail "nslab can't start without python3-venv and iproute2" "The command to ask an administrator for is above."
        fi
        note "Going on without: what needs them says so when you meet it (nslab check lists it)."
    fi
}

# run_apt NAMES: install with apt, with sudo where we aren't root.
run_apt() {
    local names=$1 become_root=() log
    if ! command -v apt-get >/dev/null; then
        apt_cure="these packages, by this system's own package manager: $names"
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        mapfile -t become_root < <(root_command)
        [ ${#become_root[@]} -gt 0 ] || return 1
        note "Installing them with: ${become_root[*]} apt-get install $names"
    fi
    log=$(mktemp)
    # The lists may be too old for what the servers still hold: then they are fetched and it is tried again.
    # shellcheck disable=SC2086  # a list of names, split on purpose
    if ! { apt_get install $names || { apt_get update && apt_get install $names; }; } >"$log" 2>&1; then
        grep -E '^(E|W):' "$log" | tail -n 5 >&2
        note "apt could not install them. Without network? Behind a proxy: export http_proxy=http://proxy:port"
        rm "$log"
        return 1
    fi
    rm "$log"
}

# sudo drops the environment, and a proxy is found there.
apt_get() {
    local name settings=(DEBIAN_FRONTEND=noninteractive)
    for name in http_proxy https_proxy no_proxy; do [ -z "${!name:-}" ] || settings+=("$name=${!name}"); done
    "${become_root[@]}" env "${settings[@]}" sh -c "$with_services_at_rest" sh --quiet --yes --no-install-recommends "$@"
}

# apt-get as root, such that no service starts that it brings, now or with the machine: tests need the programs alone.
# invoke-rc.d(8) asks policy-rc.d; the machine's own is left as it is. What a kill -9 left of ours is known by its mark.
# shellcheck disable=SC2016  # read by sh as root
with_services_at_rest='
policy=/usr/sbin/policy-rc.d mark="# of nslab, for the time of an installation"
enabled() { find /etc/systemd/system -type l -path "*.wants/*" 2>/dev/null | sort; }
if { [ ! -e "$policy" ] && [ ! -L "$policy" ]; } || grep -qsxF "$mark" "$policy"; then
    trap "rm -f $policy" EXIT
    trap "exit 1" HUP INT TERM
    printf "#!/bin/sh\n%s\nexit 101\n" "$mark" >"$policy"
    chmod 755 "$policy"
fi
before=$(enabled)
apt-get "$@"
status=$?
enabled | while read -r link; do
    case "
$before
" in
        *"
$link
"*) ;;
        *) rm -f "$link" ;; # as systemctl(1) disable does
    esac
done
exit "$status"
'

# Prints one word a line: how to become root, or nothing where we can't. Tests never ask for a password.
root_command() {
    command -v sudo >/dev/null || return 0
    if sudo -n true 2>/dev/null; then
        printf 'sudo\n-n\n'
    elif [ -t 0 ] && [ -z "${with_tests:-}" ]; then
        printf 'sudo\n'
    fi
}
