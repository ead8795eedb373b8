"""Causes in Chinese: what the command says, and why it matters."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "unknown-name": (
        "查不到 {name} 的地址",
        "没有叫 {name} 的命名空间，{where} 也查不到这个名字的地址，数据包无处可发。",
    ),
    "not-connected": (
        "没有通往 {owner} 的路",
        "{ip} 在 {owner} 上，而从 {where} 到那里没有任何网线、网桥或隧道，经过别的命名空间也不行。",
    ),
    "no-interface": ("只有 lo", "{where} 没有任何网线，数据包无法进出。"),
    "interface-down": ("{interface} 是 DOWN", "down 的接口既不发送也不接收。"),
    "bridge-down": ("{interface} 是 DOWN", "down 的网桥不会把帧从一个端口转到另一个端口。"),
    "lo-down": ("lo 是 DOWN", "命名空间发给自己地址的数据包都要经过 lo。"),
    "no-carrier": ("{interface} 是 NO-CARRIER", "网线的另一端没有接通。"),
    "no-address": (
        "{interface} 没有 IPv{family} 地址",
        "{interface} 没有地址，{where} 就没有到该子网的路由，也没人能应答它。",
    ),
    "ipv6-off": ("disable_ipv6 是 1", "{interface} 上的 IPv6 被关闭，所以它没有任何 IPv6 地址。"),
    "tentative": ("{ip} 是 tentative", "新的 IPv6 地址要等一两秒，确认没有别的节点占用之后才会启用。"),
    "duplicate-detected": ("{ip} 是 dadfailed", "别的节点（{others}）已经有这个 IPv6 地址，所以它不会被使用。"),
    "duplicate-address": (
        "{ip} 同时在几处：{others}",
        "谁先应答 {ip}，谁就会收到本该发给另一方的数据包。",
    ),
    "no-link-local": ("{interface} 没有链路本地地址", "IPv6 从链路本地地址寻找邻居，而这里没有。"),
    "not-made-up": (
        "模拟的互联网里没有 {ip}",
        "这个实验环境的互联网是模拟的，里面没有 {ip}：运营商回答它不可达。",
    ),
    "no-route": ("没有到 {ip} 的路由", "{where} 没有适合 {ip} 的路由，也没有默认路由，所以不发送这个数据包。"),
    "refusing-route": ("{route}", "这条路由不指路，而是禁止这个数据包。"),
    "refusing-rule": ("规则 {priority} 是 {refusal}", "还没有查路由表，策略路由就禁止了这个数据包。"),
    "wrong-gateway": ("{interface} 上没人应答 {ip}", "路由把数据包交给一个不存在的网关。"),
    "gateway-no-router": (
        "到 {ip} 要经过 {gateway}",
        "{gateway} 只有一个接口，无法转发这个数据包：路由写错了网关。",
    ),
    "routing-loop": ("一再经过 {interface}", "路由器让数据包不停地绕圈。"),
    "prefix-too-narrow": (
        "{address}",
        "按这个前缀长度，{ip} 不在这条链路上，但它其实在：{where} 因此去找路由器。",
    ),
    "prefix-too-wide": (
        "{address}",
        "按这个前缀长度，{ip} 在这条链路上，但它其实在别处：{where} 因此只在链路上找，不找路由器。",
    ),
    "other-subnet": ("{address}", "这条链路上的其他地址都在 {subnet} 里，所以这个地址属于错误的子网。"),
    "unplugged": ("{interface} 没有 master", "{owner} 的网线没有插在任何网桥上，它发送的东西到不了别处。"),
    "other-bridge": (
        "{interface} 的 master 是 {bridge}",
        "{subnet} 里的其他接口都在 {right} 上：两个网桥是两条链路，即使子网相同。",
    ),
    "address-on-port": (
        "{interface} 有地址，又是 {bridge} 的端口",
        "从网桥端口进来的一切都交给网桥：地址应当配在网桥上，而不是端口上。",
    ),
    "nobody-has-it": ("FAILED，或者没有记录", "{interface} 的链路上没人有地址 {ip}，所以没人为它应答。"),
    "no-owner": ("其中没有 {ip}", "发往 {ip} 的数据包到了 {where}，它不是路由器，也没有这个地址；谁都没有。"),
    "arp-off": ("NOARP", "关闭 ARP 后，{interface} 既不询问 MAC 地址，也不回答自己的。"),
    "arp-ignored": ("arp_ignore 是 {mode}", "有人在 {interface} 上询问 {ip} 的 MAC 地址时，{where} 不回答。"),
    "wrong-neighbour": (
        "{ip} 的 lladdr 是 {mac}",
        "数据包会发往这个 MAC 地址，但它不属于 {ip}：记住的邻居信息是错的。",
    ),
    "port-blocked": (
        "{interface} 是 {state}",
        "处于 {state} 状态的网桥端口（STP {stp}）不让任何帧通过；有 STP 时，端口启用 {seconds} 秒后才可能转发。",
    ),
    "ports-isolated": ("isolated on", "同一网桥的隔离端口互相不通：{other} 也是隔离的。"),
    "port-deaf": (
        "learning off, flood off",
        "{bridge} 不知道谁在 {interface} 后面，又不许把发往未知地址的帧送到那里。",
    ),
    "no-hairpin": ("hairpin off", "数据包要从它进来的 {interface} 再出去，只有 hairpin 模式的端口才允许。"),
    "too-big": ("mtu {mtu}", "数据包有 {length} 字节，超过 {interface} 能接收的大小，而网桥不会分片。"),
    "filtered-by-policy": (
        "没有规则匹配；链 {chain} 的默认策略是 {verdict}",
        "没有规则放行的数据包，这条链一律丢弃，也不告诉发送者。",
    ),
    "filtered-by-rule": ("{rule}", "链 {chain} 中的这条防火墙规则适用于这个数据包，结果是 {verdict}。"),
    "bridged-filtered-by-policy": (
        "没有规则匹配；链 {chain} 的默认策略是 {verdict}",
        "{setting}=1 时，{interface} 桥接的帧也要经过 IP 防火墙，而那里的链把它们丢弃。",
    ),
    "bridged-filtered-by-rule": (
        "{rule}",
        "{setting}=1 时，{interface} 桥接的帧也要经过 IP 防火墙，那里的这条规则结果是 {verdict}。",
    ),
    "not-forwarding": ("{setting} = 0", "{where} 收到发往 {ip} 的数据包，那不是它自己的地址；它不转发：它不是路由器。"),
    "link-local-only": ("来自链路本地地址", "链路本地地址只在自己的链路上有效，所以路由器不转发这个数据包。"),
    "rp-filter": (
        "rp_filter 是 {mode}",
        "{where} 会从 {other} 而不是 {interface} 回答 {ip}，因此把这个数据包当作伪造的丢弃。",
    ),
    "rp-filter-no-way": (
        "没有到 {ip} 的路由",
        "rp_filter={mode} 时，{where} 无法回答 {ip}，就直接丢弃来自它的数据包。",
    ),
    "martian-source": ("{ip} 是 local", "数据包自称来自 {where} 自己，却从 {interface} 进来。"),
    "private-source": (
        "没有到 {ip} 的路由",
        "{ip} 是私有地址：外面没有人知道回来的路，所以路由器必须替它做地址伪装。",
    ),
    "nothing-to-masquerade-as": ("没有地址", "规则 `{rule}` 要用 {interface} 的地址代替源地址，而它没有地址。"),
    "echo-ignored": ("{setting} = 1", "{where} 收到了 ping，但按设置不应答。"),
    "no-listener": ("端口 {port} 上没有程序", "数据包到了 {where}，但那里没有程序在监听 {protocol} 端口 {port}。"),
    "listens-elsewhere": ("端口 {port} 只在 {others} 上", "有程序监听这个端口，但只在 {others} 上，而不是 {ip}。"),
    "answer-elsewhere": ("{ip} 在这里", "给 {source} 的应答到了这里，因为这个命名空间也有该地址。"),
    "answer-from-elsewhere": (
        "应答来自 {other}",
        "询问发往 {asked}：应答没有经过做地址转换的地方，所以没有人认得它。",
    ),
    "port-locked": ("locked on", "锁定的端口丢弃来自 {mac} 的帧，因为 {bridge} 的转发表里它不在这个端口后面。"),
    "no-broadcasts": ("{setting} off", "{bridge} 不把发给所有人的帧送到 {interface}，所以寻找邻居的询问到不了那里。"),
    "wrong-forwarding": ("{mac} 在 {interface} 后面", "这一条把发给 {mac} 的帧送到 {interface}，那里没有这个地址。"),
    "local-forwarding": (
        "{mac} 是 permanent",
        (
            "permanent 的一条表示这个地址是 {bridge} 自己的：它把发给这个地址的帧留下，不送到任何端口；"
            "要送到某个端口，应该写 `static`。"
        ),
    ),
    "same-mac": (
        "{mac} 在 {other} 后面",
        "两个接口有同一个 MAC 地址：{bridge} 在其中一个端口学到它，另一个就什么也收不到。",
    ),
    "filtered-by-tc": ("{what}", "这个过滤器丢弃经过 {interface} {side} 的数据包。"),
    "dropped-by-queue": ("{what}", "这个排队规则丢弃从 {interface} 发出的数据包。"),
    "no-remote": ("没有 {mac} 的 remote", "{interface} 不知道该把这个帧发往哪一端，所以帧无处可去。"),
    "other-vxlan": (
        "id {id}，端口 {port}",
        "其他各端（{remotes}）都没有这个 id 和 UDP 端口的 vxlan，数据包在那里被丢弃。",
    ),
    "localnet": ("{setting} = 0", "{ip} 只属于 lo：{where} 既不从 {interface} 发出它，也不在那里接收它。"),
    "ttl-exceeded": ("TTL 1", "每个路由器都从 {origin} 给数据包的 TTL（{ttl}）中减一，到了 {where} 已经减完。"),
    "pmtu-black-hole": (
        "mtu {mtu}",
        "数据包有 {length} 字节，又不许分片；说明这一点的 ICMP 错误到不了发送者（{why}）。",
    ),
    "no-local-route": ("table local 里没有 {ip}", "{Where} 有地址 {ip}，但让它接收发给这个地址的数据包的路由没有了。"),
}
