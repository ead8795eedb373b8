# What container engines leave behind: the rules as they print them, the cables as they lay them.

### Docker 27: published port, two bridges
#: listen web tcp * 80
#: listen db tcp * 5432
#? host > 172.17.0.2 tcp 80
#? client > 192.0.2.2 tcp 8080
#? host > 192.0.2.2 tcp 8080
ip netns add client
ip link add up0 type veth peer name eth0 netns client
ip link set up0 up
ip addr add 192.0.2.2/24 dev up0
ip -n client link set eth0 up
ip -n client addr add 192.0.2.9/24 dev eth0
ip link add docker0 type bridge
ip addr add 172.17.0.1/16 brd 172.17.255.255 dev docker0
ip link set docker0 up
ip link add br-1a2b3c4d5e6f type bridge
ip addr add 172.18.0.1/16 brd 172.18.255.255 dev br-1a2b3c4d5e6f
ip link set br-1a2b3c4d5e6f up
plug() {
  ip netns add $1
  ip link add veth$3 type veth peer name eth0 netns $1
  ip link set veth$3 master $2 up
  ip -n $1 link set lo up
  ip -n $1 link set eth0 up
  ip -n $1 addr add $4 dev eth0
  ip -n $1 route add default via $5
}
plug web docker0 9f8e7d6 172.17.0.2/16 172.17.0.1
plug db br-1a2b3c4d5e6f 5a4b3c2 172.18.0.2/16 172.18.0.1
sysctl -qw net.ipv4.ip_forward=1
iptables-restore <<'END'
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.18.0.0/16 ! -o br-1a2b3c4d5e6f -j MASQUERADE
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A DOCKER -i br-1a2b3c4d5e6f -j RETURN
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o br-1a2b3c4d5e6f -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o br-1a2b3c4d5e6f -j DOCKER
-A FORWARD -i br-1a2b3c4d5e6f ! -o br-1a2b3c4d5e6f -j ACCEPT
-A FORWARD -i br-1a2b3c4d5e6f -o br-1a2b3c4d5e6f -j ACCEPT
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i br-1a2b3c4d5e6f ! -o br-1a2b3c4d5e6f -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o br-1a2b3c4d5e6f -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
END

### Docker 28: DOCKER-FORWARD, DOCKER-BRIDGE, drops in raw
#: listen web tcp * 80
#? client > 192.0.2.2 tcp 8080
#? client > 172.17.0.2 tcp 80
#? host > 192.0.2.2 tcp 8080
#? db > 192.0.2.2 tcp 8080
ip netns add client
ip link add up0 type veth peer name eth0 netns client
ip link set up0 up
ip addr add 192.0.2.2/24 dev up0
ip -n client link set eth0 up
ip -n client addr add 192.0.2.9/24 dev eth0
ip -n client route add 172.17.0.0/16 via 192.0.2.2
ip link add docker0 type bridge
ip addr add 172.17.0.1/16 brd 172.17.255.255 dev docker0
ip link set docker0 up
ip link add br-1a2b3c4d5e6f type bridge
ip addr add 172.18.0.1/16 brd 172.18.255.255 dev br-1a2b3c4d5e6f
ip link set br-1a2b3c4d5e6f up
plug() {
  ip netns add $1
  ip link add veth$3 type veth peer name eth0 netns $1
  ip link set veth$3 master $2 up
  ip -n $1 link set lo up
  ip -n $1 link set eth0 up
  ip -n $1 addr add $4 dev eth0
  ip -n $1 route add default via $5
}
plug web docker0 9f8e7d6 172.17.0.2/16 172.17.0.1
plug db br-1a2b3c4d5e6f 5a4b3c2 172.18.0.2/16 172.18.0.1
sysctl -qw net.ipv4.ip_forward=1
iptables-restore <<'END'
*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.18.0.0/16 ! -o br-1a2b3c4d5e6f -j MASQUERADE
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-BRIDGE - [0:0]
:DOCKER-CT - [0:0]
:DOCKER-FORWARD - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER ! -i docker0 -o docker0 -j DROP
-A DOCKER ! -i br-1a2b3c4d5e6f -o br-1a2b3c4d5e6f -j DROP
-A DOCKER-BRIDGE -o docker0 -j DOCKER
-A DOCKER-BRIDGE -o br-1a2b3c4d5e6f -j DOCKER
-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-CT -o br-1a2b3c4d5e6f -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-FORWARD -j DOCKER-CT
-A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
-A DOCKER-FORWARD -j DOCKER-BRIDGE
-A DOCKER-FORWARD -i docker0 -j ACCEPT
-A DOCKER-FORWARD -i br-1a2b3c4d5e6f -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i br-1a2b3c4d5e6f ! -o br-1a2b3c4d5e6f -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o br-1a2b3c4d5e6f -j DROP
COMMIT
END

