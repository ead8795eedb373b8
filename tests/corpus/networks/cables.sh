# Two ends of a cable, in the spellings that people use.

### straight between two new namespaces, made in the host
ip netns add r1
ip netns add r2
ip link add c1 netns r1 type veth peer name c2 netns r2
ip -n r1 addr add 10.1.0.1/24 dev c1
ip -n r2 addr add 10.1.0.2/24 dev c2
ip -n r1 link set c1 up
ip -n r2 link set c2 up

### straight, made in one of the two
ip netns add r1
ip netns add r2
ip -n r1 link add c1 type veth peer name c2 netns r2
ip -n r1 addr add 10.1.0.1/24 dev c1
ip -n r2 addr add 10.1.0.2/24 dev c2
ip -n r1 link set up dev c1
ip -n r2 link set up dev c2

### made in the host and moved, with ip netns exec
ip netns add red
ip netns add blue
ip link add veth-red type veth peer name veth-blue
ip link set veth-red netns red
ip link set veth-blue netns blue
ip netns exec red ip addr add 192.168.15.1/24 dev veth-red
ip netns exec blue ip addr add 192.168.15.2/24 dev veth-blue
ip netns exec red ip link set veth-red up
ip netns exec blue ip link set veth-blue up

### three in a row, nsenter, both middle ends alike named
for n in a m z; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns m
ip link add eth1 netns m type veth peer name eth0 netns z
at() { nsenter --net=/run/netns/$1 "${@:2}"; }
at a ip addr add 10.1.0.1/24 dev eth0
at m ip addr add 10.1.0.254/24 dev eth0
at m ip addr add 10.2.0.254/24 dev eth1
at z ip addr add 10.2.0.1/24 dev eth0
at a ip link set eth0 up
at m ip link set eth0 up
at m ip link set eth1 up
at z ip link set eth0 up
at a ip route add default via 10.1.0.254
at z ip route add default via 10.2.0.254
at m sysctl -qw net.ipv4.ip_forward=1

### ifconfig and route
ip netns add a
ip netns add b
ip link add va type veth peer name vb
ip link set va netns a
ip link set vb netns b
ip netns exec a ifconfig va 172.20.0.1 netmask 255.255.255.0 up
ip netns exec b ifconfig vb 172.20.0.2 netmask 255.255.255.0 up
ip netns exec a ifconfig lo up
ip netns exec a route add default gw 172.20.0.2

### two cables between the same two, one of them down
ip netns add a
ip netns add b
ip link add x0 netns a type veth peer name y0 netns b
ip link add x1 netns a type veth peer name y1 netns b
ip -n a addr add 10.1.0.1/24 dev x0
ip -n b addr add 10.1.0.2/24 dev y0
ip -n a addr add 10.2.0.1/24 dev x1
ip -n b addr add 10.2.0.2/24 dev y1
ip -n a link set x0 up
ip -n b link set y0 up
ip -n a link set x1 up

### both ends in one namespace
ip link add p0 type veth peer name p1
ip link set p0 up
ip link set p1 up
ip addr add 10.3.0.1/24 dev p0

### unnamed namespace of a process
unshare -n sleep 60 > /dev/null 2>&1 &
sleep 0.3
ip link add v0 type veth peer name v1
ip link set v1 netns $!
ip addr add 10.4.0.1/24 dev v0
ip link set v0 up
nsenter -t $! -n ip addr add 10.4.0.2/24 dev v1
nsenter -t $! -n ip link set v1 up

### point to point addresses
ip netns add a
ip netns add b
ip link add p0 netns a type veth peer name p1 netns b
ip -n a link set p0 up
ip -n b link set p1 up
ip -n a addr add 10.9.0.1 peer 10.9.0.2 dev p0
ip -n b addr add 10.9.0.2 peer 10.9.0.1 dev p1

### labels, scopes, secondary addresses, broadcast
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.9.0.1/24 brd + dev eth0 label eth0:web
ip -n a addr add 10.9.0.3/24 dev eth0
ip -n a addr add 10.9.1.3/24 dev eth0 scope link
ip -n b addr add 10.9.0.2/24 broadcast 10.9.0.255 dev eth0

### a MAC address, an MTU, a queue length and names given by a person
ip netns add a
ip netns add b
ip link add eth0 address 02:00:00:00:00:0a mtu 1400 txqueuelen 77 netns a type veth peer name eth0 address 02:00:00:00:00:0b mtu 1400 netns b
ip -n a link set eth0 up alias "to b" group 5
ip -n b link set eth0 up
ip -n a link property add dev eth0 altname enp1s0
ip -n a addr add 10.9.0.1/24 dev eth0
ip -n b addr add 10.9.0.2/24 dev eth0

### the same MAC address at both ends
ip netns add a
ip netns add b
ip link add eth0 address 02:00:00:00:00:0a netns a type veth peer name eth0 address 02:00:00:00:00:0a netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.9.0.1/24 dev eth0
ip -n b addr add 10.9.0.2/24 dev eth0

### unequal MTU
ip netns add a
ip netns add b
ip link add eth0 mtu 9000 netns a type veth peer name eth0 mtu 1500 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.9.0.1/24 dev eth0
ip -n b addr add 10.9.0.2/24 dev eth0

### the peer's address given twice by mistake
#? a > 10.0.0.2
ip netns add a; ip netns add b
ip link add e netns a type veth peer name e netns b; for n in a b; do ip -n $n link set e up; done
ip -n a addr add 10.0.0.1/24 dev e; ip -n b addr add 10.0.0.1/24 dev e

### addresses with a lifetime, a metric, and one that is no longer preferred
ip netns add a
ip netns add b
ip link add e netns a type veth peer name e netns b
ip -n a link set e up
ip -n b link set e up
ip -n a addr add 10.0.0.1/24 dev e valid_lft 5000 preferred_lft 2000
ip -n b addr add 10.0.0.2/24 dev e metric 77
ip -n a addr add 2001:db8::f/64 dev e nodad preferred_lft 0
ip -n a addr add 2001:db8::1/64 dev e nodad valid_lft 9000 preferred_lft 3000
ip -n a addr add fd00::1/64 dev e nodad
ip -n b addr add 2001:db8::2/64 dev e nodad
ip -n b addr add fd00::2/64 dev e nodad
ip -n a -6 addr add 2001:db8:5::1/64 dev e nodad
ip -n b -6 route add 2001:db8:5::/64 dev e
ip -n b -6 addr add fd01::2/128 dev e nodad
ip -n a -6 route add fd01::2 dev e
ip netns exec b ip6tables -A INPUT -p icmpv6 --icmpv6-type echo-request ! -s fd00::/16 -d fd00::/15 -j DROP
ip netns exec b ip6tables -A INPUT -p icmpv6 --icmpv6-type echo-request -s 2001:db8::f -j DROP
