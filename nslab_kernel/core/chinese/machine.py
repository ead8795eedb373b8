"""What the kernel refuses, what is left alone on a real machine, and what the command ``nslab`` answers."""

from __future__ import annotations

WORDS = {
    "by the container that this runs in": "被所在的容器拒绝",
    "by a seccomp filter, as in a container": "被 seccomp 过滤器拒绝，像在容器里那样",
    "with no reason given": "没有说明原因",
}

_MACHINE = "本机不允许建立私有的网络主机：{0} 被拒绝，"

SENTENCES = {
    # the kernel
    "The kernel refused {}: {}.": "Linux 内核拒绝了 {0}：{1}。",
    "Taking back what was done before failed at {}; {} clears it away.": (
        "收回之前所做的事时，{0} 失败；{1} 会把它们清掉。"
    ),
    "Nothing was changed.": "什么也没有改变。",
    "Nothing was changed; {} shows the tables, chains and rules that are there.": (
        "什么也没有改变；{0} 会显示现有的表、链和规则。"
    ),
    "Choose the nslab kernel (Kernel > Change Kernel), where you may do this, or run as root.": (
        "请换用 nslab 内核（Kernel > Change Kernel），在那里可以这样做；或者以 root 运行。"
    ),
    "Something of this name or address is there already; {} shows what is.": (
        "已经有用这个名字或地址的东西；{0} 会显示有什么。"
    ),
    "Another interface has it already; {} shows which.": "它已经属于另一个接口；{0} 会显示是哪一个。",
    "There is no such interface (any more); {} shows what is there.": "没有（或不再有）这个接口；{0} 会显示有什么。",
    "It isn't there (any more); {} shows what is.": "没有（或不再有）它；{0} 会显示有什么。",
    "The limit on namespaces is reached: an administrator can raise it by {}.": (
        "命名空间的数量到了上限：管理员可以用 {0} 提高上限。"
    ),
    "Too many files are open: restart the kernel after {}.": "打开的文件太多：运行 {0} 之后重启内核。",
    "The whole machine has too many files open: close something.": "整台机器打开的文件太多：请关闭一些。",
    "The machine has no memory left for it: remove namespaces, or close something.": (
        "机器没有足够的内存：请移除一些命名空间，或关闭一些程序。"
    ),
    "This machine's kernel lacks a module for it; {} says which features it has.": (
        "本机的 Linux 内核缺少所需的模块；{0} 会说明有哪些功能。"
    ),
    "The gateway must lie in a subnet that the namespace has an address in; {} shows them.": (
        "网关必须在命名空间有地址的子网里；{0} 会显示这些子网。"
    ),
    "Something else is using it; try again when that is done.": "别的东西正在用它；等用完再试。",
    "{} says what is missing.": "{0} 会说明缺什么。",
    # a real machine
    "That isn't done to a real machine.": "不会对真实的机器这样做。",
    "By hand it is {}.": "手动的命令是 {0}。",
    "This machine has files for a namespace {} in {}, which are not nslab's.": (
        "本机在 {1} 里有命名空间 {0} 的文件，它们不是 nslab 的。"
    ),
    "That would change a file of this machine's own, and nothing would tell it from what was there.": (
        "那会改动本机自己的文件，之后就分不清原来是什么样。"
    ),
    "Do it in a namespace that nslab made.": "请在 nslab 造的命名空间里做。",
    "{} wasn't made by nslab, so it stays as it is.": "{0} 不是 nslab 造的，所以保持原样。",
    "{} carries this machine's own connection, so it stays as it is.": "{0} 承载着本机自己的连接，所以保持原样。",
    "{} makes a namespace of your own.": "{0} 会造一个你自己的命名空间。",
    "{} makes a bridge of your own.": "{0} 会造一个你自己的网桥。",
    "{} lies in {}, which overlaps {}, a route of this machine by {}.": (
        "{0} 在 {1} 中，它与本机经过 {3} 的路由 {2} 重叠。"
    ),
    "{} lies in {}, which overlaps {}, a route of this machine as {}.": (
        "{0} 在 {1} 中，它与本机类型为 {3} 的路由 {2} 重叠。"
    ),
    "Choose another subnet; {} shows those in use.": "请换一个子网；{0} 会显示正在使用的。",
    "{} is a setting of this machine, so it stays as it is.": "{0} 是本机的设置，所以保持原样。",
    "Set it in a namespace.": "请在命名空间里设置。",
    "Rules in other tables of this machine stay as they are.": "本机其他表里的规则保持原样。",
    "{} changes them.": "{0} 可以改动它们。",
    "A rule for all packets of this machine could cut your own connection to it.": (
        "对本机所有数据包都生效的规则，可能会切断你自己与它的连接。"
    ),
    "Say which namespace it is about: {} or {}.": "请写明是关于哪个命名空间：{0} 或 {1}。",
    "This machine's IPv6 default route comes by router advertisements, which a router ignores: "
    "with IPv6 forwarding it would lose that route.": (
        "本机的 IPv6 默认路由来自路由器通告，而路由器不理会通告：打开 IPv6 转发会丢掉那条路由。"
    ),
    "Give the bridge an IPv4 address alone.": "请只给网桥一个 IPv4 地址。",
    # a private host
    "This machine does not permit a private network host: its {} was refused, as {} is {} and so many are in use.": (
        _MACHINE + "因为 {1} 是 {2}，而已经用了这么多。"
    ),
    "This machine does not permit a private network host: its {} was refused, as this kernel is built without it.": (
        _MACHINE + "因为这个 Linux 内核没有编译这项功能。"
    ),
    "This machine does not permit a private network host: its {} was refused, as {} is {}.": (
        _MACHINE + "因为 {1} 是 {2}。"
    ),
    "This machine does not permit a private network host: its {} was refused, {}.": _MACHINE + "{1}。",
    "An administrator permits it with: {}": "管理员可以这样允许：{0}",
    "start the container with: {}": "请这样启动容器：{0}",
    "use the virtual machine, or a distribution's own kernel": "请用虚拟机，或发行版自带的 Linux 内核",
    "ask an administrator whether ordinary users may make user namespaces": (
        "请问管理员，普通用户是否可以建立用户命名空间"
    ),
    "nslab check shows what this machine permits": "nslab check 会显示本机允许什么",
    "{} is no connection file: it has no {}": "{0} 不是连接文件：它没有 {1}",
    "{} is no connection file: {}": "{0} 不是连接文件：{1}",
    "{} {} at {} can't be listened on: {}": "无法在 {2} 上监听 {0} {1}：{3}",
    "start the kernel again": "请重新启动内核",
    # the command nslab
    "which command is to run?": "要运行哪个命令？",
    "nslab run -- COMMAND ...": "nslab run -- 命令 ...",
    "{} is none of 1 to {}": "{0} 不在 1 到 {1} 之间",
    "{} is no directory": "{0} 不是目录",
    "the lab {} has no namespace {}": "实验室 {0} 没有命名空间 {1}",
    "there are: {}": "有：{0}",
    "the lab {} can't be entered: {}": "无法进入实验室 {0}：{1}",
    "the lab {} has ended": "实验室 {0} 已经结束",
    "{} labs are running:\n{}": "有 {0} 个实验室在运行：\n{1}",
    "choose one with: nslab shell --lab ID": "用 nslab shell --lab ID 选一个",
    "no lab is running": "没有正在运行的实验室",
    "open a notebook with the kernel nslab, or: nslab run -- bash": (
        "请用 nslab 内核打开笔记本，或者：nslab run -- bash"
    ),
    "no lab with the id {} is running": "没有编号为 {0} 的实验室在运行",
    "nslab list shows those that run": "nslab list 会显示正在运行的",
}