### podman: netavark's tables
#: listen web tcp * 80
#? client > 192.0.2.2 tcp 8080
#? host > 192.0.2.2 tcp 8080
ip netns add client
ip link add up0 type veth peer name eth0 netns client
ip link set up0 up
ip addr add 192.0.2.2/24 dev up0
ip -n client link set eth0 up
ip -n client addr add 192.0.2.9/24 dev eth0
ip link add podman0 type bridge
ip addr add 10.88.0.1/16 dev podman0
ip link set podman0 up
ip netns add web
ip link add veth0 type veth peer name eth0 netns web
ip link set veth0 master podman0 up
ip -n web link set lo up
ip -n web link set eth0 up
ip -n web addr add 10.88.0.2/16 dev eth0
ip -n web route add default via 10.88.0.1
sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'END'
table inet netavark {
  chain INPUT {
    type filter hook input priority filter; policy accept;
    ip saddr 10.88.0.0/16 meta l4proto { tcp, udp } th dport 53 accept
  }
  chain FORWARD {
    type filter hook forward priority filter; policy accept;
    ct state invalid drop
    jump NETAVARK-ISOLATION-1
    ip daddr 10.88.0.0/16 ct state { established, related } accept
    ip saddr 10.88.0.0/16 accept
  }
  chain POSTROUTING {
    type nat hook postrouting priority srcnat; policy accept;
    meta mark & 0x00002000 == 0x00002000 masquerade
    ip saddr 10.88.0.0/16 jump nv_2f259bab_10_88_0_0_nm16
  }
  chain PREROUTING {
    type nat hook prerouting priority dstnat; policy accept;
    fib daddr type local jump NETAVARK-HOSTPORT-DNAT
  }
  chain OUTPUT {
    type nat hook output priority -100; policy accept;
    fib daddr type local jump NETAVARK-HOSTPORT-DNAT
  }
  chain NETAVARK-HOSTPORT-DNAT {
    tcp dport 8080 jump nv_2f259bab_10_88_0_0_nm16_dnat
  }
  chain NETAVARK-HOSTPORT-SETMARK {
    meta mark set meta mark | 0x00002000
  }
  chain NETAVARK-ISOLATION-1 {
  }
  chain nv_2f259bab_10_88_0_0_nm16 {
    ip daddr 10.88.0.0/16 accept
    ip daddr != 224.0.0.0/4 masquerade
  }
  chain nv_2f259bab_10_88_0_0_nm16_dnat {
    ip saddr 10.88.0.0/16 tcp dport 8080 jump NETAVARK-HOSTPORT-SETMARK
    ip saddr 127.0.0.1 tcp dport 8080 jump NETAVARK-HOSTPORT-SETMARK
    tcp dport 8080 dnat ip to 10.88.0.2:80
  }
}
END

