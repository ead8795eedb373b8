# Packets inside packets, and interfaces without ARP.

### vxlan, each the other's remote
for k in 1 2; do ip netns add h$k; done
ip link add u0 netns h1 type veth peer name u0 netns h2
for k in 1 2; do
  ip -n h$k link set u0 up
  ip -n h$k addr add 192.168.60.$k/24 dev u0
  ip -n h$k link add vx0 type vxlan id 42 dstport 4789 local 192.168.60.$k remote 192.168.60.$((3 - k)) dev u0
  ip -n h$k link set vx0 up
  ip -n h$k addr add 10.60.0.$k/24 dev vx0
done

### vxlan, another id
for k in 1 2; do ip netns add h$k; done
ip link add u0 netns h1 type veth peer name u0 netns h2
for k in 1 2; do
  ip -n h$k link set u0 up
  ip -n h$k addr add 192.168.60.$k/24 dev u0
  ip -n h$k link add vx0 type vxlan id 4$k dstport 4789 local 192.168.60.$k remote 192.168.60.$((3 - k)) dev u0
  ip -n h$k link set vx0 up
  ip -n h$k addr add 10.60.0.$k/24 dev vx0
done

### vxlan, another port
for k in 1 2; do ip netns add h$k; done
ip link add u0 netns h1 type veth peer name u0 netns h2
for k in 1 2; do
  ip -n h$k link set u0 up
  ip -n h$k addr add 192.168.60.$k/24 dev u0
  ip -n h$k link add vx0 type vxlan id 42 dstport 478$k local 192.168.60.$k remote 192.168.60.$((3 - k)) dev u0
  ip -n h$k link set vx0 up
  ip -n h$k addr add 10.60.0.$k/24 dev vx0
done

### vxlan, three hosts by a forwarding table that a person filled
ip link add br0 type bridge
ip link set br0 up
for k in 1 2 3; do
  ip netns add h$k
  ip link add p$k type veth peer name u0 netns h$k
  ip link set p$k master br0 up
  ip -n h$k link set u0 up
  ip -n h$k addr add 192.168.60.$k/24 dev u0
  ip -n h$k link add vx0 type vxlan id 42 dstport 4789 local 192.168.60.$k nolearning
  ip -n h$k link set vx0 address 02:00:00:00:60:0$k up
  ip -n h$k addr add 10.60.0.$k/24 dev vx0
done
for k in 1 2 3; do
  for j in 1 2 3; do
    [ $k = $j ] && continue
    bridge -n h$k fdb append 00:00:00:00:00:00 dev vx0 dst 192.168.60.$j
  done
done
bridge -n h1 fdb append 02:00:00:00:60:02 dev vx0 dst 192.168.60.2
bridge -n h1 fdb append 02:00:00:00:60:03 dev vx0 dst 192.168.60.2

### vxlan by a multicast group
ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
for k in 1 2 3; do
  ip netns add h$k
  ip link add p$k type veth peer name u0 netns h$k
  ip link set p$k master br0 up
  ip -n h$k link set u0 up
  ip -n h$k addr add 192.168.60.$k/24 dev u0
  ip -n h$k link add vx0 type vxlan id 42 dstport 4789 group 239.1.1.1 dev u0 ttl 4
  ip -n h$k link set vx0 up
  ip -n h$k addr add 10.60.0.$k/24 dev vx0
done

### vxlan under bridges, containers above
for k in 1 2; do ip netns add h$k; done
ip link add u0 netns h1 type veth peer name u0 netns h2
for k in 1 2; do
  ip -n h$k link set u0 up
  ip -n h$k addr add 192.168.60.$k/24 dev u0
  ip -n h$k link add br0 type bridge
  ip -n h$k link set br0 up
  ip -n h$k link add vx0 type vxlan id 7 dstport 4789 local 192.168.60.$k remote 192.168.60.$((3 - k))
  ip -n h$k link set vx0 master br0 up
  ip netns add c$k
  ip -n h$k link add vc type veth peer name eth0 netns c$k
  ip -n h$k link set vc master br0 up
  ip -n c$k link set eth0 up
  ip -n c$k addr add 10.61.0.$k/24 dev eth0
done

