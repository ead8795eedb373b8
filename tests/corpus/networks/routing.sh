# Routes, rules, neighbours.

### a chain of three routers
for n in a r1 r2 r3 b; do ip netns add $n; ip -n $n link set lo up; done
link() { ip link add $2 netns $1 type veth peer name $4 netns $3; ip -n $1 link set $2 up; ip -n $3 link set $4 up; }
link a eth0 r1 west; link r1 east r2 west; link r2 east r3 west; link r3 east b eth0
ip -n a addr add 10.1.0.1/24 dev eth0; ip -n r1 addr add 10.1.0.254/24 dev west
ip -n r1 addr add 10.12.0.1/30 dev east; ip -n r2 addr add 10.12.0.2/30 dev west
ip -n r2 addr add 10.23.0.1/30 dev east; ip -n r3 addr add 10.23.0.2/30 dev west
ip -n r3 addr add 10.2.0.254/24 dev east; ip -n b addr add 10.2.0.1/24 dev eth0
ip -n a route add default via 10.1.0.254
ip -n b route add default via 10.2.0.254
ip -n r1 route add 10.0.0.0/8 via 10.12.0.2
ip -n r2 route add 10.1.0.0/24 via 10.12.0.1
ip -n r2 route add 10.2.0.0/24 via 10.23.0.2
ip -n r3 route add default via 10.23.0.1
for r in r1 r2 r3; do ip netns exec $r sysctl -qw net.ipv4.ip_forward=1; done

### multipath with weights, one way down
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
for k in 1 2; do
  ip link add w$k netns a type veth peer name w$k netns r
  ip -n a link set w$k up
  ip -n r link set w$k up
  ip -n a addr add 10.0.$k.1/24 dev w$k
  ip -n r addr add 10.0.$k.2/24 dev w$k
done
ip link add eth1 netns r type veth peer name eth0 netns b
ip -n r link set eth1 up
ip -n b link set eth0 up
ip -n r addr add 10.2.0.254/24 dev eth1
ip -n b addr add 10.2.0.1/24 dev eth0
ip -n b route add default via 10.2.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n a route add 10.2.0.0/24 nexthop via 10.0.1.2 weight 3 nexthop via 10.0.2.2 weight 1
ip -n r link set w2 down

### nexthop objects and a group of them
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
for k in 1 2; do
  ip link add w$k netns a type veth peer name w$k netns r
  ip -n a link set w$k up
  ip -n r link set w$k up
  ip -n a addr add 10.0.$k.1/24 dev w$k
  ip -n r addr add 10.0.$k.2/24 dev w$k
  ip -n a nexthop add id $k via 10.0.$k.2 dev w$k
done
ip -n a nexthop add id 10 group 1,2/2,3
ip -n a nexthop add id 11 blackhole
ip link add eth1 netns r type veth peer name eth0 netns b
ip -n r link set eth1 up
ip -n b link set eth0 up
ip -n r addr add 10.2.0.254/24 dev eth1
ip -n b addr add 10.2.0.1/24 dev eth0
ip -n b route add default via 10.2.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n a route add 10.2.0.0/24 nhid 10
ip -n a route add 10.3.0.0/24 nhid 11
#? a > 10.3.0.1

### policy: from, iif, mark, protocol, ports, suppress, goto
for n in a r b c; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name la netns r
ip link add eth0 netns b type veth peer name lb netns r
ip link add eth0 netns c type veth peer name lc netns r
k=0
for n in a b c; do
  k=$((k + 1))
  ip -n $n link set eth0 up
  ip -n r link set l$n up
  ip -n $n addr add 10.$k.0.1/24 dev eth0
  ip -n r addr add 10.$k.0.254/24 dev l$n
  ip -n $n route add default via 10.$k.0.254
done
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n r route add 198.51.100.0/24 via 10.2.0.1 table 100
ip -n r route add 198.51.100.0/24 via 10.3.0.1 table 200
ip -n b addr add 198.51.100.9/32 dev lo
ip -n c addr add 198.51.100.9/32 dev lo
ip -n r rule add from 10.1.0.0/24 lookup 100 priority 100
ip -n r rule add iif lb lookup 200 priority 200
ip -n r rule add fwmark 0x10/0xf0 lookup 200 priority 300
ip -n r rule add ipproto tcp dport 80-90 lookup 200 priority 50
ip -n r rule add to 203.0.113.0/24 prohibit priority 60
ip -n r rule add from all lookup main suppress_prefixlength 0 priority 70
ip -n r rule add from 10.3.0.0/24 goto 32766 priority 80
ip -n r rule add tos 0x10 table 200 priority 90
#? a > 198.51.100.9
#? a > 203.0.113.1
#? b > 198.51.100.9