### LXC: lxcbr0 with lxc-net's rules
ip link add lxcbr0 type bridge
ip addr add 10.0.3.1/24 broadcast + dev lxcbr0
ip link set lxcbr0 up
for k in 1 2; do
  ip netns add lxc$k
  ip link add veth100$k type veth peer name eth0 netns lxc$k
  ip link set veth100$k master lxcbr0 up
  ip -n lxc$k link set eth0 up
  ip -n lxc$k addr add 10.0.3.10$k/24 dev eth0
  ip -n lxc$k route add default via 10.0.3.1
done
sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'END'
table inet lxc {
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "lxcbr0" udp dport { 53, 67 } accept
    iifname "lxcbr0" tcp dport { 53, 67 } accept
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "lxcbr0" accept
    oifname "lxcbr0" accept
  }
}
table ip lxc {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr 10.0.3.0/24 ip daddr != 10.0.3.0/24 counter masquerade
  }
}
END

### CNI: bridge, host-local, portmap
#: listen pod1 tcp * 80
#? client > 192.0.2.2 tcp 8080
ip netns add client
ip link add up0 type veth peer name eth0 netns client
ip link set up0 up
ip addr add 192.0.2.2/24 dev up0
ip -n client link set eth0 up
ip -n client addr add 192.0.2.9/24 dev eth0
ip link add cni0 type bridge
ip addr add 10.244.1.1/24 brd 10.244.1.255 dev cni0
ip link set cni0 up promisc on
for k in 1 2; do
  ip netns add pod$k
  ip link add veth0a$k type veth peer name eth0 netns pod$k
  ip link set veth0a$k master cni0 up
  bridge link set dev veth0a$k hairpin on
  ip -n pod$k link set lo up
  ip -n pod$k link set eth0 up
  ip -n pod$k addr add 10.244.1.$((k + 1))/24 dev eth0
  ip -n pod$k route add default via 10.244.1.1
done
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.cni0.route_localnet=1
iptables-restore <<'END'
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:CNI-DN-5f3b - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
:CNI-HOSTPORT-MASQ - [0:0]
:CNI-HOSTPORT-SETMARK - [0:0]
:CNI-8c1d - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
-A POSTROUTING -s 10.244.1.2/32 -m comment --comment "name: \"mynet\" id: \"pod1\"" -j CNI-8c1d
-A CNI-8c1d -d 10.244.1.0/24 -m comment --comment "name: \"mynet\" id: \"pod1\"" -j ACCEPT
-A CNI-8c1d ! -d 224.0.0.0/4 -m comment --comment "name: \"mynet\" id: \"pod1\"" -j MASQUERADE
-A CNI-DN-5f3b -s 10.244.1.0/24 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
-A CNI-DN-5f3b -s 127.0.0.1/32 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
-A CNI-DN-5f3b -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.244.1.2:80
-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"mynet\" id: \"pod1\"" -m multiport --dports 8080 -j CNI-DN-5f3b
-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
-A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000
COMMIT
END

### kube-proxy by iptables: a Service with three endpoints
#: listen p1 tcp * 8080
#: listen p2 tcp * 8080
#: listen p3 tcp * 8080
#? p1 > 10.96.0.10 tcp 80
#? host > 10.96.0.10 tcp 80
ip link add cni0 type bridge
ip addr add 10.244.0.1/24 dev cni0
ip link set cni0 up
for k in 1 2 3; do
  ip netns add p$k
  ip link add veth$k type veth peer name eth0 netns p$k
  ip link set veth$k master cni0 up
  bridge link set dev veth$k hairpin on
  ip -n p$k link set lo up
  ip -n p$k link set eth0 up
  ip -n p$k addr add 10.244.0.1$k/24 dev eth0
  ip -n p$k route add default via 10.244.0.1
