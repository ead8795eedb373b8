# Interfaces that sit on others.

### macvlan, bridge mode, on a cable's end
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
for k in 1 2; do
  ip netns add m$k
  ip link add link up0 name eth0 netns m$k type macvlan mode bridge
  ip -n m$k link set eth0 up
  ip -n m$k addr add 10.9.0.1$k/24 dev eth0
done

### macvlan, private mode
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
for k in 1 2; do
  ip netns add m$k
  ip link add mv$k link up0 type macvlan mode private
  ip link set mv$k netns m$k
  ip -n m$k link set mv$k up
  ip -n m$k addr add 10.9.0.1$k/24 dev mv$k
done

### macvlan, vepa mode, with a hairpin switch above
ip netns add sw
ip -n sw link add br0 type bridge
ip -n sw link set br0 up
ip -n sw addr add 10.9.0.1/24 dev br0
ip link add up0 type veth peer name p0 netns sw
ip link set up0 up
ip -n sw link set p0 master br0 up
ip netns exec sw bridge link set dev p0 hairpin on
for k in 1 2; do
  ip netns add m$k
  ip link add eth0 link up0 netns m$k type macvlan mode vepa
  ip -n m$k link set eth0 up
  ip -n m$k addr add 10.9.0.1$k/24 dev eth0
done

### macvlan, vepa mode, nobody reflects
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
for k in 1 2; do
  ip netns add m$k
  ip link add eth0 link up0 netns m$k type macvlan
  ip -n m$k link set eth0 up
  ip -n m$k addr add 10.9.0.1$k/24 dev eth0
done

### macvlan, passthru and source modes, macvtap
ip netns add gw
for k in 0 1 2; do
  ip link add up$k type veth peer name eth$k netns gw
  ip link set up$k up
  ip -n gw link set eth$k up
  ip -n gw addr add 10.9.$k.1/24 dev eth$k
done
ip netns add p
ip netns add s
ip link add eth0 link up0 netns p type macvlan mode passthru
ip -n p link set eth0 up
ip -n p addr add 10.9.0.2/24 dev eth0
ip link add eth0 link up1 netns s type macvlan mode source
ip -n s link set eth0 up
ip -n s addr add 10.9.1.2/24 dev eth0
ip link add tap0 link up2 type macvtap mode bridge
ip link set tap0 up

### the host and its macvlan child don't talk
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip addr add 10.9.0.5/24 dev up0
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
ip netns add m1
ip link add eth0 link up0 netns m1 type macvlan mode bridge
ip -n m1 link set eth0 up
ip -n m1 addr add 10.9.0.11/24 dev eth0

### the trick around it: a macvlan of the host's own
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
ip link add shim link up0 type macvlan mode bridge
ip link set shim up
ip addr add 10.9.0.5/24 dev shim
ip netns add m1
ip link add eth0 link up0 netns m1 type macvlan mode bridge
ip -n m1 link set eth0 up
ip -n m1 addr add 10.9.0.11/24 dev eth0

### macvlan on a bridge
ip link add br0 type bridge
ip link set br0 up
ip netns add a
ip link add va type veth peer name eth0 netns a
ip link set va master br0 up
ip -n a link set eth0 up
ip -n a addr add 10.9.0.1/24 dev eth0
ip netns add m
ip link add eth0 link br0 netns m type macvlan mode bridge
ip -n m link set eth0 up
ip -n m addr add 10.9.0.2/24 dev eth0

### macvlan whose lower device is down
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
ip netns add m1
ip link add eth0 link up0 netns m1 type macvlan mode bridge
ip -n m1 addr add 10.9.0.11/24 dev eth0

### macvlan on a macvlan
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
ip netns add m1
ip link add eth0 link up0 netns m1 type macvlan mode bridge
ip -n m1 link set eth0 up
ip -n m1 addr add 10.9.0.11/24 dev eth0
ip netns add m2
ip -n m1 link add eth1 link eth0 netns m2 type macvlan mode bridge
ip -n m2 link set eth1 up
ip -n m2 addr add 10.9.0.12/24 dev eth1

### VLAN on both ends of a cable
#: needs vlan
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
for k in 1 2; do
  n=$([ $k = 1 ] && echo a || echo b)
  ip -n $n link set eth0 up
  ip -n $n link add link eth0 name eth0.10 type vlan id 10
  ip -n $n link set eth0.10 up
  ip -n $n addr add 10.10.0.$k/24 dev eth0.10
done

### ipvlan, l2
#: needs ipvlan
ip netns add gw
ip link add up0 type veth peer name eth0 netns gw
ip link set up0 up
ip -n gw link set eth0 up
ip -n gw addr add 10.9.0.1/24 dev eth0
for k in 1 2; do
  ip netns add i$k
  ip link add eth0 link up0 netns i$k type ipvlan mode l2
  ip -n i$k link set eth0 up
  ip -n i$k addr add 10.9.0.1$k/24 dev eth0
done

### bond over two cables
#: needs bond
ip netns add a
ip netns add b
for k in 0 1; do ip link add e$k netns a type veth peer name e$k netns b; done
for n in a b; do
  ip -n $n link add bond0 type bond mode active-backup miimon 100
  for k in 0 1; do ip -n $n link set e$k down; ip -n $n link set e$k master bond0; done
  ip -n $n link set bond0 up
done
ip -n a addr add 10.11.0.1/24 dev bond0
ip -n b addr add 10.11.0.2/24 dev bond0

### a vrf for each customer
#: needs vrf
ip netns add pe
for k in 1 2; do
  ip -n pe link add vrf$k type vrf table 10$k
  ip -n pe link set vrf$k up
  ip netns add c$k
  ip link add eth0 netns c$k type veth peer name c$k netns pe
  ip -n pe link set c$k master vrf$k up
  ip -n pe addr add 10.12.0.254/24 dev c$k
  ip -n c$k link set eth0 up
  ip -n c$k addr add 10.12.0.1/24 dev eth0
done
