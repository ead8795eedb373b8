# Filters and address translation, in the words of each tool.

### iptables: a stateful router
#: listen srv tcp * 80
#: listen srv tcp * 22
for n in cl r srv; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns cl type veth peer name lan netns r
ip link add wan netns r type veth peer name eth0 netns srv
for p in cl:eth0 r:lan r:wan srv:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n cl addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.1.0.1/24 dev lan
ip -n r addr add 203.0.113.1/24 dev wan
ip -n srv addr add 203.0.113.9/24 dev eth0
ip -n cl route add default via 10.1.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r sh -e <<'END'
iptables -P FORWARD DROP
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -i lan -o wan -p tcp -m multiport --dports 80,443 -j ACCEPT
iptables -A FORWARD -i lan -o wan -p icmp --icmp-type echo-request -m limit --limit 100/s -j ACCEPT
iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -o wan -j MASQUERADE
iptables -N LOGDROP
iptables -A LOGDROP -m comment --comment "the rest" -j DROP
iptables -A INPUT -i wan -m addrtype --dst-type LOCAL -j LOGDROP
END

### nft: the same, with sets and a verdict map
#: listen srv tcp * 80
#: listen srv tcp * 22
for n in cl r srv; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns cl type veth peer name lan netns r
ip link add wan netns r type veth peer name eth0 netns srv
for p in cl:eth0 r:lan r:wan srv:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n cl addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.1.0.1/24 dev lan
ip -n r addr add 203.0.113.1/24 dev wan
ip -n srv addr add 203.0.113.9/24 dev eth0
ip -n cl route add default via 10.1.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<'END'
table inet filter {
  set webs { type inet_service; elements = { 80, 443 } }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state vmap { established : accept, related : accept, invalid : drop }
    iifname "lan" tcp dport @webs accept
    iifname "lan" icmp type echo-request accept
  }
}
table ip nat {
  chain post { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
}
END

### an own nft chain beside an iptables rule in the same table
ip netns add a
ip netns add r
ip link add eth0 netns a type veth peer name eth0 netns r
ip -n a link set eth0 up
ip -n r link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n r addr add 10.1.0.2/24 dev eth0
ip netns exec r iptables -t nat -A POSTROUTING -s 10.1.0.0/24 ! -o eth0 -j MASQUERADE
ip netns exec r nft add chain ip nat mine '{ type nat hook prerouting priority -90; }'
ip netns exec r nft add rule ip nat mine ip daddr 10.1.0.77 dnat to 10.1.0.2

### iptables: matches that are seldom read
#: listen b tcp * 80
#: listen b tcp * 81
#: listen b tcp * 82
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip netns exec b sh -e <<'END'
iptables -A INPUT -p tcp --dport 80 -m iprange --src-range 10.1.0.1-10.1.0.9 -j DROP
iptables -A INPUT -p tcp --dport 81 -m mac --mac-source 02:00:00:00:00:01 -j REJECT
iptables -A INPUT -p tcp --dport 82 -m ttl --ttl-lt 10 -j DROP
iptables -A INPUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j DROP
iptables -A INPUT -m pkttype --pkt-type broadcast -j DROP
iptables -A INPUT -p tcp -m connlimit --connlimit-above 500 -j REJECT
iptables -A INPUT -p icmp -m length --length 0:20 -j DROP
iptables -t mangle -A PREROUTING -p tcp -j MARK --set-mark 7
iptables -A INPUT -m mark --mark 9 -j DROP
END

### iptables: marks that steer
for n in a r b c; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name la netns r
ip link add eth0 netns b type veth peer name lb netns r
ip link add eth0 netns c type veth peer name lc netns r
for p in a:eth0 r:la r:lb r:lc b:eth0 c:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
k=0
for n in a b c; do
  k=$((k + 1))
  ip -n $n addr add 10.$k.0.1/24 dev eth0
  ip -n r addr add 10.$k.0.254/24 dev l$n
  ip -n $n route add default via 10.$k.0.254
done
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n b addr add 198.51.100.1/32 dev lo
ip -n r route add 198.51.100.0/24 via 10.3.0.1
ip -n r route add 198.51.100.0/24 via 10.2.0.1 table 7
ip -n r rule add fwmark 7 lookup 7
ip netns exec r iptables -t mangle -A PREROUTING -i la -p icmp -j MARK --set-mark 7
#? a > 198.51.100.1

### ebtables: a source MAC address is dropped
ip link add br0 type bridge
ip link set br0 up
for k in 1 2 3; do
  ip netns add n$k
  ip link add v$k type veth peer name eth0 netns n$k
  ip link set v$k master br0 up
  ip -n n$k link set eth0 address 02:00:00:00:00:0$k up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done
ebtables -A FORWARD -s 02:00:00:00:00:01 -o v2 -j DROP
ebtables -A FORWARD -p ARP --arp-ip-dst 10.7.0.3 -i v2 -j DROP

### arptables
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip netns exec b arptables -A INPUT -s 10.1.0.1 -j DROP

### nft, family bridge
ip link add br0 type bridge
ip link set br0 up
for k in 1 2 3; do
  ip netns add n$k
  ip link add v$k type veth peer name eth0 netns n$k
  ip link set v$k master br0 up
  ip -n n$k link set eth0 address 02:00:00:00:00:0$k up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done
nft -f - <<'END'
table bridge filter {
  chain forward {
    type filter hook forward priority 0;
    ether saddr 02:00:00:00:00:01 oifname "v2" ip protocol icmp drop
    iifname "v3" ether type arp arp daddr ip 10.7.0.2 drop
  }
}
END

### nft, family netdev: ingress and egress
for k in 1 2 3; do ip netns add n$k; done
ip link add br0 type bridge
ip link set br0 up
for k in 1 2 3; do
  ip link add v$k type veth peer name eth0 netns n$k
  ip link set v$k master br0 up
  ip -n n$k link set eth0 up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done
ip netns exec n1 nft -f - <<'END'
table netdev f {
  chain in { type filter hook ingress device "eth0" priority 0; ip saddr 10.7.0.2 drop; }
  chain out { type filter hook egress device "eth0" priority 0; ip daddr 10.7.0.3 icmp type echo-request drop; }
}
END

### DNAT to one of two, by numgen
#: listen w1 tcp * 80
#: listen w2 tcp * 80
#? cl > 203.0.113.1 tcp 80
for n in cl r w1 w2; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns cl type veth peer name wan netns r
ip -n r link add lan0 type bridge
ip -n r link set lan0 up
ip -n r addr add 192.168.1.1/24 dev lan0
for k in 1 2; do
  ip -n r link add l$k type veth peer name eth0 netns w$k
  ip -n r link set l$k master lan0 up
  ip -n w$k link set eth0 up
  ip -n w$k addr add 192.168.1.1$k/24 dev eth0
  ip -n w$k route add default via 192.168.1.1
done
ip -n cl link set eth0 up
ip -n r link set wan up
ip -n cl addr add 203.0.113.9/24 dev eth0
ip -n r addr add 203.0.113.1/24 dev wan
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<'END'
table ip nat {
  chain pre {
    type nat hook prerouting priority dstnat;
    iifname "wan" tcp dport 80 dnat to numgen random mod 2 map { 0 : 192.168.1.11, 1 : 192.168.1.12 }
  }
}
END

### DNAT by maps from port to address, and by jhash
#: listen w1 tcp * 80
#: listen w2 tcp * 81
#: listen w1 tcp * 82
#: listen w2 tcp * 82
#? cl > 203.0.113.1 tcp 80
#? cl > 203.0.113.1 tcp 81
#? cl > 203.0.113.1 tcp 82
#? cl > 203.0.113.1 tcp 8080
for n in cl r w1 w2; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns cl type veth peer name wan netns r
ip -n r link add lan0 type bridge
ip -n r link set lan0 up
ip -n r addr add 192.168.1.1/24 dev lan0
for k in 1 2; do
  ip -n r link add l$k type veth peer name eth0 netns w$k
  ip -n r link set l$k master lan0 up
  ip -n w$k link set eth0 up
  ip -n w$k addr add 192.168.1.1$k/24 dev eth0
  ip -n w$k route add default via 192.168.1.1
done
ip -n cl link set eth0 up
ip -n r link set wan up
ip -n cl addr add 203.0.113.9/24 dev eth0
ip -n r addr add 203.0.113.1/24 dev wan
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<'END'
table ip nat {
  map backends { type inet_service : ipv4_addr; elements = { 80 : 192.168.1.11, 81 : 192.168.1.12 } }
  chain pre {
    type nat hook prerouting priority dstnat;
    iifname "wan" dnat ip to tcp dport map { 8080 : 192.168.1.11 . 80, 8081 : 192.168.1.12 . 81 }
    iifname "wan" tcp dport 82 dnat to jhash ip saddr mod 2 map { 0 : 192.168.1.11, 1 : 192.168.1.12 }
    iifname "wan" dnat to tcp dport map @backends
  }
}
END

### iptables NETMAP, REDIRECT and a statistic
#: listen r tcp * 3128
#? cl > 203.0.113.1 tcp 80
#? cl > 198.51.100.11
for n in cl r w; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns cl type veth peer name wan netns r
ip link add lan netns r type veth peer name eth0 netns w
for p in cl:eth0 r:wan r:lan w:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n cl addr add 203.0.113.9/24 dev eth0
ip -n cl route add default via 203.0.113.1
ip -n r addr add 203.0.113.1/24 dev wan
ip -n r addr add 192.168.1.1/24 dev lan
ip -n w addr add 192.168.1.11/24 dev eth0
ip -n w route add default via 192.168.1.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r iptables -t nat -A PREROUTING -i wan -p tcp --dport 80 -j REDIRECT --to-ports 3128
ip netns exec r iptables -t nat -A PREROUTING -d 198.51.100.0/24 -j NETMAP --to 192.168.1.0/24
ip netns exec r iptables -A FORWARD -m statistic --mode nth --every 1000 --packet 0 -j DROP

### hairpin: with masquerade and without
#: listen c1 tcp * 80
#: listen c2 tcp * 81
#? c1 > 203.0.113.2 tcp 80
#? c2 > 203.0.113.2 tcp 80
#? c1 > 203.0.113.2 tcp 81
for n in c1 c2 gw; do ip netns add $n; ip -n $n link set lo up; done
ip -n gw link add lan0 type bridge
ip -n gw link set lan0 up
ip -n gw addr add 192.168.1.1/24 dev lan0
ip -n gw addr add 203.0.113.2/32 dev lo
for k in 1 2; do
  ip -n gw link add l$k type veth peer name eth0 netns c$k
  ip -n gw link set l$k master lan0 up
  ip -n c$k link set eth0 up
  ip -n c$k addr add 192.168.1.1$k/24 dev eth0
  ip -n c$k route add default via 192.168.1.1
done
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1
ip netns exec gw iptables -t nat -A PREROUTING -d 203.0.113.2 -p tcp --dport 80 -j DNAT --to-destination 192.168.1.11
ip netns exec gw iptables -t nat -A PREROUTING -d 203.0.113.2 -p tcp --dport 81 -j DNAT --to-destination 192.168.1.12
ip netns exec gw iptables -t nat -A POSTROUTING -s 192.168.1.0/24 -d 192.168.1.12 -p tcp --dport 81 -j MASQUERADE

### conntrack zones and NOTRACK before an ESTABLISHED-only chain
#: listen b tcp * 80
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip netns exec a sh -e <<'END'
iptables -t raw -A OUTPUT -p icmp -j NOTRACK
iptables -P INPUT DROP
iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
END

### IPv6: ip6tables
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add fd00::1/64 dev eth0 nodad
ip -n b addr add fd00::2/64 dev eth0 nodad
ip netns exec b ip6tables -A INPUT -p icmpv6 --icmpv6-type echo-request -j DROP

### IPv6: neighbour discovery filtered
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add fd00::1/64 dev eth0 nodad
ip -n b addr add fd00::2/64 dev eth0 nodad
ip netns exec b ip6tables -P INPUT DROP
ip netns exec b ip6tables -A INPUT -p icmpv6 --icmpv6-type echo-request -j ACCEPT

### servers on some addresses alone
#: listen b tcp 10.1.0.2 80
#: listen b tcp 127.0.0.1 81
#: listen b tcp6 * 82
#: listen b udp * 53
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip -n b addr add 10.1.0.3/24 dev eth0

### frames whose ends a bridge's IP firewall translates, the host not forwarding
#? c3 > 10.0.1.9
ip link add br1 type bridge
ip link set br1 up
ip addr add 10.0.1.1/24 dev br1
sysctl -qw net.bridge.bridge-nf-call-iptables=1
for k in 3 4 5; do
  ip netns add c$k
  ip link add v$k type veth peer name eth0 netns c$k
  ip link set v$k master br1 up
  ip -n c$k link set eth0 address 02:00:00:00:00:0$k up
  ip -n c$k addr add 10.0.1.$k/24 dev eth0
done
iptables -t nat -A POSTROUTING -s 10.0.1.3 -j MASQUERADE
iptables -t nat -A PREROUTING -d 10.0.1.9 -j DNAT --to-destination 10.0.1.4
iptables -t nat -A PREROUTING -d 10.0.1.8 -j DNAT --to-destination 10.0.1.1
for ip in 8 9; do ip -n c3 neigh add 10.0.1.$ip lladdr 02:00:00:00:00:04 dev eth0; done

### frames whose ends a bridge's IP firewall translates, in a namespace that forwards
#: listen c4 tcp * 80
#? c3 > 10.0.1.9
#? c3 > 10.0.1.8
#? c3 > 10.0.1.8 tcp 80
#? c5 > 10.0.1.9 tcp 80
ip netns add sw
ip -n sw link add br1 type bridge
ip -n sw link set br1 up
ip -n sw addr add 10.0.1.1/24 dev br1
ip netns exec sw sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.ipv4.ip_forward=1
for k in 3 4 5; do
  ip netns add c$k
  ip -n sw link add v$k type veth peer name eth0 netns c$k
  ip -n sw link set v$k master br1 up
  ip -n c$k link set eth0 address 02:00:00:00:00:0$k up
  ip -n c$k addr add 10.0.1.$k/24 dev eth0
done
ip netns exec sw iptables -t nat -A POSTROUTING -s 10.0.1.3 -j MASQUERADE
ip netns exec sw iptables -t nat -A PREROUTING -d 10.0.1.9 -j DNAT --to-destination 10.0.1.4
ip netns exec sw iptables -t nat -A PREROUTING -d 10.0.1.8 -j DNAT --to-destination 10.0.1.5
for k in 3 5; do for ip in 8 9; do ip -n c$k neigh add 10.0.1.$ip lladdr 02:00:00:00:00:04 dev eth0; done; done

### NAT behind NAT (a home router behind the provider's)
#: listen www tcp * 80
#? pc > 203.0.113.80 tcp 80
#? www > 192.168.1.10
ip netns add pc; ip netns add home; ip netns add cgn; ip netns add www
ip link add e netns pc type veth peer name lan netns home
ip link add wan netns home type veth peer name cust netns cgn
ip link add uplink netns cgn type veth peer name e netns www
for e in pc/e home/lan home/wan cgn/cust cgn/uplink www/e pc/lo www/lo; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n pc addr add 192.168.1.10/24 dev e; ip -n home addr add 192.168.1.1/24 dev lan
ip -n home addr add 100.64.0.2/24 dev wan; ip -n cgn addr add 100.64.0.1/24 dev cust
ip -n cgn addr add 203.0.113.1/24 dev uplink; ip -n www addr add 203.0.113.80/24 dev e
ip -n pc route add default via 192.168.1.1; ip -n home route add default via 100.64.0.1
for n in home cgn; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
ip netns exec home iptables -t nat -A POSTROUTING -o wan -j MASQUERADE
ip netns exec cgn iptables -t nat -A POSTROUTING -s 100.64.0.0/10 -o uplink -j SNAT --to-source 203.0.113.1

### policy: a VPN-like table with a fwmark and a kill switch
#: listen s tcp * 80
#: listen s tcp * 443
ip netns add c; ip netns add r; ip netns add s
ip link add e1 netns c type veth peer name l1 netns r; ip link add e2 netns c type veth peer name l2 netns r; ip link add x0 netns r type veth peer name e netns s
for e in c/e1 c/e2 r/l1 r/l2 r/x0 s/e; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n c addr add 10.1.1.2/24 dev e1; ip -n r addr add 10.1.1.1/24 dev l1; ip -n c addr add 10.1.2.2/24 dev e2; ip -n r addr add 10.1.2.1/24 dev l2
ip -n r addr add 10.9.0.1/24 dev x0; ip -n s addr add 10.9.0.2/24 dev e; ip -n s route add default via 10.9.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n c route add default via 10.1.1.1; ip -n c route add default via 10.1.2.1 table 51820
ip -n c rule add not fwmark 0xca6c table 51820; ip -n c rule add table main suppress_prefixlength 0
ip netns exec c iptables -t mangle -A OUTPUT -p tcp --dport 443 -j MARK --set-mark 0xca6c
ip netns exec c iptables -A OUTPUT ! -o e2 -m mark ! --mark 0xca6c -m addrtype ! --dst-type LOCAL -j REJECT

### IPv6 firewall that forgets neighbour discovery and one that forgets packet-too-big
#: listen s tcp6 * 80
ip netns add c; ip netns add r; ip netns add s
ip link add e netns c type veth peer name l0 netns r; ip link add x0 netns r type veth peer name e netns s
for e in c/e r/l0 r/x0 s/e; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n c addr add fd00:1::2/64 dev e nodad; ip -n r addr add fd00:1::1/64 dev l0 nodad; ip -n r addr add fd00:2::1/64 dev x0 nodad; ip -n s addr add fd00:2::2/64 dev e nodad
ip -n c -6 route add default via fd00:1::1; ip -n s -6 route add default via fd00:2::1
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
ip netns exec r ip6tables -A FORWARD -p ipv6-icmp -j ACCEPT
ip netns exec r ip6tables -A FORWARD -m state --state ESTABLISHED -j ACCEPT
ip netns exec r ip6tables -A FORWARD -p tcp --syn --dport 80 -j ACCEPT
ip netns exec r ip6tables -P FORWARD DROP
ip netns exec s ip6tables -A INPUT -p tcp -j ACCEPT
ip netns exec s ip6tables -P INPUT DROP

### nft wiki: a simple server's ruleset
#: listen s tcp * 22
#: listen s tcp * 443
ip netns add s; ip netns add c
ip link add e netns s type veth peer name e netns c
ip -n s link set e up; ip -n c link set e up; ip -n s link set lo up
ip -n s addr add 10.0.0.1/24 dev e; ip -n c addr add 10.0.0.2/24 dev e
ip -n s addr add fd00::1/64 dev e nodad; ip -n c addr add fd00::2/64 dev e nodad
ip netns exec s nft -f - <<N
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state vmap { established : accept, related : accept, invalid : drop }
    iifname "lo" accept
    ip protocol icmp icmp type { destination-unreachable, router-solicitation, router-advertisement, time-exceeded, parameter-problem } accept
    ip6 nexthdr icmpv6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
    tcp dport { 22, 80 } ct state new accept
  }
}
N