done
sysctl -qw net.ipv4.ip_forward=1
modprobe br_netfilter 2>/dev/null || true
iptables-restore <<'END'
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SEP-AAAA - [0:0]
:KUBE-SEP-BBBB - [0:0]
:KUBE-SEP-CCCC - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-WEB - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-SEP-AAAA -s 10.244.0.11/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ
-A KUBE-SEP-AAAA -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.0.11:8080
-A KUBE-SEP-BBBB -s 10.244.0.12/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ
-A KUBE-SEP-BBBB -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.0.12:8080
-A KUBE-SEP-CCCC -s 10.244.0.13/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ
-A KUBE-SEP-CCCC -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination 10.244.0.13:8080
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-WEB
-A KUBE-SVC-WEB ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-WEB -m comment --comment "default/web -> 10.244.0.11:8080" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-AAAA
-A KUBE-SVC-WEB -m comment --comment "default/web -> 10.244.0.12:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-BBBB
-A KUBE-SVC-WEB -m comment --comment "default/web -> 10.244.0.13:8080" -j KUBE-SEP-CCCC
COMMIT
END

### kube-proxy by nft: a Service with three endpoints
#: listen p1 tcp * 8080
#: listen p2 tcp * 8080
#: listen p3 tcp * 8080
#? p1 > 10.96.0.10 tcp 80
#? host > 10.96.0.10 tcp 80
ip link add cni0 type bridge
ip addr add 10.244.0.1/24 dev cni0
ip link set cni0 up
for k in 1 2 3; do
  ip netns add p$k
  ip link add veth$k type veth peer name eth0 netns p$k
  ip link set veth$k master cni0 up
  bridge link set dev veth$k hairpin on
  ip -n p$k link set lo up
  ip -n p$k link set eth0 up
  ip -n p$k addr add 10.244.0.1$k/24 dev eth0
  ip -n p$k route add default via 10.244.0.1
done
sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'END'
table ip kube-proxy {
  map service-ips {
    type ipv4_addr . inet_proto . inet_service : verdict
    elements = { 10.96.0.10 . tcp . 80 : goto service-WEB }
  }
  chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
  chain nat-output { type nat hook output priority -100; jump services; }
  chain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }
  chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
  chain masquerading {
    meta mark & 0x00004000 != 0x00004000 return
    meta mark set meta mark ^ 0x00004000
    masquerade fully-random
  }
  chain mark-for-masquerade { meta mark set meta mark | 0x00004000; }
  chain service-WEB {
    ip daddr 10.96.0.10 tcp dport 80 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
    numgen random mod 3 vmap { 0 : goto endpoint-A, 1 : goto endpoint-B, 2 : goto endpoint-C }
  }
  chain endpoint-A { ip saddr 10.244.0.11 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.0.11:8080; }
  chain endpoint-B { ip saddr 10.244.0.12 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.0.12:8080; }
  chain endpoint-C { ip saddr 10.244.0.13 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.0.13:8080; }
}
END

### Calico: /32, 169.254.1.1, proxy_arp, two nodes
for n in node1 node2; do ip netns add $n; ip -n $n link set lo up; done
ip link add ens0 netns node1 type veth peer name ens0 netns node2
for k in 1 2; do
  ip -n node$k link set ens0 up
  ip -n node$k addr add 192.168.70.$k/24 dev ens0
  ip netns exec node$k sysctl -qw net.ipv4.ip_forward=1
  ip -n node$k route add 10.65.$((3 - k)).0/26 via 192.168.70.$((3 - k)) dev ens0 proto bird
  ip -n node$k route add blackhole 10.65.$k.0/26 proto bird
  for j in 1 2; do
    ip netns add w$k$j
    ip link add cali$k$j netns node$k type veth peer name eth0 netns w$k$j
    ip -n node$k link set cali$k$j address ee:ee:ee:ee:ee:ee up
    ip netns exec node$k sysctl -qw net.ipv4.conf.cali$k$j.proxy_arp=1 net.ipv4.conf.cali$k$j.rp_filter=1
    ip -n w$k$j link set lo up
    ip -n w$k$j link set eth0 up
    ip -n w$k$j addr add 10.65.$k.$j/32 dev eth0
    ip -n w$k$j route add 169.254.1.1 dev eth0 scope link
    ip -n w$k$j route add default via 169.254.1.1 dev eth0
    ip -n node$k route add 10.65.$k.$j dev cali$k$j scope link
  done
