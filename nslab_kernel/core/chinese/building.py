"""Names, addresses, namespaces, bridges, cables."""

from __future__ import annotations

WORDS = {
    "A bridge": "网桥",
    "A namespace": "命名空间",
    "An interface": "接口",
    "a bridge": "网桥",
    "an interface": "接口",
    "a space": "空格",
    "its own link": "它自己的链路",
    "none": "无",
}

SENTENCES = {
    # names
    "Did you mean {}?": "是不是想写 {0}？",
    '"{}" is what the lab\'s own host is called.': "“{0}”是实验室自己的主机的名字。",
    "Choose another name, such as {}.": "请换一个名字，例如 {0}。",
    "Choose another name.": "请换一个名字。",
    '"{}" can\'t be {} name: under /proc/sys/net it means settings of every interface.': (
        "“{0}”不能用作{1}的名字：在 /proc/sys/net 下，它指所有接口的设置。"
    ),
    'The namespace name "{}" is too long: its interface would be "{}" with {} characters, '
    "and an interface name has at most {}.": (
        "命名空间的名字“{0}”太长：它的接口会叫“{1}”，有 {2} 个字符，而接口名最多 {3} 个字符。"
    ),
    'Choose a name of at most {} characters, such as "{}".': "请用不超过 {0} 个字符的名字，例如“{1}”。",
    "{} name can't be empty.": "{0}的名字不能为空。",
    '{} name can\'t be "{}": that is a folder.': "{0}的名字不能是“{1}”：那是一个目录。",
    '{} name can\'t begin with "-", as "{}" does: commands would take it for an option.': (
        "{0}的名字不能像“{1}”这样以“-”开头：命令会把它当成选项。"
    ),
    '{} name has ASCII characters only, not "{}" as in "{}".': "{0}的名字只能用 ASCII 字符，不能像“{2}”那样有“{1}”。",
    '{} name can\'t have a space in it, as in "{}".': "{0}的名字里不能有空格，像“{1}”这样。",
    '{} name can\'t have "{}" in it, as in "{}".': "{0}的名字里不能有“{1}”，像“{2}”这样。",
    '{} name has at most {} characters; "{}" has {}.': "{0}的名字最多 {1} 个字符，“{2}”有 {3} 个。",
    "Use letters, digits, '-', '_' and '.', such as {}.": "请用字母、数字、“-”、“_”和“.”，例如 {0}。",
    # addresses
    "{} has no prefix length: it doesn't say which part is the network.": ("{0} 没有前缀长度，看不出哪一部分是网络。"),
    '"{}" in {} is not a prefix length from 1 to {}.': "{1} 里的“{0}”不是 1 到 {2} 之间的前缀长度。",
    '"{}" is not an IP address with a prefix length.': "“{0}”不是带前缀长度的 IP 地址。",
    '"{}" is not an IP address.': "“{0}”不是 IP 地址。",
    '"{}" is not a subnet.': "“{0}”不是子网。",
    '"{}" is not a subnet, whose address ends in zero bits.': "“{0}”不是子网：子网的地址在前缀之后全是 0。",
    '"{}" is neither a namespace nor an address.': "“{0}”既不是命名空间，也不是地址。",
    "Write it like {} or {}.": "请写成 {0} 或 {1} 这样。",
    "Write it like {}, {} or {}.": "请写成 {0}、{1} 或 {2} 这样。",
    "Write it like {}, without a prefix.": "请写成 {0} 这样，不带前缀。",
    "Write it like {}, or `default`.": "请写成 {0} 这样，或写 `default`。",
    "Write it like {}.": "请写成 {0} 这样。",
    "{} is the unspecified address.": "{0} 是未指定地址。",
    "{} is a loopback address, which only lo has.": "{0} 是环回地址，只有 lo 才有。",
    "{} is a multicast address, which stands for a group.": "{0} 是组播地址，代表一组主机。",
    "{} is a reserved address.": "{0} 是保留地址。",
    "{} is the address of the network itself, so no interface can have it.": (
        "{0} 是网络本身的地址，所以没有接口能用它。"
    ),
    "{} is the subnet-router anycast address, so no interface can have it.": (
        "{0} 是子网路由器的任播地址，所以没有接口能用它。"
    ),
    "{} is the broadcast address of {}: it stands for every host there.": (
        "{0} 是 {1} 的广播地址，代表那里的每一台主机。"
    ),
    "Choose a private address, such as {} or {}.": "请用私有地址，例如 {0} 或 {1}。",
    "Choose one inside it, such as {}.": "请用其中的一个地址，例如 {0}。",
    "Choose another one, such as {}.": "请换一个，例如 {0}。",
    "{} is the address of {} in the host already.": "{0} 已经是主机中 {1} 的地址。",
    "{} is the address of {} in {} already.": "{0} 已经是 {2} 中 {1} 的地址。",
    "{} is free.": "{0} 还空着。",
    "{} lies in {}, which is also the subnet of {} in the host.": ("{0} 在 {1} 中，而它也是主机中 {2} 的子网。"),
    "{} lies in {}, which is also the subnet of {} in {}.": "{0} 在 {1} 中，而它也是 {3} 中 {2} 的子网。",
    "{} lies in {}, which overlaps {}, the subnet of {} in the host.": (
        "{0} 在 {1} 中，它与主机中 {3} 的子网 {2} 重叠。"
    ),
    "{} lies in {}, which overlaps {}, the subnet of {} in {}.": "{0} 在 {1} 中，它与 {4} 中 {3} 的子网 {2} 重叠。",
    "Choose another subnet.": "请换一个子网。",
    "Write {}.": "请写 {0}。",
    # namespaces, bridges, interfaces
    '"{}" has no address.': "没有给“{0}”写地址。",
    'There is no namespace "{}".': "没有叫“{0}”的命名空间。",
    'There is no bridge "{}".': "没有叫“{0}”的网桥。",
    '"{}" is a {} interface, not a bridge.': "“{0}”是 {1} 接口，不是网桥。",
    '"{}" is an interface, not a bridge.': "“{0}”是接口，不是网桥。",
    "Bridges are {}.": "网桥有 {0}。",
    "{} makes a bridge.": "{0} 造一个网桥。",
    "{} makes it.": "{0} 会造出它。",
    "{} lists them.": "{0} 会列出它们。",
    "{} removes it.": "{0} 会移除它。",
    "{} removes everything.": "{0} 会移除一切。",
    'The namespace "{}" exists already.': "命名空间“{0}”已经存在。",
    'The host has {} "{}" already.': "主机上已经有叫“{1}”的{0}。",
    "{} has no name in /run/netns, so it can't be removed by one.": (
        "{0} 在 /run/netns 里没有名字，所以无法按名字移除。"
    ),
    "It goes when its last process ends.": "它的最后一个进程结束时，它就消失。",
    '{} has no interface "{}".': "{0} 没有叫“{1}”的接口。",
    "{} has no interface {}.": "{0} 没有接口 {1}。",
    "{} has an interface {} already.": "{0} 已经有接口 {1}。",
    "{} lists the interfaces.": "{0} 会列出接口。",
    "{} lists the addresses.": "{0} 会列出地址。",
    "There is no namespace or bridge called {}.": "没有叫 {0} 的命名空间或网桥。",
    "Choose one of: {}": "可以选：{0}",
    # cables, routes
    "A cable from {} to {} would join nothing.": "从 {0} 到 {1} 的网线什么也没有连起来。",
    "Name two namespaces.": "请写两个命名空间。",
    "{} and {} lie in different subnets, so the two ends couldn't speak to each other.": (
        "{0} 和 {1} 在不同的子网里，网线的两端无法通话。"
    ),
    "Choose {} for the other end.": "另一端请用 {0}。",
    "{} has a route to {} already, via {}.": "{0} 已经有到 {1} 的路由，经过 {2}。",
    "{} is {}'s own address: it can't be its own gateway.": "{0} 是 {1} 自己的地址，不能做自己的网关。",
    "Name the neighbour that passes packets on, such as the bridge's address.": (
        "请写会转发数据包的那个邻居，例如网桥的地址。"
    ),
    "{} is no neighbour of {}: its subnets are {}.": "{0} 不是 {1} 的邻居：它的子网有 {2}。",
    "A gateway has to lie in one of them.": "网关必须在其中一个子网里。",
    # pictures and files
    "{} doesn't end in {}.": "{0} 的结尾不是 {1}。",
    "Save it as {}": "请保存为 {0}",
    "{} can't be written: {}.": "无法写入 {0}：{1}。",
    "Save it in another folder.": "请保存到别的目录。",
    "Saved as {}": "已保存为 {0}",
    "The picture follows each cell.": "每个单元格之后图都会跟着出现。",
    "The picture does not follow each cell.": "图不会跟着每个单元格出现。",
}
