# Bridges, their ports, and what is set on them.

### brctl, in the host
for n in 1 2 3; do ip netns add n$n; done
brctl addbr br0
ifconfig br0 10.5.0.254 netmask 255.255.255.0 up
for n in 1 2 3; do
  ip link add v$n type veth peer name eth0 netns n$n
  brctl addif br0 v$n
  ifconfig v$n up
  ip netns exec n$n ifconfig eth0 10.5.0.$n netmask 255.255.255.0 up
done

### ip link, in a namespace of its own
for n in sw a b; do ip netns add $n; done
ip -n sw link add br0 type bridge
ip -n sw link set br0 up
for n in a b; do
  ip link add eth0 netns $n type veth peer name p-$n netns sw
  ip -n sw link set p-$n master br0
  ip -n sw link set p-$n up
  ip -n $n link set eth0 up
done
ip -n a addr add 10.5.0.1/24 dev eth0
ip -n b addr add 10.5.0.2/24 dev eth0

### three bridges with ten ports inside one namespace
ip netns add core
for k in 1 2 3; do ip -n core link add br$k type bridge; ip -n core link set br$k up; done
for k in 1 2 3 4 5 6 7 8; do
  ip netns add h$k
  ip link add eth0 netns h$k type veth peer name p$k netns core
  ip -n core link set p$k master br$((k % 3 + 1)) up
  ip -n h$k link set eth0 up
  ip -n h$k addr add 10.5.$((k % 3 + 1)).$k/24 dev eth0
done
ip -n core link add x1 type veth peer name x2
ip -n core link set x1 master br1 up
ip -n core link set x2 master br2 up

### nested: a namespace that is a host of its own
ip netns add dock
ip link add up0 type veth peer name eth0 netns dock
ip link set up0 up
ip addr add 10.50.0.1/24 dev up0
ip -n dock link set eth0 up
ip -n dock addr add 10.50.0.2/24 dev eth0
ip -n dock link add docker0 type bridge
ip -n dock addr add 172.17.0.1/16 dev docker0
ip -n dock link set docker0 up
for k in 2 3; do
  ip netns add c$k
  ip -n dock link add veth$k type veth peer name eth0 netns c$k
  ip -n dock link set veth$k master docker0 up
  ip -n c$k link set eth0 up
  ip -n c$k addr add 172.17.0.$k/16 dev eth0
  ip -n c$k route add default via 172.17.0.1
done
ip netns exec dock sysctl -qw net.ipv4.ip_forward=1
ip route add 172.17.0.0/16 via 10.50.0.2

### a triangle with spanning tree
for k in 0 1 2; do ip link add br$k type bridge stp_state 1 forward_delay 200 priority $((4096 * (k + 1))); ip link set br$k up; done
for k in 0 1 2; do
  ip link add t$k type veth peer name u$k
  ip link set t$k master br$k up
  ip link set u$k master br$(((k + 1) % 3)) up
done
for k in 0 1 2; do
  ip netns add n$k
  ip link add v$k type veth peer name eth0 netns n$k
  ip link set v$k master br$k up
  ip -n n$k link set eth0 up
  ip -n n$k addr add 10.7.0.1$k/24 dev eth0
done
sleep 5

### two patch cables, one of them down
for k in 0 1; do ip link add br$k type bridge; ip link set br$k up; done
ip link add pa0 type veth peer name pb0
ip link add pa1 type veth peer name pb1
ip link set pa0 master br0
ip link set pb0 master br1
ip link set pa1 master br0 up
ip link set pb1 master br1 up
for k in 0 1; do
  ip netns add n$k
  ip link add v$k type veth peer name eth0 netns n$k
  ip link set v$k master br$k up
  ip -n n$k link set eth0 up
  ip -n n$k addr add 10.7.0.1$k/24 dev eth0
done