### a rule that prohibits the source
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip -n b rule add from 10.1.0.2 blackhole priority 10

### kinds of routes: blackhole, unreachable, prohibit, throw, local
for n in a r; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns r
ip -n a link set eth0 up
ip -n r link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n r addr add 10.1.0.254/24 dev eth0
ip -n a route add default via 10.1.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n r route add blackhole 198.51.100.0/26
ip -n r route add unreachable 198.51.100.64/26
ip -n r route add prohibit 198.51.100.128/26
ip -n r route add throw 198.51.100.192/26
ip -n r route add local 203.0.113.0/24 dev lo
#? a > 198.51.100.1
#? a > 198.51.100.65
#? a > 198.51.100.129
#? a > 198.51.100.193
#? a > 203.0.113.77

### an address of 32 bits with an onlink gateway, as clouds do
ip netns add gw
ip netns add vm
ip netns add far
for n in gw vm far; do ip -n $n link set lo up; done
ip link add eth0 netns vm type veth peer name tap0 netns gw
ip link add eth0 netns far type veth peer name wan netns gw
for p in vm:eth0 gw:tap0 far:eth0 gw:wan; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n vm addr add 10.20.0.5/32 dev eth0
ip -n vm route add default via 169.254.1.1 dev eth0 onlink
ip -n gw addr add 169.254.1.1/32 dev tap0
ip -n gw route add 10.20.0.5 dev tap0
ip -n gw addr add 203.0.113.1/24 dev wan
ip -n far addr add 203.0.113.9/24 dev eth0
ip -n far route add default via 203.0.113.1
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1

### proxy_arp
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add eth0 netns b type veth peer name rb netns r
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 10.1.0.2/16 dev eth0
ip -n b addr add 10.1.1.2/16 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.1.1.1/24 dev rb
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.ra.proxy_arp=1 net.ipv4.conf.rb.proxy_arp=1

### proxy_arp on one side alone
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add eth0 netns b type veth peer name rb netns r
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 10.1.0.2/16 dev eth0
ip -n b addr add 10.1.1.2/16 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.1.1.1/24 dev rb
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.ra.proxy_arp=1

### proxy neighbours, IPv4 and IPv6
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add eth0 netns b type veth peer name rb netns r
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 10.1.0.2/16 dev eth0
ip -n b addr add 10.1.1.2/16 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.1.1.1/24 dev rb
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n r neigh add proxy 10.1.1.2 dev ra
ip -n r neigh add proxy 10.1.0.2 dev rb
ip -n r -6 neigh add proxy fd00::9 dev ra

### fixed neighbours, right and wrong
ip netns add a
ip netns add b
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name eth0 netns b address 02:00:00:00:00:02
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip -n a neigh add 10.1.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud permanent
ip -n b neigh replace 10.1.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent

### arp with arp(8), and a cable without ARP
ip netns add a
ip netns add b
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name eth0 netns b address 02:00:00:00:00:02
ip -n a link set eth0 arp off up
ip -n b link set eth0 arp off up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip netns exec a arp -s 10.1.0.2 02:00:00:00:00:02
ip netns exec b arp -s 10.1.0.1 02:00:00:00:00:01

### noprefixroute
for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0 noprefixroute
ip -n b addr add 10.1.0.2/24 dev eth0

### the main table flushed
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add eth0 netns b type veth peer name rb netns r
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev eth0
ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n a route flush table main

### a local route deleted
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip -n b route del local 10.1.0.2 dev eth0 table local
ip -n a route add local 10.66.0.0/16 dev lo table local

### what ip route can say
for n in a r; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns r
ip -n a link set eth0 up
ip -n r link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n a addr add 10.1.0.7/24 dev eth0
ip -n r addr add 10.1.0.254/24 dev eth0
ip -n a route add 10.4.0.0/16 via 10.1.0.254 mtu 1400 src 10.1.0.7 metric 50
ip -n a route add 10.5.0.0/16 via 10.1.0.254 mtu lock 1300 advmss 1000 window 20000 rto_min 300ms
ip -n a route add 10.6.0.0/16 dev eth0 scope link proto static tos 0x10
ip -n a route add 10.7.0.0/16 via 172.31.0.1 dev eth0 onlink initcwnd 20
ip -n a -6 route add fd09::/64 dev eth0 pref high expires 500
ip -n a route add 10.8.0.0/16 via 10.1.0.254 table 300 realm 5
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