### a source is translated on one bridge, and the frame goes on through another
ip link add pa type bridge; ip link set pa up; ip addr add 10.0.3.1/24 dev pa
ip link add pb type bridge; ip link set pb up
ip link add x type veth peer name y; ip link set x master pa; ip link set y master pb; ip link set x up; ip link set y up
for n in a b; do ip netns add $n; ip link add v$n type veth peer name e netns $n; ip link set v$n master p$n up; ip -n $n link set e up; done
ip -n a addr add 10.0.3.2/24 dev e; ip -n b addr add 10.0.3.3/24 dev e
sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
iptables -t nat -A POSTROUTING -s 10.0.3.2 -j MASQUERADE

### one namespace NATs for a network that is behind a second router
#? h > 203.0.113.9
ip netns add h; ip netns add r1; ip netns add r2; ip netns add net
ip link add e netns h type veth peer name lan netns r1
ip link add mid netns r1 type veth peer name mid netns r2
ip link add wan netns r2 type veth peer name e netns net
for e in h/e r1/lan r1/mid r2/mid r2/wan net/e; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n h addr add 192.168.7.2/24 dev e; ip -n r1 addr add 192.168.7.1/24 dev lan; ip -n r1 addr add 10.0.0.1/30 dev mid; ip -n r2 addr add 10.0.0.2/30 dev mid
ip -n r2 addr add 203.0.113.1/24 dev wan; ip -n net addr add 203.0.113.9/24 dev e
ip -n h route add default via 192.168.7.1; ip -n r1 route add default via 10.0.0.2
for n in r1 r2; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
ip netns exec r2 iptables -t nat -A POSTROUTING -o wan -s 10.0.0.0/30 -j MASQUERADE

