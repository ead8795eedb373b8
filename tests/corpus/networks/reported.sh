# Networks on which a diagnosis was wrong, or easily would be.

### host reaches its own published port (nat OUTPUT DNAT, docker)
#: listen a tcp * 80
#? host > 10.0.0.254 tcp 8000
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
iptables -t nat -A OUTPUT -p tcp -d 10.0.0.254 --dport 8000 -j DNAT --to-destination 10.0.0.1:80

### macvlan bridge mode, outward
#? m1 > 10.9.0.1
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
for k in 1 2; do ip netns add m$k; ip link add eth0 link up0 netns m$k type macvlan mode bridge; ip -n m$k link set eth0 up; ip -n m$k addr add 10.9.0.1$k/24 dev eth0; done

### macvlan private, sibling
#? m1 > 10.9.0.12
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
for k in 1 2; do ip netns add m$k; ip link add eth0 link up0 netns m$k type macvlan mode private; ip -n m$k link set eth0 up; ip -n m$k addr add 10.9.0.1$k/24 dev eth0; done

### ip neigh add proxy
#? a > 10.2.0.2
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.2/8 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev eth0
ip -n a route add default via 10.1.0.1
ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n r neigh add proxy 10.2.0.2 dev ra

### noprefixroute and no route
#? a > 10.2.0.2
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.2/24 dev eth0 noprefixroute
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev eth0
ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

### tc clsact bpf drops
#? a > 10.0.0.2
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec b tc qdisc add dev eth0 clsact
ip netns exec b tc filter add dev eth0 ingress bpf da bytecode '1,6 0 0 2,'

### tc tbf too small
#? a > 10.0.0.2
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec a tc qdisc add dev eth0 root tbf rate 1kbit burst 10 latency 1ms

### nft netdev egress drops ARP
#? a > 10.0.0.2
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec a nft 'add table netdev f; add chain netdev f i { type filter hook egress device eth0 priority 0; }; add rule netdev f i ether type arp drop'

### nft bridge forward drops
#? a > 10.0.0.2
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
nft 'add table bridge f; add chain bridge f i { type filter hook forward priority 0; }; add rule bridge f i ip protocol icmp drop'

### nft dnat to a map with ports
#: listen c1 tcp * 80
#? srv > 203.0.113.2 tcp 8080
for n in c1 c2 gw srv; do ip netns add $n; ip -n $n link set lo up; done
ip -n gw link add lan0 type bridge
ip -n gw link set lan0 up
for k in 1 2; do ip -n gw link add l$k type veth peer name eth0 netns c$k; ip -n gw link set l$k master lan0 up; ip -n c$k link set eth0 up; ip -n c$k addr add 192.168.1.1$k/24 dev eth0; done
ip -n gw addr add 192.168.1.1/24 dev lan0
for k in 1 2; do ip -n c$k route add default via 192.168.1.1; done
ip -n gw link add wan type veth peer name eth0 netns srv
ip -n gw link set wan up
ip -n srv link set eth0 up
ip -n gw addr add 203.0.113.2/24 dev wan
ip -n srv addr add 203.0.113.10/24 dev eth0
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1
ip netns exec gw nft 'add table ip nat; add chain ip nat pre { type nat hook prerouting priority dstnat; }; add chain ip nat post { type nat hook postrouting priority srcnat; }'
ip netns exec gw nft 'add rule ip nat pre dnat ip to tcp dport map { 8080 : 192.168.1.11 . 80 }'

### hairpin to oneself
#: listen c1 tcp * 80
#? c1 > 203.0.113.2 tcp 80
for n in c1 c2 gw srv; do ip netns add $n; ip -n $n link set lo up; done
ip -n gw link add lan0 type bridge
ip -n gw link set lan0 up
for k in 1 2; do ip -n gw link add l$k type veth peer name eth0 netns c$k; ip -n gw link set l$k master lan0 up; ip -n c$k link set eth0 up; ip -n c$k addr add 192.168.1.1$k/24 dev eth0; done
ip -n gw addr add 192.168.1.1/24 dev lan0
for k in 1 2; do ip -n c$k route add default via 192.168.1.1; done
ip -n gw link add wan type veth peer name eth0 netns srv
ip -n gw link set wan up
ip -n srv link set eth0 up
ip -n gw addr add 203.0.113.2/24 dev wan
ip -n srv addr add 203.0.113.10/24 dev eth0
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1
ip netns exec gw nft 'add table ip nat; add chain ip nat pre { type nat hook prerouting priority dstnat; }; add chain ip nat post { type nat hook postrouting priority srcnat; }'
ip netns exec gw nft 'add rule ip nat pre tcp dport 80 dnat to 192.168.1.11; add rule ip nat post iifname lan0 oifname lan0 masquerade'
ip netns exec gw bridge link set dev l1 hairpin on

### bridge port locked
#? a > 10.0.0.2
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
bridge link set dev va locked on

### bcast_flood off
#? a > 10.0.0.2
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
bridge link set dev vb bcast_flood off

### two patch cables, STP, one is down
#? n0 > 10.7.0.11
ip link add br0 type bridge stp_state 1 forward_delay 200
ip link add br1 type bridge stp_state 1 forward_delay 200
ip link set br0 up
ip link set br1 up
ip link add pa0 type veth peer name pb0
ip link add pa1 type veth peer name pb1
ip link set pa0 master br0 up
ip link set pb0 master br1
ip link set pa1 master br0 up
ip link set pb1 master br1 up
for k in 0 1; do ip netns add n$k; ip link add v$k type veth peer name eth0 netns n$k; ip link set v$k master br$k up; ip -n n$k link set eth0 up; ip -n n$k addr add 10.7.0.1$k/24 dev eth0; done

