"""What people install and type on a Linux host works in a lab: services, users, devices, for each kind of user.

The packages come with ``script/setup --test``; without one its tests are skipped, and say so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .users import ALONE, KINDS, ROOT, home_of, run_as, skip_without

# A bridge with two namespaces behind it.
NETWORK = """
ip link add br0 type bridge; ip addr add 10.0.0.1/24 dev br0; ip link set br0 up
for n in r1 r2; do
    ip netns add $n; ip link add v$n type veth peer name eth0 netns $n
    ip link set v$n master br0 up; ip -n $n link set lo up; ip -n $n link set eth0 up
done
ip -n r2 addr add 10.0.0.2/24 dev eth0
until_shown() {
    for _ in $(seq 450); do
        if "$@" 2>/dev/null | grep -q "$shown"; then return; fi
        sleep 0.1
    done
    "$@"
}
"""


@pytest.fixture(params=KINDS)
def lab(request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Run shell lines in a lab of each kind of user and give what they print, both ways out in one."""
    with home_of(request.param) as home:

        def run(lines: str, *programs: str) -> str:
            skip_without(*programs)
            return run_as(request.param, home, 'run -- sh -c "$0"', NETWORK + lines)

        run.kind = request.param
        yield run


def test_frr_starts_as_it_is(lab):
    lines = "ip netns exec r1 /usr/lib/frr/zebra -d -N r1; shown=zserv; until_shown ls /run/frr/r1; ls /run/frr/r1"
    assert "zserv.api" in (told := lab(lines, "zebra")), told
    assert not Path("/run/frr/r1").exists()


EBGP = """
ip -n r1 addr add 10.0.0.3/24 dev eth0; ip -n r1 addr add 192.168.1.1/24 dev lo
mkdir -p /etc/frr/r1 /etc/frr/r2; chown -R frr:frr /etc/frr
cat > /etc/frr/r1/bgpd.conf <<END
router bgp 65001
 no bgp ebgp-requires-policy
 bgp router-id 1.1.1.1
 timers bgp 1 3
 neighbor 10.0.0.2 remote-as 65002
 neighbor 10.0.0.2 timers connect 1
 address-family ipv4 unicast
  network 192.168.1.0/24
END
cat > /etc/frr/r2/bgpd.conf <<END
router bgp 65002
 no bgp ebgp-requires-policy
 bgp router-id 2.2.2.2
 timers bgp 1 3
 neighbor 10.0.0.3 remote-as 65001
 neighbor 10.0.0.3 timers connect 1
END
for r in r1 r2; do
    ip netns exec $r /usr/lib/frr/zebra -d -N $r
    ip netns exec $r /usr/lib/frr/bgpd -d -N $r -f /etc/frr/$r/bgpd.conf
done
shown='192.168.1.0/24 .*proto bgp'; until_shown ip -n r2 route
ip -n r2 route
"""


def test_frr_learns_a_route_by_ebgp(lab):
    assert "192.168.1.0/24 nhid" in (told := lab(EBGP, "zebra")), told


OSPF = """
chain="a b c d"
for n in $chain; do ip netns add $n; ip -n $n link set lo up; ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
link() {
    ip link add $1$2 netns $1 type veth peer name $2$1 netns $2
    ip -n $1 addr add 10.$3.0.1/30 dev $1$2; ip -n $2 addr add 10.$3.0.2/30 dev $2$1
    ip -n $1 link set $1$2 up; ip -n $2 link set $2$1 up
}
link a b 1; link b c 2; link c d 3
ip -n d addr add 192.168.9.1/32 dev lo
mkdir -p /etc/frr
for n in $chain; do
    mkdir /etc/frr/$n
    for i in $(ip -n $n -br link | cut -d@ -f1 | grep -v '^lo'); do
        echo interface $i
        echo ' ip ospf hello-interval 1'
        echo ' ip ospf dead-interval 20'
        echo ' ip ospf network point-to-point'
    done > /etc/frr/$n/ospfd.conf
    cat >> /etc/frr/$n/ospfd.conf <<END
router ospf
 network 10.0.0.0/8 area 0
 network 192.168.9.1/32 area 0
 timers throttle spf 10 50 500
END
    chown -R frr:frr /etc/frr/$n
    ip netns exec $n /usr/lib/frr/zebra -d -N $n; ip netns exec $n /usr/lib/frr/ospfd -d -N $n -f /etc/frr/$n/ospfd.conf
done
shown='192.168.9.1 .*proto ospf'; until_shown ip -n a route
for _ in $(seq 30); do ip netns exec a ping -c 1 -W 2 192.168.9.1 | grep '1 received' && break; done
"""