### firewalld's zones in nft: vmap by interface, goto, reject with icmpx
#: listen s tcp * 80
#: listen s tcp * 8080
ip netns add s; ip netns add in; ip netns add ex
ip link add lan netns s type veth peer name e netns in; ip link add wan netns s type veth peer name e netns ex
for e in s/lan s/wan in/e ex/e; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n s addr add 10.1.0.1/24 dev lan; ip -n in addr add 10.1.0.2/24 dev e; ip -n s addr add 10.2.0.1/24 dev wan; ip -n ex addr add 10.2.0.2/24 dev e
ip -n in route add default via 10.1.0.1; ip -n ex route add default via 10.2.0.1; ip netns exec s sysctl -qw net.ipv4.ip_forward=1
ip netns exec s nft -f - <<N
table inet firewalld {
  chain trusted { accept
  }
  chain public { tcp dport 80 accept
    meta l4proto { icmp, icmpv6 } accept
    reject with icmpx type admin-prohibited
  }
  chain input {
    type filter hook input priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    iifname vmap { "lan" : goto trusted, "wan" : goto public }
    reject with icmpx admin-prohibited
  }
  chain forward {
    type filter hook forward priority filter + 10; policy accept;
    ct state { established, related } accept
    iifname "lan" oifname "wan" accept
    reject with icmpx admin-prohibited
  }
}
N