### every option of a bridge
ip link add br0 type bridge forward_delay 400 hello_time 300 max_age 1000 ageing_time 1000 priority 4096 group_fwd_mask 8 mcast_snooping 0 mcast_querier 1 nf_call_iptables 1 vlan_stats_enabled 0
ip link set br0 up
brctl stp br0 on
ip netns add a
ip link add va type veth peer name eth0 netns a
ip link set va master br0 up
brctl setpathcost br0 va 7
brctl setportprio br0 va 9
ip -n a link set eth0 up
ip -n a addr add 10.7.0.1/24 dev eth0
ip addr add 10.7.0.254/24 dev br0

### every option of a port
ip link add br0 type bridge
ip link set br0 up
for n in a b c d; do
  ip netns add $n
  ip link add v$n type veth peer name eth0 netns $n
  ip link set v$n master br0 up
  ip -n $n link set eth0 up
done
bridge link set dev va guard on root_block on fastleave on
bridge link set dev vb mcast_flood off bcast_flood off mcast_to_unicast on
ip link set vc type bridge_slave neigh_suppress on proxy_arp on proxy_arp_wifi on
bridge link set dev vd learning off flood off cost 5 priority 9 hairpin on
ip -n a addr add 10.7.0.1/24 dev eth0
ip -n b addr add 10.7.0.2/24 dev eth0
ip -n c addr add 10.7.0.3/24 dev eth0
ip -n d addr add 10.7.0.4/24 dev eth0

### isolated, hairpin and locked ports
ip link add br0 type bridge
ip link set br0 up
ip addr add 10.7.0.254/24 dev br0
for k in 1 2 3 4; do
  ip netns add n$k
  ip link add v$k type veth peer name eth0 netns n$k
  ip link set v$k master br0 up
  ip -n n$k link set eth0 up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done
ip link set v1 type bridge_slave isolated on
bridge link set dev v2 isolated on
bridge link set dev v3 locked on
bridge link set dev v4 hairpin on

### entries of the forwarding table: on the right port, on the wrong one, sticky, local
# A static entry moves to where its owner speaks next; a sticky one stays; a permanent one is the bridge's own address.
ip link add br0 type bridge
ip link set br0 up
ip addr add 10.7.0.254/24 dev br0
for k in 1 2 3 4 5; do
  ip netns add n$k
  ip netns exec n$k sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip link add v$k type veth peer name eth0 netns n$k
  ip -n n$k link set eth0 address 02:00:00:00:00:0$k up
  ip link set v$k master br0 up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done
bridge fdb replace 02:00:00:00:00:01 dev v1 master static
bridge fdb replace 02:00:00:00:00:02 dev v3 master static
bridge fdb replace 02:00:00:00:00:04 dev v3 master static sticky
bridge fdb add 02:00:00:00:00:05 dev v5 master
bridge fdb add 02:00:00:00:00:99 dev v3 master permanent

### a static entry on the wrong port of a bridge that doesn't learn
ip link add br0 type bridge ageing_time 0
ip link set br0 up
for k in 1 2 3; do
  ip netns add n$k
  ip link add v$k type veth peer name eth0 netns n$k
  ip -n n$k link set eth0 address 02:00:00:00:00:0$k up
  ip link set v$k master br0 up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done
bridge fdb replace 02:00:00:00:00:02 dev v3 master static

### locked ports with a static entry, a permanent one, and none
ip link add br0 type bridge
ip link set br0 up
for k in 1 2 3 4; do
  ip netns add n$k
  ip netns exec n$k sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip link add v$k type veth peer name eth0 netns n$k
  ip -n n$k link set eth0 address 02:00:00:00:00:0$k up
  ip link set v$k master br0 up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done
for k in 2 3 4; do bridge link set dev v$k locked on learning off; done
bridge fdb replace 02:00:00:00:00:02 dev v2 master static
bridge fdb replace 02:00:00:00:00:03 dev v3 master permanent

### one MAC address in two namespaces
ip link add br0 type bridge
ip link set br0 up
ip addr add 10.7.0.254/24 dev br0
for k in 1 2; do
  ip netns add n$k
  ip link add v$k type veth peer name eth0 netns n$k
  ip link set v$k master br0 up
  ip -n n$k link set eth0 address 02:00:00:00:00:07 up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done