def test_frr_learns_routes_over_four_namespaces_by_ospf(lab):
    assert "1 received" in (told := lab(OSPF, "zebra")), told


BIRD = """
ip -n r1 addr add 10.0.0.3/24 dev eth0; ip -n r1 addr add 192.168.1.1/32 dev lo
for r in r1 r2; do
    cat > $r.conf <<END
router id $([ $r = r1 ] && echo 1.1.1.1 || echo 2.2.2.2);
protocol device { scan time 1; }
protocol kernel { ipv4 { export all; }; }
protocol ospf v2 { ipv4 { export none; }; area 0 {
    interface "eth0" { hello 1; dead 4; type ptp; }; interface "lo" { stub; }; }; }
END
    ip netns exec $r bird -c $r.conf -s /run/bird.$r.ctl -P /run/bird.$r.pid
done
shown='192.168.1.1 .*proto bird'; until_shown ip -n r2 route
ip -n r2 route
"""


def test_bird_learns_a_route_by_ospf(lab):
    assert "192.168.1.1 via 10.0.0.3 dev eth0 proto bird" in (told := lab(BIRD, "bird")), told


KEEPALIVED = """
ip -n r1 addr add 10.0.0.3/24 dev eth0
for r in r1 r2; do
    cat > $r.conf <<END
vrrp_instance V { state BACKUP; interface eth0; virtual_router_id 5; advert_int 1
    priority $([ $r = r1 ] && echo 200 || echo 100)
    virtual_ipaddress { 10.0.0.100/24 } }
END
    sed -i 's/; /\\n/g' $r.conf
    ip netns exec $r keepalived -n -l -f $PWD/$r.conf -p /run/$r.pid -r /run/$r.vrrp.pid >$r.log 2>&1 &
done
shown=10.0.0.100; until_shown ip -n r1 -br addr
ip -n r1 -br addr show eth0
kill -9 $(cat /run/r1.vrrp.pid) $(cat /run/r1.pid); ip -n r1 link set eth0 down
until_shown ip -n r2 -br addr
ip -n r2 -br addr show eth0
"""


def test_keepalived_moves_the_address_when_the_master_fails(lab):
    told = lab(KEEPALIVED, "keepalived")
    first, second = [line for line in told.splitlines() if "eth0" in line][-2:]
    assert "10.0.0.100" in first, told
    assert "10.0.0.100" in second, told


DHCP = """
dnsmasq --interface=br0 --bind-interfaces --dhcp-range=10.0.0.50,10.0.0.60,1h --dhcp-option=6,10.0.0.1 \\
    --no-resolv --address=/printer.lan/10.0.0.9
ip netns exec r1 dhclient eth0
ip -n r1 -br addr show eth0
cat /etc/resolv.conf
ip netns exec r1 getent hosts printer.lan
"""


def test_dhclient_gets_a_lease_of_dnsmasq_and_a_resolver_that_works(lab):
    told = lab(DHCP, "dnsmasq", "dhclient")
    assert " 10.0.0.5" in told or " 10.0.0.60" in told, told
    assert "nameserver 10.0.0.1\n" in told
    assert "10.0.0.9 " in told.splitlines()[-1] + " ", told
    assert "10.0.0.1" not in Path("/etc/resolv.conf").read_text().split()


def test_udhcpc_gets_a_lease(lab):
    serve = "dnsmasq --interface=br0 --bind-interfaces --dhcp-range=10.0.0.50,10.0.0.60,1h --port=0\n"
    told = lab(f"{serve} ip netns exec r1 busybox udhcpc -i eth0 -n -q", "dnsmasq", "busybox")
    assert "obtained" in told, told


RADVD = """
ip -n r2 addr add 2001:db8::1/64 dev eth0 nodad; ip netns exec r2 sysctl -qw net.ipv6.conf.all.forwarding=1
cat > r.conf <<END
interface eth0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; prefix 2001:db8::/64 { }; };
END
ip netns exec r2 radvd -C r.conf -p /run/radvd.pid -m logfile -l /var/log/radvd.log
shown=2001:db8; until_shown ip -n r1 -6 addr
ip -n r1 -6 addr
"""


def test_radvd_gives_an_address(lab):
    assert "inet6 2001:db8::" in (told := lab(RADVD, "radvd")), told


SSH = """
ssh-keygen -A >/dev/null; ip netns exec r2 /usr/sbin/sshd
mkdir -p ~root/.ssh; chmod 700 ~root/.ssh; chmod go-w ~root
ssh-keygen -q -t ed25519 -N '' -f key; cat key.pub >> ~root/.ssh/authorized_keys; chmod 600 ~root/.ssh/authorized_keys
ssh -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@10.0.0.2 'ip -br addr show eth0'
"""