### an IPv4 route by an IPv6 gateway
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev eth0
ip -n r addr add fe80::1/64 dev ra nodad
ip -4 -n a route add default via inet6 fe80::1 dev eth0
ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

### IPv6 by hand
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 2001:db8:1::2/64 dev eth0 nodad
ip -n r addr add 2001:db8:1::1/64 dev ra nodad
ip -n r addr add 2001:db8:2::1/64 dev rb nodad
ip -n b addr add 2001:db8:2::2/64 dev eth0 nodad
ip -n r addr add fe80::1/64 dev ra nodad
ip -n a -6 route add default via fe80::1 dev eth0
ip -6 -n b route add default via 2001:db8:2::1
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1

### IPv6 switched off on a router
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip netns exec r sysctl -qw net.ipv6.conf.ra.disable_ipv6=1
ip -n a addr add 2001:db8:1::2/64 dev eth0 nodad
ip -n r addr add 2001:db8:2::1/64 dev rb nodad
ip -n b addr add 2001:db8:2::2/64 dev eth0 nodad
ip -n a -6 route add default via fe80::1 dev eth0
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
#? a > 2001:db8:2::2

### kernel parameters of interfaces
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev eth0
ip -n a route add default via 10.1.0.1
ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r sysctl -qw net.ipv4.conf.ra.rp_filter=1
ip netns exec r sysctl -qw net.ipv4.conf.rb.forwarding=0
ip netns exec r sysctl -qw net.ipv4.conf.rb.send_redirects=0
ip netns exec a sysctl -qw net.ipv4.conf.eth0.arp_ignore=1
ip netns exec a sysctl -qw net.ipv4.conf.eth0.arp_announce=2
ip netns exec a sysctl -qw net.ipv4.conf.eth0.accept_local=1
ip netns exec b sysctl -qw net.ipv4.conf.eth0.route_localnet=1
ip netns exec b sysctl -qw net.ipv6.conf.eth0.accept_ra=0
ip netns exec b sysctl -qw net.ipv4.neigh.eth0.gc_stale_time=77

### TTL of 1
for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name ra netns r
ip link add rb netns r type veth peer name eth0 netns b
for p in a:eth0 r:ra r:rb b:eth0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 10.1.0.2/24 dev eth0
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev eth0
ip -n a route add default via 10.1.0.1
ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec a sysctl -qw net.ipv4.ip_default_ttl=1

### a loop of two routers
for n in a r1 r2; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name la netns r1
ip link add x netns r1 type veth peer name x netns r2
for p in a:eth0 r1:la r1:x r2:x; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n a addr add 10.1.0.2/24 dev eth0
ip -n r1 addr add 10.1.0.1/24 dev la
ip -n r1 addr add 10.12.0.1/24 dev x
ip -n r2 addr add 10.12.0.2/24 dev x
ip -n a route add default via 10.1.0.1
ip -n r1 route add default via 10.12.0.2
ip -n r2 route add default via 10.12.0.1
for r in r1 r2; do ip netns exec $r sysctl -qw net.ipv4.ip_forward=1; done
#? a > 192.0.2.1

### files of a namespace's own
ip netns add a
mkdir -p /etc/netns/a
echo "nameserver 10.1.0.53" > /etc/netns/a/resolv.conf
echo "10.1.0.2 web" > /etc/netns/a/hosts
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0

### two uplinks, policy routing by source, as in the LARTC howto
#? pc > 198.51.100.1
#? srv > 203.0.113.2
#? srv > 203.0.113.6
ip netns add pc; ip netns add isp1; ip netns add isp2; ip netns add srv
ip link add w1 netns pc type veth peer name c netns isp1
ip link add w2 netns pc type veth peer name c netns isp2
ip link add uplink netns isp1 type veth peer name i1 netns srv
ip link add uplink netns isp2 type veth peer name i2 netns srv
for e in pc/w1 pc/w2 isp1/c isp1/uplink isp2/c isp2/uplink srv/i1 srv/i2 srv/lo pc/lo; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n pc addr add 203.0.113.2/30 dev w1; ip -n isp1 addr add 203.0.113.1/30 dev c
ip -n pc addr add 203.0.113.6/30 dev w2; ip -n isp2 addr add 203.0.113.5/30 dev c
ip -n isp1 addr add 10.0.1.1/30 dev uplink; ip -n srv addr add 10.0.1.2/30 dev i1
ip -n isp2 addr add 10.0.2.1/30 dev uplink; ip -n srv addr add 10.0.2.2/30 dev i2
ip -n srv addr add 198.51.100.1/32 dev lo
for n in isp1 isp2; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
ip -n isp1 route add default via 10.0.1.2; ip -n isp2 route add default via 10.0.2.2
ip -n srv route add 203.0.113.0/30 via 10.0.1.1; ip -n srv route add 203.0.113.4/30 via 10.0.2.1
ip -n pc route add default via 203.0.113.1
ip -n pc route add default via 203.0.113.5 table 2
ip -n pc rule add from 203.0.113.6 table 2
ip netns exec pc sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.w1.rp_filter=1 net.ipv4.conf.w2.rp_filter=1