### a bridge that is down, a port that is down, an end that is down
ip link add br0 type bridge
ip link add br1 type bridge
ip link set br1 up
for k in 1 2 3 4 5; do
  ip netns add n$k
  ip link add v$k type veth peer name eth0 netns n$k
  ip link set v$k master br$((k > 2)) up
  ip -n n$k link set eth0 up
  ip -n n$k addr add 10.7.0.$k/24 dev eth0
done
ip link set v4 down
ip -n n5 link set eth0 down

### a bridge with nf_call_iptables of its own, the machine's switch off
#? a > 10.0.0.2
ip link add br0 type bridge nf_call_iptables 1; ip link set br0 up
sysctl -qw net.bridge.bridge-nf-call-iptables=0
for k in 1 2; do ip netns add n$k; ip link add v$k type veth peer name e netns n$k; ip link set v$k master br0 up; ip -n n$k link set e up; ip -n n$k addr add 10.0.0.$k/24 dev e; done
ip netns add a; ip link add va type veth peer name e netns a; ip link set va master br0 up; ip -n a link set e up; ip -n a addr add 10.0.0.7/24 dev e
iptables -P FORWARD DROP

### an L3 switch: SVIs as addresses of bridges in a namespace, one bridge a subnet
ip netns add l3
for k in 10 20 30; do ip -n l3 link add vlan$k type bridge; ip -n l3 link set vlan$k up; ip -n l3 addr add 10.0.$k.1/24 dev vlan$k; ip netns add h$k; ip link add p$k netns l3 type veth peer name eth0 netns h$k; ip -n l3 link set p$k master vlan$k up; ip -n h$k link set eth0 up; ip -n h$k addr add 10.0.$k.2/24 dev eth0; ip -n h$k route add default via 10.0.$k.1; done
ip netns exec l3 sysctl -qw net.ipv4.ip_forward=1
ip netns exec l3 iptables -A FORWARD -i vlan30 -o vlan10 -j DROP
ip -n h20 link set eth0 mtu 1400

### a bridge port that is also an address's interface, and a bridge without one
#? a > 10.0.0.254
ip link add br0 type bridge; ip link set br0 up
for k in 1 2; do ip netns add n$k; ip link add v$k type veth peer name e0 netns n$k; ip link set v$k master br0 up; ip -n n$k link set e0 up; ip -n n$k addr add 10.0.0.$k/24 dev e0; done
ip addr add 10.0.0.254/24 dev v1
ip netns add a; ip link add va type veth peer name e0 netns a; ip link set va master br0 up; ip -n a link set e0 up; ip -n a addr add 10.0.0.9/24 dev e0

### Mininet's tree: a core, two aggregates, four hosts, all bridges in the host
for b in s1 s2 s3; do ip link add $b type bridge; ip link set $b up; done
for b in s2 s3; do ip link add s1-$b type veth peer name $b-s1; ip link set s1-$b master s1; ip link set $b-s1 master $b; ip link set s1-$b up; ip link set $b-s1 up; done
k=1; for b in s2 s2 s3 s3; do ip netns add h$k; ip link add $b-h$k type veth peer name h$k-eth0 netns h$k; ip link set $b-h$k master $b; ip link set $b-h$k up; ip -n h$k link set h$k-eth0 up; ip -n h$k link set lo up; ip -n h$k addr add 10.0.0.$k/8 dev h$k-eth0; k=$((k+1)); done
bridge link set dev s1-s3 flood off mcast_flood off bcast_flood off

### the wrong bridge's address as gateway, two bridges in one subnet
ip link add brA type bridge; ip link set brA up; ip link add brB type bridge; ip link set brB up
ip addr add 172.20.0.1/24 dev brA; ip addr add 172.20.0.1/24 dev brB
for k in 1 2; do ip netns add n$k; b=$([ $k = 1 ] && echo brA || echo brB); ip link add v$k type veth peer name e0 netns n$k; ip link set v$k master $b up; ip -n n$k link set e0 up; ip -n n$k addr add 172.20.0.1$k/24 dev e0; ip -n n$k route add default via 172.20.0.1; done
sysctl -qw net.ipv4.ip_forward=1