def test_sshd_lets_in(lab):
    assert "10.0.0.2/24" in (told := lab(SSH, "sshd", "ssh")), told


WEB = """
echo '<title>of this lab</title>' > /var/www/html/index.html; ip netns exec r2 nginx
cat > ha.cfg <<END
global
    user haproxy
    group haproxy
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s
frontend f
    bind :8080
    default_backend b
backend b
    server s 10.0.0.2:80
END
haproxy -D -f ha.cfg
shown=title; until_shown curl -s http://10.0.0.1:8080/
curl -s http://10.0.0.1:8080/ | grep title
"""


def test_nginx_answers_behind_haproxy(lab):
    assert "<title>of this lab</title>" in (told := lab(WEB, "nginx", "haproxy", "curl")), told
    assert not Path("/run/nginx.pid").exists()


def test_iperf3_measures(lab):
    lines = "ip netns exec r2 iperf3 -s -D -1; sleep 0.3; iperf3 -c 10.0.0.2 -t 1 | grep receiver"
    assert "receiver" in lab(lines, "iperf3")


def test_tshark_dissects(lab):
    lines = "(sleep 1.5; ping -c 3 10.0.0.2 >/dev/null) & timeout 20 tshark -i br0 -c 2 -f icmp 2>/dev/null; wait"
    assert "Echo (ping) request" in (told := lab(lines, "tshark")), told


def test_users_are_as_on_any_host_or_it_is_said(lab):
    told = lab("useradd -m carol; su carol -c id; sudo -u nobody id; touch f; chown nobody f; stat -c %U f", "useradd")
    if lab.kind == ALONE:
        assert told.count("this lab has one user, root: ") == 3
        assert "uid=0(root)" in told
    else:
        assert "(carol)" in told
        assert "uid=65534(nobody)" in told
        assert told.endswith("nobody\n")


def test_folders_keep_their_owners_also_where_etc_has_mounts_of_its_own(lab):
    # As in a container, whose /etc/hosts and /etc/resolv.conf are mounts; a user with subordinate ids has some here.
    owned = [path for path in map(Path, ("/etc/frr", "/etc/bird", "/etc/postgresql")) if path.is_dir()]
    if not owned:
        pytest.skip("needs a folder of a service's in /etc: script/setup --test")
    told = lab(f"stat -c '%U %a' {' '.join(map(str, owned))}")
    if lab.kind == ALONE:
        assert {line.split()[0] for line in told.splitlines()} == {"root"}
    else:
        assert told.splitlines() == [f"{path.owner()} {path.stat().st_mode & 0o7777:o}" for path in owned]


def test_a_tap_device_is_made_or_it_is_said_why_not(lab):
    told = lab("ip tuntap add tap0 mode tap && ip -br link show tap0; echo status $?")
    if os.access("/dev/net/tun", os.R_OK | os.W_OK) and lab.kind == ROOT:
        assert told.startswith("tap0")
    elif "status 0" not in told:
        assert "/dev/net/tun" in told
        assert "administrator" in told


def test_modprobe_says_whether_the_kernel_has_it(lab):
    told = lab("sudo modprobe br_netfilter ip_tables nf_conntrack && echo done; modprobe nosuch || echo failed")
    assert told.count("is there already: this kernel has it") == 3
    assert "done" in told
    assert "the running kernel has no nosuch, and a lab can't load it" in told
    assert told.endswith("failed\n")


def test_control_groups_are_the_labs_own_or_read_only(lab):
    told = lab("mkdir /sys/fs/cgroup/mine && ls -d /sys/fs/cgroup/mine; echo status $?")
    assert "/sys/fs/cgroup/mine\n" in told or "Read-only file system" in told
    if lab.kind == ROOT:
        assert not list(Path("/sys/fs/cgroup").glob("**/nslab-*/mine"))


PODMAN = """
mkdir -p rootfs/bin; cp /bin/busybox rootfs/bin/; ln -s busybox rootfs/bin/ip
tar -C rootfs -c . | podman import - box >/dev/null 2>&1
podman run --rm --network ns:/run/netns/r2 box /bin/ip -4 addr show eth0
podman run --rm box /bin/ip -4 addr show eth0
"""


def test_podman_runs_a_container_in_a_namespace_that_was_wired_by_hand(lab):
    told = lab(PODMAN, "podman", "busybox")
    if lab.kind == ALONE:
        assert "podman: this lab has one user, root: a container's files belong to several users" in told
    else:
        assert "inet 10.0.0.2/24" in told, told
        assert "inet 10.88.0." in told, told