### asymmetric: a strict reverse path filter on the server, two ways back
#? a > 10.9.9.1
ip netns add a; ip netns add r1; ip netns add r2; ip netns add s
ip link add e1 netns a type veth peer name acc netns r1
ip link add e2 netns a type veth peer name acc netns r2
ip link add s netns r1 type veth peer name e1 netns s
ip link add s netns r2 type veth peer name e2 netns s
for e in a/e1 a/e2 r1/acc r1/s r2/acc r2/s s/e1 s/e2 s/lo; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n a addr add 10.1.1.2/24 dev e1; ip -n r1 addr add 10.1.1.1/24 dev acc
ip -n a addr add 10.1.2.2/24 dev e2; ip -n r2 addr add 10.1.2.1/24 dev acc
ip -n r1 addr add 10.2.1.1/24 dev s; ip -n s addr add 10.2.1.2/24 dev e1
ip -n r2 addr add 10.2.2.1/24 dev s; ip -n s addr add 10.2.2.2/24 dev e2
ip -n s addr add 10.9.9.1/32 dev lo
for n in r1 r2; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
ip -n r1 route add 10.9.9.1 via 10.2.1.2; ip -n r2 route add 10.9.9.1 via 10.2.2.2
ip -n a route add default via 10.1.1.1
ip -n s route add 10.1.0.0/16 via 10.2.2.1
ip netns exec s sysctl -qw net.ipv4.conf.all.rp_filter=1
ip netns exec a sysctl -qw net.ipv4.conf.all.rp_filter=0
ip -n r2 route add 10.1.1.0/24 via 10.1.2.2

### ECMP over two equal links
ip netns add a; ip netns add r; ip netns add s
for k in 1 2; do
  ip link add p$k netns r type veth peer name p$k netns s
  ip -n r link set p$k up; ip -n s link set p$k up
  ip -n r addr add 10.0.$k.1/30 dev p$k; ip -n s addr add 10.0.$k.2/30 dev p$k
done
ip link add e netns a type veth peer name l0 netns r
ip -n a link set e up; ip -n r link set l0 up
ip -n a addr add 10.1.0.2/24 dev e; ip -n r addr add 10.1.0.1/24 dev l0; ip -n a route add default via 10.1.0.1
ip -n s link set lo up; ip -n s addr add 10.9.0.1/32 dev lo
ip -n r route add 10.9.0.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2
ip -n s route add 10.1.0.0/24 nexthop via 10.0.1.1 nexthop via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

### anycast: two servers with one address, each near a client
#? c1 > 10.53.0.53
#? c2 > 10.53.0.53
ip netns add c1; ip netns add c2; ip netns add r1; ip netns add r2; ip netns add s1; ip netns add s2
for k in 1 2; do
  ip link add e netns c$k type veth peer name c netns r$k
  ip link add e netns s$k type veth peer name s netns r$k
  for e in c$k/e r$k/c r$k/s s$k/e s$k/lo; do ip -n ${e%/*} link set ${e#*/} up; done
  ip -n c$k addr add 10.1.$k.2/24 dev e; ip -n r$k addr add 10.1.$k.1/24 dev c
  ip -n s$k addr add 10.2.$k.2/24 dev e; ip -n r$k addr add 10.2.$k.1/24 dev s
  ip -n s$k addr add 10.53.0.53/32 dev lo
  ip -n c$k route add default via 10.1.$k.1; ip -n s$k route add default via 10.2.$k.1
  ip -n r$k route add 10.53.0.53/32 via 10.2.$k.2
  ip netns exec r$k sysctl -qw net.ipv4.ip_forward=1