### vxlan to nobody in this lab
ip netns add h1
ip link add u1 type veth peer name u0 netns h1
ip link set u1 up
ip addr add 192.168.60.254/24 dev u1
ip -n h1 link set u0 up
ip -n h1 addr add 192.168.60.1/24 dev u0
ip -n h1 link add vx0 type vxlan id 42 dstport 4789 local 192.168.60.1 remote 192.168.60.99 dev u0
ip -n h1 link set vx0 up
ip -n h1 addr add 10.60.0.1/24 dev vx0
#? h1 > 10.60.0.2

### a tap that stays, in a bridge
ip link add br0 type bridge
ip link set br0 up
ip addr add 10.62.0.1/24 dev br0
ip tuntap add dev tap0 mode tap
ip link set tap0 master br0 up
ip netns add a
ip link add va type veth peer name eth0 netns a
ip link set va master br0 up
ip -n a link set eth0 up
ip -n a addr add 10.62.0.2/24 dev eth0

### a tun without a program
ip netns add a
ip -n a tuntap add dev tun0 mode tun user 0
ip -n a link set tun0 up
ip -n a addr add 10.63.0.1/24 dev tun0
#? a > 10.63.0.2

### GRE between two hosts
#: needs gre
for k in 1 2; do ip netns add h$k; done
ip link add u0 netns h1 type veth peer name u0 netns h2
for k in 1 2; do
  ip -n h$k link set u0 up
  ip -n h$k addr add 192.168.60.$k/24 dev u0
  ip -n h$k tunnel add gre1 mode gre local 192.168.60.$k remote 192.168.60.$((3 - k)) ttl 64
  ip -n h$k link set gre1 up
  ip -n h$k addr add 10.64.0.$k/24 dev gre1
done

### WireGuard between two hosts
#: needs wireguard
for k in 1 2; do ip netns add h$k; done
ip link add u0 netns h1 type veth peer name u0 netns h2
for k in 1 2; do
  ip -n h$k link set u0 up
  ip -n h$k addr add 192.168.60.$k/24 dev u0
  ip -n h$k link add wg0 type wireguard
  ip -n h$k link set wg0 up
  ip -n h$k addr add 10.65.0.$k/24 dev wg0
done

### vxlan over IPv6 between two hosts
ip netns add h1; ip netns add h2
ip link add e netns h1 type veth peer name e netns h2
for k in 1 2; do ip -n h$k link set e up; ip -n h$k addr add fd00::$k/64 dev e nodad; ip -n h$k link add vx type vxlan id 9 dstport 4789 local fd00::$k remote fd00::$((3-k)); ip -n h$k link set vx up; ip -n h$k addr add 10.5.0.$k/24 dev vx; done

### vxlan through a router that NATs its source
ip netns add h1; ip netns add r; ip netns add h2
ip link add e netns h1 type veth peer name l0 netns r; ip link add x0 netns r type veth peer name e netns h2
for e in h1/e r/l0 r/x0 h2/e; do ip -n ${e%/*} link set ${e#*/} up; done
ip -n h1 addr add 10.1.0.2/24 dev e; ip -n r addr add 10.1.0.1/24 dev l0; ip -n r addr add 10.2.0.1/24 dev x0; ip -n h2 addr add 10.2.0.2/24 dev e
ip -n h1 route add default via 10.1.0.1; ip -n h2 route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n h1 link add vx type vxlan id 3 dstport 4789 remote 10.2.0.2 local 10.1.0.2; ip -n h2 link add vx type vxlan id 3 dstport 4789 remote 10.1.0.2 local 10.2.0.2
for k in 1 2; do ip -n h$k link set vx up; ip -n h$k addr add 10.7.0.$k/24 dev vx; done

### vxlan on a bridge in two hosts, its packets dropped by one
#? c1 > 10.7.0.2
ip netns add h1; ip netns add h2
ip link add u netns h1 type veth peer name u netns h2
for k in 1 2; do ip -n h$k link set u up; ip -n h$k addr add 172.16.0.$k/24 dev u
ip -n h$k link add br0 type bridge; ip -n h$k link set br0 up
ip -n h$k link add vx type vxlan id 7 dstport 4789 remote 172.16.0.$((3-k)) local 172.16.0.$k; ip -n h$k link set vx master br0; ip -n h$k link set vx up
ip netns add c$k; ip link add v netns h$k type veth peer name e netns c$k; ip -n h$k link set v master br0; ip -n h$k link set v up; ip -n c$k link set e up; ip -n c$k addr add 10.7.0.$k/24 dev e; done
ip netns exec h2 iptables -A INPUT -p udp --dport 4789 -j DROP