### the host's own firewall by ufw: before-input and user chains
#: listen host tcp * 22
#: listen host tcp * 80
ip netns add a; ip link add va type veth peer name e netns a; ip link set va up; ip -n a link set e up; ip addr add 10.0.0.1/24 dev va; ip -n a addr add 10.0.0.2/24 dev e
iptables -N ufw-before-input; iptables -N ufw-user-input; iptables -N ufw-not-local; iptables -N ufw-skip-to-policy-input
iptables -A INPUT -j ufw-before-input
iptables -A ufw-before-input -i lo -j ACCEPT
iptables -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A ufw-before-input -m conntrack --ctstate INVALID -j DROP
iptables -A ufw-before-input -p icmp --icmp-type echo-request -j ACCEPT
iptables -A ufw-before-input -p udp --sport 67 --dport 68 -j ACCEPT
iptables -A ufw-before-input -j ufw-not-local
iptables -A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
iptables -A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
iptables -A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN
iptables -A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j RETURN
iptables -A ufw-not-local -j DROP
iptables -A ufw-before-input -j ufw-user-input
iptables -A ufw-user-input -p tcp --dport 22 -j ACCEPT
iptables -P INPUT DROP

### a port knocker: dynamic sets, meters and a quota
#: listen s tcp * 22
ip netns add s; ip netns add c
ip link add e netns s type veth peer name e netns c; ip -n s link set e up; ip -n c link set e up
ip -n s addr add 10.0.0.1/24 dev e; ip -n c addr add 10.0.0.2/24 dev e
ip netns exec s nft -f - <<N
table inet k {
  set clients { type ipv4_addr; flags timeout; elements = { 10.0.0.9 timeout 1h } }
  set banned { type ipv4_addr; flags interval; elements = { 192.0.2.0/24, 10.0.0.128/25 } }
  chain i { type filter hook input priority 0; policy accept;
    ip saddr @banned drop
    tcp dport 22 ip saddr @clients accept
    tcp dport 1234 add @clients { ip saddr timeout 10s }
    tcp dport 22 drop
    icmp type echo-request limit rate over 10/second burst 50 packets drop
  }
}
N