done

### flannel: vxlan between two nodes, its table filled by the agent
for n in node1 node2; do ip netns add $n; ip -n $n link set lo up; done
ip link add ens0 netns node1 type veth peer name ens0 netns node2
for k in 1 2; do
  ip -n node$k link set ens0 up
  ip -n node$k addr add 192.168.70.$k/24 dev ens0
  ip netns exec node$k sysctl -qw net.ipv4.ip_forward=1
  ip -n node$k link add flannel.1 type vxlan id 1 dev ens0 local 192.168.70.$k dstport 8472 nolearning
  ip -n node$k link set flannel.1 address 02:00:00:00:f1:0$k mtu 1450 up
  ip -n node$k addr add 10.244.$k.0/32 dev flannel.1
  ip -n node$k link add cni0 type bridge
  ip -n node$k link set cni0 mtu 1450 up
  ip -n node$k addr add 10.244.$k.1/24 dev cni0
  ip netns add pod$k
  ip link add veth$k netns node$k mtu 1450 type veth peer name eth0 mtu 1450 netns pod$k
  ip -n node$k link set veth$k master cni0 up
  ip -n pod$k link set lo up
  ip -n pod$k link set eth0 up
  ip -n pod$k addr add 10.244.$k.2/24 dev eth0
  ip -n pod$k route add default via 10.244.$k.1
done
for k in 1 2; do
  j=$((3 - k))
  ip -n node$k route add 10.244.$j.0/24 via 10.244.$j.0 dev flannel.1 onlink
  ip -n node$k neigh add 10.244.$j.0 lladdr 02:00:00:00:f1:0$j dev flannel.1 nud permanent
  bridge -n node$k fdb append 02:00:00:00:f1:0$j dev flannel.1 dst 192.168.70.$j
done

### OpenStack: tap, qbr, qvb and qvo patch cables, an integration bridge
ip link add br-int type bridge
ip link set br-int up
for k in 1 2; do
  ip link add qbr$k type bridge
  ip link set qbr$k up
  ip link add qvb$k type veth peer name qvo$k
  ip link set qvb$k master qbr$k up
  ip link set qvo$k master br-int up
  ip netns add vm$k
  ip link add tap$k type veth peer name eth0 netns vm$k
  ip link set tap$k master qbr$k up
  ip -n vm$k link set eth0 up
  ip -n vm$k addr add 10.20.0.$k/24 dev eth0
  ip -n vm$k route add default via 10.20.0.254
done
ip netns add qrouter-7
ip link add qr-7 type veth peer name qr7 netns qrouter-7
ip link set qr-7 master br-int up
ip -n qrouter-7 link set qr7 up
ip -n qrouter-7 addr add 10.20.0.254/24 dev qr7
ip netns exec qrouter-7 sysctl -qw net.ipv4.ip_forward=1
ip link add br-ex type bridge
ip link set br-ex up
ip addr add 172.24.4.1/24 dev br-ex
ip link add qg-7 type veth peer name qg7 netns qrouter-7
ip link set qg-7 master br-ex up
ip -n qrouter-7 link set qg7 up
ip -n qrouter-7 addr add 172.24.4.9/24 dev qg7
ip -n qrouter-7 addr add 172.24.4.10/32 dev qg7
ip -n qrouter-7 route add default via 172.24.4.1
ip netns exec qrouter-7 iptables -t nat -A PREROUTING -d 172.24.4.10/32 -j DNAT --to-destination 10.20.0.1
ip netns exec qrouter-7 iptables -t nat -A POSTROUTING -s 10.20.0.1/32 -j SNAT --to-source 172.24.4.10
ip netns exec qrouter-7 iptables -t nat -A POSTROUTING -s 10.20.0.0/24 -o qg7 -j SNAT --to-source 172.24.4.9

