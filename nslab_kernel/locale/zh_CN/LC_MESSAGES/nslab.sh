# shellcheck shell=sh disable=SC2034
# Made by script/messages from the catalogue; shims/find.sh sources it.
case $1 in
    '%s has the same id, and so is root') text='%s 的 id 与它相同，所以就是 root' ;;
    '%s has the same id, and so this runs as root') text='%s 的 id 与它相同，所以命令以 root 运行' ;;
    '%s shares its id') text='%s 与它共用 id' ;;
    '%s: not installed; the command for an administrator: apt install %s') text='%s：没有安装；管理员可以运行：apt install %s' ;;
    '%s: this lab has one user, root: %s (nslab check shows how to get more)') text='%s：这个实验环境只有 root 一个用户：%s（怎样得到更多用户，见 nslab check）' ;;
    'In a lab you are root and may run every command.') text='在实验环境里你就是 root，可以运行任何命令。' ;;
    'a container'"'"'s files belong to several users') text='容器里的文件属于多个用户' ;;
    'ip: this machine has no /dev/net/tun; an administrator makes it with: sudo modprobe tun') text='ip：这台机器没有 /dev/net/tun；管理员可以这样创建：sudo modprobe tun' ;;
    'ip: you may not open /dev/net/tun on this machine; an administrator permits it, which gives no other right, with: sudo chmod 666 /dev/net/tun') text='ip：在这台机器上你不能打开 /dev/net/tun；管理员可以用下面的命令允许，这不会带来别的权限：sudo chmod 666 /dev/net/tun' ;;
    'modprobe: %s is there already: this kernel has it') text='modprobe：%s 已经有了：内核自带' ;;
    'modprobe: a lab leaves the machine'"'"'s kernel as it is, so %s stays') text='modprobe：实验环境不改动机器的内核，所以 %s 保留' ;;
    'modprobe: the running kernel has no %s, and a lab can'"'"'t load it. Where the machine has the module, an administrator loads it with: sudo modprobe %s') text='modprobe：当前内核没有 %s，实验环境也不能加载它。如果机器上有这个模块，管理员可以这样加载：sudo modprobe %s' ;;
    'no file can belong to another') text='文件不能属于别的用户' ;;
    'nslab: ping stops after 4 packets here; say how many with -c, or for how many seconds with -w') text='nslab：ping 在这里发 4 个包就停；用 -c 指定个数，或用 -w 指定秒数' ;;
    'sudo of nslab: in a lab you are root, so it runs the command as it is') text='nslab 的 sudo：在实验环境里你就是 root，命令照原样运行' ;;
    'sudo: %s needs a value') text='sudo：%s 需要一个值' ;;
    'sudo: %s: command not found') text='sudo：%s：找不到命令' ;;
    'sudo: -R is not there in a lab; use chroot(8)') text='sudo：实验环境里没有 -R；请用 chroot(8)' ;;
    'sudo: -e is not there in a lab; you are root, so just edit the file') text='sudo：实验环境里没有 -e；你就是 root，直接编辑文件即可' ;;
    'sudo: unknown user %s') text='sudo：没有用户 %s' ;;
    'sudo: which command? In a lab you are root, so it may also be left out: ip netns list') text='sudo：要运行什么命令？在实验环境里你就是 root，也可以不写 sudo：ip netns list' ;;
    'systemctl: %s could not be started; to see why, run: %s') text='systemctl：%s 无法启动；要看原因，请运行：%s' ;;
    'systemctl: a lab has no systemd; this one knows: start, stop, restart, reload, status, is-active, cat SERVICE') text='systemctl：实验环境里没有 systemd；这里支持：“start、stop、restart、reload、status、is-active、cat 服务名”' ;;
    'systemctl: nothing is enabled, as a lab never starts again; start it: systemctl start %s') text='systemctl：实验环境不会重新启动，所以没有开机启动；请直接启动：systemctl start %s' ;;
    'systemctl: there is no service %s on this machine') text='systemctl：这台机器上没有服务 %s' ;;
    'systemctl: which service? systemctl %s NAME') text='systemctl：哪个服务？systemctl %s 服务名' ;;
    'usage: sudo [-EHbins] [-u user] [-g group] [-D directory] [VAR=value] command ...') text='用法：sudo [-EHbins] [-u user] [-g group] [-D directory] [VAR=value] command ...' ;;
esac