### rule from one's own source prohibits
#? a > 10.0.0.2
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a rule add from 10.0.0.0/24 prohibit prio 100

### TTL 1
#? a > 10.2.0.2
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev eth0
ip -n a route add default via 10.1.0.1
ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec a sysctl -qw net.ipv4.ip_default_ttl=1

### vxlan with another VNI
#? h1 > 10.60.0.2
for k in 1 2; do ip netns add h$k; done
ip link add u0 netns h1 type veth peer name u0 netns h2
for k in 1 2; do ip -n h$k link set u0 up; ip -n h$k addr add 192.168.60.$k/24 dev u0; ip -n h$k link add vx0 type vxlan id 4$k dstport 4789 local 192.168.60.$k remote 192.168.60.$((3-k)) dev u0; ip -n h$k link set vx0 up; ip -n h$k addr add 10.60.0.$k/24 dev vx0; done

### via inet6
#? a > 10.2.0.2
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev eth0
ip -n r addr add fe80::1/64 dev ra nodad
ip -4 -n a route add default via inet6 fe80::1 dev eth0
ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

### nat OUTPUT DNAT in a namespace
#: listen b tcp * 80
#? a > 10.0.0.99 tcp 81
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec a iptables -t nat -A OUTPUT -p tcp -d 10.0.0.99 --dport 81 -j DNAT --to-destination 10.0.0.2:80

### the address's own local route is gone
#? a > 10.0.0.2
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n b route del local 10.0.0.2 dev eth0 table local

### server on [::] for IPv6 alone
#: listen b tcp6 * 80
#? a > 10.0.0.2 tcp 80
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add br0 type bridge
ip link set br0 up
for n in a b; do ip link add v$n type veth peer name eth0 netns $n; ip link set v$n master br0 up; ip -n $n link set eth0 up; done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0

### NETMAP
#? srv > 203.0.113.2
for n in c1 c2 gw srv; do ip netns add $n; ip -n $n link set lo up; done
ip -n gw link add lan0 type bridge
ip -n gw link set lan0 up
for k in 1 2; do ip -n gw link add l$k type veth peer name eth0 netns c$k; ip -n gw link set l$k master lan0 up; ip -n c$k link set eth0 up; ip -n c$k addr add 192.168.1.1$k/24 dev eth0; done
ip -n gw addr add 192.168.1.1/24 dev lan0
for k in 1 2; do ip -n c$k route add default via 192.168.1.1; done
ip -n gw link add wan type veth peer name eth0 netns srv
ip -n gw link set wan up
ip -n srv link set eth0 up
ip -n gw addr add 203.0.113.2/24 dev wan
ip -n srv addr add 203.0.113.10/24 dev eth0
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1
ip netns exec gw nft 'add table ip nat; add chain ip nat pre { type nat hook prerouting priority dstnat; }; add chain ip nat post { type nat hook postrouting priority srcnat; }'
ip netns exec gw iptables -t nat -A PREROUTING -i wan -j NETMAP --to 192.168.1.0/24
ip netns exec c1 sysctl -qw net.ipv4.icmp_echo_ignore_all=1

### br_netfilter DNAT: bridge turns the packet itself, isolated ports
#: listen c1 tcp * 80
#? c2 > 203.0.113.2 tcp 80
for n in c1 c2 gw srv; do ip netns add $n; ip -n $n link set lo up; done
ip -n gw link add lan0 type bridge
ip -n gw link set lan0 up
for k in 1 2; do ip -n gw link add l$k type veth peer name eth0 netns c$k; ip -n gw link set l$k master lan0 up; ip -n c$k link set eth0 up; ip -n c$k addr add 192.168.1.1$k/24 dev eth0; done
ip -n gw addr add 192.168.1.1/24 dev lan0
for k in 1 2; do ip -n c$k route add default via 192.168.1.1; done
ip -n gw link add wan type veth peer name eth0 netns srv
ip -n gw link set wan up
ip -n srv link set eth0 up
ip -n gw addr add 203.0.113.2/24 dev wan
ip -n srv addr add 203.0.113.10/24 dev eth0
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1
ip netns exec gw nft 'add table ip nat; add chain ip nat pre { type nat hook prerouting priority dstnat; }; add chain ip nat post { type nat hook postrouting priority srcnat; }'
ip netns exec gw sysctl -qw net.bridge.bridge-nf-call-iptables=1
ip netns exec gw nft 'add rule ip nat pre ip daddr 203.0.113.2 tcp dport 80 dnat to 192.168.1.11; add rule ip nat post ip saddr 192.168.1.0/24 ip daddr 192.168.1.11 masquerade'
for p in l1 l2; do ip netns exec gw bridge link set dev $p isolated on; done

### a healthy STP triangle, past the blocked port
#? n1 > 10.7.0.12
for b in 0 1 2; do ip link add br$b type bridge stp_state 1 forward_delay 200; ip link set br$b up; ip netns add n$b; ip link add v$b type veth peer name eth0 netns n$b; ip link set v$b master br$b up; ip -n n$b link set eth0 up; ip -n n$b addr add 10.7.0.1$b/24 dev eth0; done
ip link add pa0 type veth peer name pb0
ip link set pa0 master br0 up
ip link set pb0 master br1 up
ip link add pa1 type veth peer name pb1
ip link set pa1 master br1 up
ip link set pb1 master br2 up
ip link add pa2 type veth peer name pb2
ip link set pa2 master br0 up
ip link set pb2 master br2 up
ip link set br0 type bridge priority 4096
sleep 6
