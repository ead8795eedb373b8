# Networks that other programs build, where they are installed.

### Mininet: two hosts and a bridge
#: needs-command mn
mn --switch lxbr --controller none --topo single,2 --test none

### FRR: OSPF between three routers
#: needs-command /usr/lib/frr/zebra
for n in r1 r2 r3; do ip netns add $n; ip -n $n link set lo up; ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
ip link add e0 netns r1 type veth peer name e0 netns r2
ip link add e1 netns r2 type veth peer name e0 netns r3
for p in r1:e0 r2:e0 r2:e1 r3:e0; do ip -n ${p%:*} link set ${p#*:} up; done
ip -n r1 addr add 10.12.0.1/24 dev e0
ip -n r2 addr add 10.12.0.2/24 dev e0
ip -n r2 addr add 10.23.0.2/24 dev e1
ip -n r3 addr add 10.23.0.3/24 dev e0
for k in 1 2 3; do
  ip -n r$k addr add 10.255.0.$k/32 dev lo
  install -d -o frr -g frr /run/frr-r$k
  ip netns exec r$k /usr/lib/frr/zebra -d -i /run/frr-r$k/z.pid -z /run/frr-r$k/z.api --vty_socket /run/frr-r$k
  printf 'router ospf\n network 10.0.0.0/8 area 0\ninterface e0\n ip ospf hello-interval 1\n ip ospf dead-interval 3\ninterface e1\n ip ospf hello-interval 1\n ip ospf dead-interval 3\n' > /run/frr-r$k/ospf.conf
  ip netns exec r$k /usr/lib/frr/ospfd -d -f /run/frr-r$k/ospf.conf -i /run/frr-r$k/o.pid -z /run/frr-r$k/z.api --vty_socket /run/frr-r$k
done
for i in $(seq 60); do
  sleep 0.5
  ip -n r1 route show 10.255.0.3 | grep -q via && ip -n r3 route show 10.255.0.1 | grep -q via &&
    ip -n r2 route show 10.255.0.1 | grep -q via && ip -n r2 route show 10.255.0.3 | grep -q via && break
done
sleep 1

### BIRD: static and direct routes by the daemon
#: needs-command bird
for n in r1 r2; do ip netns add $n; ip -n $n link set lo up; done
ip link add e0 netns r1 type veth peer name e0 netns r2
for n in r1 r2; do ip -n $n link set e0 up; done
ip -n r1 addr add 10.12.0.1/24 dev e0
ip -n r2 addr add 10.12.0.2/24 dev e0
ip -n r2 addr add 198.51.100.1/32 dev lo
printf 'protocol device {}\nprotocol static { ipv4; route 198.51.100.0/24 via 10.12.0.2; }\nprotocol kernel { ipv4 { export all; }; }\n' > /run/bird.conf
ip netns exec r1 bird -c /run/bird.conf -s /run/bird.ctl -P /run/bird.pid
sleep 1
