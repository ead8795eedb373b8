# Traffic control.

### clsact with bpf that drops
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
tc -n b qdisc add dev eth0 clsact
tc -n b filter add dev eth0 ingress bpf da bytecode '1,6 0 0 2,'

### tbf, wide enough
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip netns exec a tc qdisc add dev eth0 root tbf rate 10mbit burst 32kbit latency 400ms

### tbf, too small for any packet
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip netns exec a tc qdisc add dev eth0 root tbf rate 1kbit burst 10 latency 1ms

### a limit of packets
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
tc -n a qdisc add dev eth0 root handle 1: pfifo limit 50

### delay and loss
#: needs netem
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.1.0.1/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
tc -n a qdisc add dev eth0 root netem delay 20ms
