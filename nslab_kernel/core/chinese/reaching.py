"""NAT, published ports, the world outside, filters, questions about a packet."""

from __future__ import annotations

SENTENCES = {
    "{} takes it away.": "{0} 会撤掉它。",
    "{} takes it back.": "{0} 会收回它。",
    "{} makes one.": "{0} 会造一个。",
    "{} has its way out already.": "{0} 已经有通往外面的路。",
    "{} has no NAT to take away.": "{0} 没有可以撤掉的 NAT。",
    "{} has no address, so the namespaces on it have no gateway.": ("{0} 没有地址，所以接在它上面的命名空间没有网关。"),
    "{} gives it one.": "{0} 给它一个。",
    "The host itself has no way out: it has no IPv{} default route.": "主机自己也没有出路：它没有 IPv{0} 默认路由。",
    "{} gives it an uplink.": "{0} 给它一条上行链路。",
    "{} is masqueraded already, by a rule in table {}.": "{0} 已经在做地址伪装，由表 {1} 中的规则完成。",
    "It does what this would do. If it is yours, {} removes it.": (
        "那条规则做的正是这件事。如果它是你加的，{0} 会删除它。"
    ),
    # published ports
    "Port {} isn't published.": "端口 {0} 没有发布。",
    "{} shows which ports are.": "{0} 会显示发布了哪些端口。",
    "The host has no way to {}: they share no IPv4 subnet on a bridge.": (
        "主机到不了 {0}：它们在网桥上没有共同的 IPv4 子网。"
    ),
    "{} gives the bridge an address in the namespace's subnet.": "{0} 给网桥一个在该命名空间子网里的地址。",
    '"{}" has no ports to publish.': "“{0}”没有可以发布的端口。",
    "{} is not a port: ports go from 1 to 65535.": "{0} 不是端口：端口从 1 到 65535。",
    "{} is not a port.": "{0} 不是端口。",
    "A port is a number from 1 to 65535.": "端口是 1 到 65535 之间的数。",
    "Port {} of the host is in use: a program listens on it.": "主机的端口 {0} 已被占用：有程序在监听它。",
    "Choose another port, or end the program that {} names.": "请换一个端口，或结束 {0} 列出的那个程序。",
    "Port {} of the host leads to {} already.": "主机的端口 {0} 已经通到 {1}。",
    "{} removes that rule.": "{0} 会删除那条规则。",
    "The host's own ports need no publishing.": "主机自己的端口不需要发布。",
    "Name a namespace, such as {}.": "请写一个命名空间，例如 {0}。",
    '"{}" doesn\'t say where port {} is to lead.': "“{0}”没有说端口 {1} 要通到哪里。",
    '"" doesn\'t say where port {} is to lead.': "没有写端口 {0} 要通到哪里。",
    # the world outside
    "There is no world outside.": "外面没有世界。",
    "The world outside is there already.": "外面的世界已经在那里了。",
    "The host has a real uplink already.": "主机已经有一条真实的上行链路。",
    "The host has an {} already, where the uplink would go.": "主机已经有 {0}，而上行链路要用这个名字。",
    "There is no uplink to this machine's network.": "没有通往本机网络的上行链路。",
    "The server in {} doesn't answer.": "{0} 里的服务器没有应答。",
    "This is a real machine, which has an uplink of its own.": "这是真实的机器，它有自己的上行链路。",
    "Open a notebook with the kernel nslab, which has a host of its own.": (
        "请用 nslab 内核打开笔记本，它有自己的一台主机。"
    ),
    "Nobody outside this lab can join it to the machine's network: {}.": "外面没有谁能把这个实验室接入本机网络：{0}。",
    "Open a notebook with the kernel nslab, or start the lab by {}.": (
        "请用 nslab 内核打开笔记本，或用 {0} 启动实验室。"
    ),
    "pasta isn't installed, which joins a lab to its machine.": "没有安装 pasta，它负责把实验室接入本机网络。",
    "There is no {}, by which pasta gives the lab an interface.": "没有 {0}，而 pasta 要靠它给实验室一个接口。",
    "{} makes it; a container is to be started with {}.": "{0} 会造出它；如果是容器，启动时要加 {1}。",
    "You may not open {}, by which pasta gives the lab an interface.": (
        "你无权打开 {0}，而 pasta 要靠它给实验室一个接口。"
    ),
    "{} lets everybody, as most systems do: by itself it gives no rights.": (
        "{0} 允许所有人打开，多数系统都是这样：仅凭它得不到任何权限。"
    ),
    "The launcher ended meanwhile.": "启动器在此期间结束了。",
    "The lab can't be joined to this machine's network: {}.": "无法把实验室接入本机网络：{0}。",
    "{} ({}) leads into this machine's own network, by IPv4:\n"
    "programs in the lab reach whatever this machine reaches, and appear there with its address;\n"
    "{} is this machine itself, the services on its loopback included; {} asks its DNS server.\n"
    "Nobody outside reaches the lab. `%netns_internet --off` ends it, and so does the end of the lab.": (
        "{0}（{1}）通往本机自己的网络，用 IPv4：\n"
        "实验室里的程序能到达本机能到达的一切，在那里用的是本机的地址；\n"
        "{2} 就是本机自己，包括它环回接口上的服务；{3} 会去问它的 DNS 服务器。\n"
        "外面没有谁能进入实验室。`%netns_internet --off` 会结束它，实验室结束时它也结束。"
    ),
    # filters
    '"{}" is no place to filter.': "“{0}”不是可以过滤的位置。",
    '"{}" is no verdict.': "“{0}”不是一种处理方式。",
    "Choose one of {}.": "可以选 {0}。",
    "{} has no filter rules of nslab's.": "{0} 没有 nslab 加的过滤规则。",
    "{} adds one.": "{0} 会加一条。",
    "{} and {} have no addresses of the same family.": "{0} 和 {1} 没有同一地址族的地址。",
    "{} has no address to filter by.": "{0} 没有可以用来过滤的地址。",
    # questions about a packet
    "A packet is either TCP or UDP.": "一个数据包要么是 TCP，要么是 UDP。",
    "Name one port: {} or {}.": "请写一个端口：{0} 或 {1}。",
    "{} is nobody's address.": "没有谁用 {0} 这个地址。",
    "Name a namespace, or one of the addresses in {}.": "请写一个命名空间，或 {0} 里的某个地址。",
}