### IPv6 with NAT66 and a prefix translation
#: listen s tcp6 * 80
#? c > 2001:db8:f::2
#? c > 2001:db8:f::2 tcp 80
ip netns add c; ip netns add r; ip netns add s
ip link add e0 netns c type veth peer name l0 netns r; ip link add w0 netns r type veth peer name e0 netns s
for e in c/e0 r/l0 r/w0 s/e0; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n c addr add fd00:1::2/64 dev e0 nodad; ip -n r addr add fd00:1::1/64 dev l0 nodad; ip -n r addr add 2001:db8:f::1/64 dev w0 nodad; ip -n s addr add 2001:db8:f::2/64 dev e0 nodad; ip -n c -6 route add default via fd00:1::1
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
ip netns exec r nft -f - <<N
table ip6 nat { chain post { type nat hook postrouting priority 100; oifname "w0" ip6 saddr fd00:1::/64 masquerade
}
}
N

### ct state untracked and a raw prerouting chain that isn't for it
#: listen b tcp * 80
#? a > 10.0.0.2 tcp 80
ip netns add a; ip netns add b
ip link add e0 netns a type veth peer name e0 netns b; for n in a b; do ip -n $n link set e0 up; ip -n $n link set lo up; done
ip -n a addr add 10.0.0.1/24 dev e0; ip -n b addr add 10.0.0.2/24 dev e0
ip netns exec b nft -f - <<N
table inet m {
 chain r { type filter hook prerouting priority raw; tcp dport 80 notrack
 }
 chain i { type filter hook input priority 0; policy drop; ct state untracked accept
 ct state new icmp type echo-request accept
 }
}
N