done
ip link add x0 netns r1 type veth peer name x0 netns r2
ip -n r1 link set x0 up; ip -n r2 link set x0 up
ip -n r1 addr add 10.255.0.1/30 dev x0; ip -n r2 addr add 10.255.0.2/30 dev x0
ip -n r1 route add 10.1.2.0/24 via 10.255.0.2; ip -n r2 route add 10.1.1.0/24 via 10.255.0.1

### proxy NDP: a container in the host's own subnet
#? peer > 2001:db8::10
ip netns add peer; ip netns add c
ip link add uplink type veth peer name e netns peer
ip link add v type veth peer name e netns c
ip link set uplink up; ip link set v up; ip -n peer link set e up; ip -n c link set e up
ip addr add 2001:db8::1/64 dev uplink nodad; ip -n peer addr add 2001:db8::99/64 dev e nodad
ip -n c addr add 2001:db8::10/128 dev e nodad
ip addr add fe80::1/64 dev v nodad
ip -n c -6 route add default via fe80::1 dev e
ip -6 route add 2001:db8::10/128 dev v
sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.uplink.proxy_ndp=1
ip -6 neigh add proxy 2001:db8::10 dev uplink

### a default route by metric, the better one dead
#? a > 10.9.0.1
ip netns add a; ip netns add r1; ip netns add r2
ip link add e1 netns a type veth peer name l0 netns r1
ip link add e2 netns a type veth peer name l0 netns r2
for e in a/e1 a/e2 r1/l0 r2/l0 r1/lo r2/lo; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n a addr add 10.1.1.2/24 dev e1; ip -n r1 addr add 10.1.1.1/24 dev l0
ip -n a addr add 10.1.2.2/24 dev e2; ip -n r2 addr add 10.1.2.1/24 dev l0
ip -n r1 addr add 10.9.0.1/32 dev lo; ip -n r2 addr add 10.9.0.1/32 dev lo
ip -n a route add default via 10.1.1.1 metric 10; ip -n a route add default via 10.1.2.1 metric 20
ip -n r1 link set l0 down

### addresses inside one another: a /16 and a /24 on two cables of one namespace
ip netns add a; ip netns add b; ip netns add c
ip link add e1 netns a type veth peer name e netns b; ip link add e2 netns a type veth peer name e netns c
for e in a/e1 a/e2 b/e c/e; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n a addr add 10.0.0.1/16 dev e1; ip -n b addr add 10.0.5.2/16 dev e
ip -n a addr add 10.0.5.1/24 dev e2; ip -n c addr add 10.0.5.3/24 dev e

### forwarding by interface: one direction only
ip netns add a; ip netns add r; ip netns add b
ip link add e netns a type veth peer name l0 netns r; ip link add x0 netns r type veth peer name e netns b
for e in a/e r/l0 r/x0 b/e; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n a addr add 10.1.0.2/24 dev e; ip -n r addr add 10.1.0.1/24 dev l0; ip -n r addr add 10.2.0.1/24 dev x0; ip -n b addr add 10.2.0.2/24 dev e
ip -n a route add default via 10.1.0.1; ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.conf.l0.forwarding=1

### IPv6 only, no addresses but link-local ones on the routers' link
ip netns add a; ip netns add r; ip netns add s; ip netns add b
ip link add a0 netns a type veth peer name l0 netns r
ip link add x0 netns r type veth peer name x0 netns s
ip link add l0 netns s type veth peer name b0 netns b
ip -n r link set x0 address 02:00:00:00:01:01; ip -n s link set x0 address 02:00:00:00:01:02
for e in a/a0 r/l0 r/x0 s/x0 s/l0 b/b0; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n a addr add fd00:a::2/64 dev a0 nodad; ip -n r addr add fd00:a::1/64 dev l0 nodad
ip -n b addr add fd00:b::2/64 dev b0 nodad; ip -n s addr add fd00:b::1/64 dev l0 nodad
for n in r s; do ip netns exec $n sysctl -qw net.ipv6.conf.all.forwarding=1; done
ip -n a -6 route add default via fd00:a::1; ip -n b -6 route add default via fd00:b::1
ip -n r -6 route add fd00:b::/64 via fe80::ff:fe00:102 dev x0
ip -n s -6 route add fd00:a::/64 via fe80::ff:fe00:101 dev x0