### libvirt: virbr0 with spanning tree, NAT network
ip link add virbr0 type bridge stp_state 1 forward_delay 200
ip addr add 192.168.122.1/24 brd 192.168.122.255 dev virbr0
ip link set virbr0 up
for k in 1 2; do
  ip netns add vm$k
  ip link add vnet$k type veth peer name enp1s0 netns vm$k
  ip link set vnet$k master virbr0 up
  ip -n vm$k link set enp1s0 up
  ip -n vm$k addr add 192.168.122.10$k/24 dev enp1s0
  ip -n vm$k route add default via 192.168.122.1
done
sysctl -qw net.ipv4.ip_forward=1
iptables -t nat -A POSTROUTING -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE
iptables -A FORWARD -d 192.168.122.0/24 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -s 192.168.122.0/24 -i virbr0 -j ACCEPT
iptables -A FORWARD -i virbr0 -o virbr0 -j ACCEPT
iptables -A FORWARD -o virbr0 -j REJECT --reject-with icmp-port-unreachable
iptables -A FORWARD -i virbr0 -j REJECT --reject-with icmp-port-unreachable
sleep 5

### Calico's host route for one pod is missing
#? p1 > 10.65.0.2
sysctl -qw net.ipv4.ip_forward=1
ip netns add up; ip link add eth0 type veth peer name e netns up; ip link set eth0 up; ip -n up link set e up
ip addr add 192.0.2.10/24 dev eth0; ip -n up addr add 192.0.2.1/24 dev e; ip route add default via 192.0.2.1
for k in 1 2; do
  ip netns add p$k
  ip link add cali$k type veth peer name eth0 netns p$k
  ip link set cali$k address ee:ee:ee:ee:ee:ee up; ip -n p$k link set eth0 up
  ip -n p$k addr add 10.65.0.$k/32 dev eth0
  ip -n p$k route add 169.254.1.1 dev eth0; ip -n p$k route add default via 169.254.1.1 dev eth0
  sysctl -qw net.ipv4.conf.cali$k.proxy_arp=1
done
ip route add 10.65.0.1 dev cali1 scope link

### Calico's proxy_arp was forgotten at one pod
#? p2 > 10.65.0.1
sysctl -qw net.ipv4.ip_forward=1
ip netns add up; ip link add eth0 type veth peer name e netns up; ip link set eth0 up; ip -n up link set e up
ip addr add 192.0.2.10/24 dev eth0; ip -n up addr add 192.0.2.1/24 dev e; ip route add default via 192.0.2.1
for k in 1 2; do
  ip netns add p$k
  ip link add cali$k type veth peer name eth0 netns p$k
  ip link set cali$k up; ip -n p$k link set eth0 up
  ip -n p$k addr add 10.65.0.$k/32 dev eth0
  ip -n p$k route add 169.254.1.1 dev eth0; ip -n p$k route add default via 169.254.1.1 dev eth0
  ip route add 10.65.0.$k dev cali$k scope link
done
sysctl -qw net.ipv4.conf.cali1.proxy_arp=1