### masquerade by nft with an interface set, and a fib rule against spoofing
#: listen s tcp * 80
#? c > 203.0.113.9 tcp 80
#? s > 10.0.0.2
ip netns add c; ip netns add r; ip netns add s
ip link add e0 netns c type veth peer name lan netns r; ip link add wan netns r type veth peer name e0 netns s
for e in c/e0 r/lan r/wan s/e0; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n c addr add 10.0.0.2/24 dev e0; ip -n c route add default via 10.0.0.1; ip -n r addr add 10.0.0.1/24 dev lan; ip -n r addr add 203.0.113.1/24 dev wan; ip -n s addr add 203.0.113.9/24 dev e0; ip -n s route add 10.0.0.0/24 via 203.0.113.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<N
table inet t {
  chain rp { type filter hook prerouting priority raw; policy accept
    fib saddr . iif oif missing drop
  }
  chain f { type filter hook forward priority 0; policy drop
    ct state vmap { new : jump fresh, established : accept, related : accept, invalid : drop }
  }
  chain fresh {
    iifname . oifname { "lan" . "wan" } accept
    meta pkttype broadcast drop
    iifname "wan" ip daddr 10.0.0.0/24 icmp type echo-request limit rate 5/second accept
  }
}
table ip n { chain p { type nat hook postrouting priority srcnat
    oifname { "wan", "ppp0" } ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade random
  }
}
N