### the last address of a subnet, and its first, as somebody's own
#? a > 10.146.1.103
#? a > 10.146.1.96
ip netns add a; ip netns add b; ip netns add c
ip link add br0 type bridge; ip link set br0 up
for n in a b c; do ip link add v$n type veth peer name e netns $n; ip link set v$n master br0 up; ip -n $n link set e up; done
ip -n a addr add 10.146.1.184/24 dev e
ip -n b addr add 10.146.1.103/29 dev e; ip -n b route add 10.146.1.184 dev e
ip -n c addr add 10.146.1.96/29 dev e

### route to a subnet by an interface where a gateway is needed
#? a > 10.2.0.2
ip netns add a; ip netns add r; ip netns add b
ip link add e netns a type veth peer name r0 netns r; ip link add e netns b type veth peer name r1 netns r
for e in a/e b/e r/r0 r/r1; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n a addr add 10.1.0.2/24 dev e; ip -n r addr add 10.1.0.1/24 dev r0; ip -n b addr add 10.2.0.2/24 dev e; ip -n r addr add 10.2.0.1/24 dev r1
ip -n a route add default dev e; ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

### a route by an interface, and proxy_arp on the router
ip netns add a; ip netns add r; ip netns add b
ip link add e netns a type veth peer name r0 netns r; ip link add e netns b type veth peer name r1 netns r
for e in a/e b/e r/r0 r/r1; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n a addr add 10.1.0.2/24 dev e; ip -n r addr add 10.1.0.1/24 dev r0; ip -n b addr add 10.2.0.2/24 dev e; ip -n r addr add 10.2.0.1/24 dev r1
ip -n a route add default dev e; ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.r0.proxy_arp=1

### rp_filter loose and strict on one machine, a default route elsewhere
#? c > 10.5.0.1
ip netns add c; ip netns add s; ip netns add gw
ip link add e0 netns c type veth peer name e0 netns s; ip link add e1 netns s type veth peer name e0 netns gw
for e in c/e0 s/e0 s/e1 gw/e0 c/lo; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n c addr add 10.5.0.2/24 dev e0; ip -n c addr add 172.20.0.1/32 dev lo; ip -n s addr add 10.5.0.1/24 dev e0; ip -n s addr add 10.6.0.1/24 dev e1; ip -n gw addr add 10.6.0.2/24 dev e0
ip -n c route add default via 10.5.0.1 src 172.20.0.1; ip -n c route change 10.5.0.0/24 dev e0 src 172.20.0.1; ip -n s route add default via 10.6.0.2
ip netns exec s sysctl -qw net.ipv4.conf.all.rp_filter=1

### route leaking by ip rule iif between two tables (VRF-lite)
#? a1 > 10.2.0.2
#? b1 > 10.1.0.2
ip netns add r; for n in a1 a2 b1; do ip netns add $n; done
i=1; for n in a1 a2 b1; do ip link add p$n netns r type veth peer name eth0 netns $n; ip -n r link set p$n up; ip -n $n link set eth0 up; ip -n r addr add 10.$i.0.1/24 dev p$n; ip -n $n addr add 10.$i.0.2/24 dev eth0; ip -n $n route add default via 10.$i.0.1; i=$((i+1)); done
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n r route add 10.1.0.0/24 dev pa1 table 10; ip -n r route add 10.2.0.0/24 dev pa2 table 10; ip -n r route add unreachable default table 10 metric 4096
ip -n r route add 10.3.0.0/24 dev pb1 table 20; ip -n r route add unreachable default table 20 metric 4096
ip -n r rule add iif pa1 table 10 pref 100; ip -n r rule add iif pa2 table 10 pref 101; ip -n r rule add iif pb1 table 20 pref 102

### a ring of four routers, one cable cut, default routes clockwise
#? r1 > 10.0.34.4
for k in 1 2 3 4; do ip netns add r$k; ip netns exec r$k sysctl -qw net.ipv4.ip_forward=1; ip -n r$k link set lo up; done
for p in "1 2" "2 3" "3 4" "4 1"; do set -- $p; ip link add t$2 netns r$1 type veth peer name t$1 netns r$2; ip -n r$1 link set t$2 up; ip -n r$2 link set t$1 up; ip -n r$1 addr add 10.0.$1$2.$1/24 dev t$2; ip -n r$2 addr add 10.0.$1$2.$2/24 dev t$1; done
ip -n r1 route add default via 10.0.12.2; ip -n r2 route add default via 10.0.23.3; ip -n r3 route add default via 10.0.34.4; ip -n r4 route add default via 10.0.41.1
ip -n r3 link set t2 down