### Docker by hand: docker0, masquerade, isolation of two bridges, userland port
#: listen c1 tcp * 80
#? c2 > 10.0.0.9
#? cl > 192.0.2.5 tcp 8080
#? c2 > 192.0.2.5 tcp 8080
ip netns add c1; ip netns add c2; ip netns add cl
ip link add eth0 type veth peer name eth0 netns cl; ip link set eth0 up; ip -n cl link set eth0 up; ip addr add 192.0.2.5/24 dev eth0; ip -n cl addr add 192.0.2.9/24 dev eth0
for k in 1 2; do ip link add br-$k type bridge; ip addr add 172.1$k.0.1/16 dev br-$k; ip link set br-$k up; ip link add ve$k type veth peer name eth0 netns c$k; ip link set ve$k master br-$k up; ip -n c$k link set eth0 up; ip -n c$k link set lo up; ip -n c$k addr add 172.1$k.0.2/16 dev eth0; ip -n c$k route add default via 172.1$k.0.1; done
sysctl -qw net.ipv4.ip_forward=1
iptables -P FORWARD DROP
iptables -N DOCKER-ISO1; iptables -N DOCKER-ISO2; iptables -A FORWARD -j DOCKER-ISO1
for k in 1 2; do
  iptables -A FORWARD -o br-$k -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  iptables -A FORWARD -i br-$k ! -o br-$k -j ACCEPT
  iptables -A DOCKER-ISO1 -i br-$k ! -o br-$k -j DOCKER-ISO2; iptables -A DOCKER-ISO2 -o br-$k -j DROP
  iptables -t nat -A POSTROUTING -s 172.1$k.0.0/16 ! -o br-$k -j MASQUERADE
done
iptables -t nat -N DOCKER; iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER; iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A DOCKER ! -i br-1 -p tcp --dport 8080 -j DNAT --to-destination 172.11.0.2:80
iptables -I FORWARD 2 -d 172.11.0.2 ! -i br-1 -o br-1 -p tcp --dport 80 -j ACCEPT

### containerlab: spine and leaf, loopbacks, unnumbered by /31
ip netns add spine; ip netns add leaf1; ip netns add leaf2; ip netns add srv1; ip netns add srv2
for k in 1 2; do
  ip link add e1-$k netns spine type veth peer name e1-49 netns leaf$k
  ip link add e1-1 netns leaf$k type veth peer name eth1 netns srv$k
  for e in spine/e1-$k leaf$k/e1-49 leaf$k/e1-1 srv$k/eth1 leaf$k/lo; do ip -n ${e%/*} link set ${e#*/} up; done
  ip -n spine addr add 10.10.$k.0/31 dev e1-$k; ip -n leaf$k addr add 10.10.$k.1/31 dev e1-49
  ip -n leaf$k addr add 10.0.0.$k/32 dev lo
  ip -n leaf$k addr add 172.16.$k.1/24 dev e1-1; ip -n srv$k addr add 172.16.$k.10/24 dev eth1
  ip -n srv$k route add default via 172.16.$k.1
  ip -n leaf$k route add 172.16.0.0/12 via 10.10.$k.0; ip -n leaf$k route add 10.0.0.0/8 via 10.10.$k.0
  ip -n spine route add 172.16.$k.0/24 via 10.10.$k.1; ip -n spine route add 10.0.0.$k via 10.10.$k.1
  ip netns exec leaf$k sysctl -qw net.ipv4.ip_forward=1
done
ip netns exec spine sysctl -qw net.ipv4.ip_forward=1

### Kubernetes by kubenet: cbr0 in two nodes, routes between them, a Service by DNAT
#: listen p2 tcp * 8080
#? p1 > 10.96.0.10 tcp 80
#? p2 > 10.96.0.10 tcp 80
#? n1 > 10.96.0.10 tcp 80
ip netns add n1; ip netns add n2
ip link add eth0 netns n1 type veth peer name eth0 netns n2
for k in 1 2; do
 ip -n n$k link set eth0 up; ip -n n$k link set lo up; ip -n n$k addr add 192.168.50.$k/24 dev eth0
 ip -n n$k link add cbr0 type bridge; ip -n n$k link set cbr0 up; ip -n n$k addr add 10.244.$k.1/24 dev cbr0
 ip netns add p$k; ip link add veth0 netns n$k type veth peer name eth0 netns p$k; ip -n n$k link set veth0 master cbr0; ip -n n$k link set veth0 up; ip -n p$k link set eth0 up; ip -n p$k link set lo up; ip -n p$k addr add 10.244.$k.2/24 dev eth0; ip -n p$k route add default via 10.244.$k.1
 ip -n n$k route add 10.244.$((3-k)).0/24 via 192.168.50.$((3-k))
 ip netns exec n$k sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
 for c in PREROUTING OUTPUT; do ip netns exec n$k iptables -t nat -A $c -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.2.2:8080; done
 ip netns exec n$k iptables -t nat -A POSTROUTING ! -s 10.244.0.0/16 -m conntrack --ctstate DNAT -j MASQUERADE
 ip -n n$k route add default via 192.168.50.$((3-k))
