# shellcheck shell=bash
# shellcheck disable=SC2154  # work: set by the script that sources this
# libvirt without systemd, with all its state in $work, and the choice between KVM and emulation.

start_libvirt() {
    local folder
    mount -t tmpfs none /run
    for folder in /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt; do
        mkdir -p "$folder" "$work$folder"
        cp -a "$folder/." "$work$folder/"
        mount --bind "$work$folder" "$folder"
    done
    printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'cgroup_controllers = []' >>/etc/libvirt/qemu.conf
    echo 'auth_unix_rw = "none"' >>/etc/libvirt/libvirtd.conf
    rm -f /etc/libvirt/qemu/networks/autostart/*
    virtlogd --daemon
    libvirtd --daemon
    timeout 30 bash -c 'until virsh uri >/dev/null 2>&1; do sleep 0.5; done' || fail "libvirtd did not start"
}

# Some hosts offer a /dev/kvm that can't run an ordinary kernel (a VM without nested virtualization by hardware):
# what counts is whether the box's own kernel speaks within a minute.
kvm_works() {
    local disk=$work/probe console=$work/console
    [ -w /dev/kvm ] || return 1
    mkdir "$disk"
    tar -C "$disk" -xzf "$NSLAB_BOX" box.img
    timeout 60 qemu-system-x86_64 -accel kvm -cpu host,arch-capabilities=off -m 512 -display none -no-reboot \
        -drive "file=$disk/box.img,if=virtio,snapshot=on" -serial "file:$console" >/dev/null 2>&1 &
    local qemu=$! works=1
    while kill -0 "$qemu" 2>/dev/null; do
        if grep -q 'Linux version' "$console" 2>/dev/null; then works=0 && break; fi
        sleep 0.5
    done
    kill "$qemu" 2>/dev/null || true
    rm -rf "$disk"
    return "$works"
}

choose_accelerator() {
    mkdir -p "$VAGRANT_HOME"
    if kvm_works; then
        accelerator=KVM
        return
    fi
    accelerator="emulation (this machine's KVM doesn't run Debian's kernel)"
    note "The machine runs under $accelerator: the same machine, slower."
    cat >"$VAGRANT_HOME/Vagrantfile" <<'RUBY'
Vagrant.configure("2") do |config|
  config.vm.boot_timeout = 900
  config.vm.provider(:libvirt) { |vm| vm.driver, vm.cpu_mode = "qemu", "maximum" }
end
RUBY
}