### a DMZ: three legs, forward policy drop, jumps by set of interfaces
#: listen web tcp * 80
#: listen db tcp * 5432
#? out > 10.1.0.2 tcp 80
#? web > 10.2.0.2 tcp 5432
#? out > 10.2.0.2 tcp 5432
ip netns add fw; for n in out web db; do ip netns add $n; done
i=0; for n in out web db; do ip link add $n netns fw type veth peer name eth0 netns $n; ip -n fw link set $n up; ip -n $n link set eth0 up; ip -n $n link set lo up; ip -n fw addr add 10.$i.0.1/24 dev $n; ip -n $n addr add 10.$i.0.2/24 dev eth0; ip -n $n route add default via 10.$i.0.1; i=$((i+1)); done
ip netns exec fw sysctl -qw net.ipv4.ip_forward=1
ip netns exec fw iptables -P FORWARD DROP
ip netns exec fw iptables -A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT
ip netns exec fw iptables -A FORWARD -i out -o web -p tcp -m multiport --dports 80,443 -m conntrack --ctstate NEW -j ACCEPT
ip netns exec fw iptables -A FORWARD -i web -o db -p tcp --dport 5432 -s 10.1.0.0/24 -j ACCEPT
ip netns exec fw iptables -A FORWARD -p icmp --icmp-type 8 -i db -j ACCEPT