done

### the Service, and its server on the same node without masquerade
#: listen p2 tcp * 8080
#? p1 > 10.96.0.10 tcp 80
#? p2 > 10.96.0.10 tcp 80
ip netns add n
ip -n n link add cbr0 type bridge; ip -n n link set cbr0 up; ip -n n addr add 10.244.0.1/24 dev cbr0; ip -n n link set lo up
for k in 1 2; do ip netns add p$k; ip link add veth$k netns n type veth peer name eth0 netns p$k; ip -n n link set veth$k master cbr0; ip -n n link set veth$k up; ip -n p$k link set eth0 up; ip -n p$k link set lo up; ip -n p$k addr add 10.244.0.1$k/24 dev eth0; ip -n p$k route add default via 10.244.0.1; done
ip netns exec n sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=0
ip netns exec n iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.12:8080

### OpenStack's router namespace: qrouter and qg, qr, a floating address
#: listen vm tcp * 22
#? ext > 203.0.113.50
#? ext > 203.0.113.50 tcp 22
#? vm > 203.0.113.50
#? vm > 203.0.113.9
ip netns add qrouter; ip netns add vm; ip netns add ext
ip link add br-int type bridge; ip link set br-int up; ip link add br-ex type bridge; ip link set br-ex up
ip link add qr type veth peer name qr0 netns qrouter; ip link set qr master br-int up; ip link add qg type veth peer name qg0 netns qrouter; ip link set qg master br-ex up
ip link add tapvm type veth peer name eth0 netns vm; ip link set tapvm master br-int up; ip link add tapex type veth peer name eth0 netns ext; ip link set tapex master br-ex up
for e in qrouter/qr0 qrouter/qg0 vm/eth0 ext/eth0 qrouter/lo; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n qrouter addr add 10.0.0.1/24 dev qr0; ip -n qrouter addr add 203.0.113.20/24 dev qg0; ip -n qrouter addr add 203.0.113.50/32 dev qg0
ip -n vm addr add 10.0.0.5/24 dev eth0; ip -n vm route add default via 10.0.0.1; ip -n ext addr add 203.0.113.9/24 dev eth0
ip netns exec qrouter sysctl -qw net.ipv4.ip_forward=1
ip netns exec qrouter iptables -t nat -N float-snat; ip netns exec qrouter iptables -t nat -N neutron-snat
ip netns exec qrouter iptables -t nat -A PREROUTING -d 203.0.113.50/32 -j DNAT --to-destination 10.0.0.5
ip netns exec qrouter iptables -t nat -A POSTROUTING ! -i qg0 ! -o qg0 -m conntrack ! --ctstate DNAT -j ACCEPT 2>/dev/null || ip netns exec qrouter iptables -t nat -A POSTROUTING ! -o qg0 -m conntrack ! --ctstate DNAT -j ACCEPT
ip netns exec qrouter iptables -t nat -A POSTROUTING -j neutron-snat
ip netns exec qrouter iptables -t nat -A neutron-snat -j float-snat
ip netns exec qrouter iptables -t nat -A float-snat -s 10.0.0.5/32 -j SNAT --to-source 203.0.113.50
ip netns exec qrouter iptables -t nat -A neutron-snat -o qg0 -j SNAT --to-source 203.0.113.20
