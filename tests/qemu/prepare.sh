#!/usr/bin/env bash
# Makes what a guest boots from, in build/qemu, unless it is there:
#   guest/    Debian's packages of kind guest, unpacked, of the kernel's modules only those that are named below
#   vmlinux   the kernel as it stands inside its own packing: QEMU enters it at once (PVH), which halves the boot
#   initrd    busybox, the modules that reach the host's files, and init.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
wanted='virtio_pci 9pnet_virtio 9p overlay vhci-hcd usblp'

mkdir -p "$top/build/qemu"
cd "$top/build/qemu"
exec 9>lock
flock 9 # two runs at once share what is made

# kmod is depmod and modprobe by its name; the guest's runs here as well, so that the host needs none.
kmod() {
    local name=$1
    shift
    (export LD_LIBRARY_PATH=$PWD/guest/usr/lib/x86_64-linux-gnu && exec -a "$name" guest/usr/bin/kmod "$@")
}

# The few modules that a guest needs stay; with the other 4000 udev would take long to start.
keep_modules() {
    local tree=$1 release=$2 module
    kmod depmod -b guest "$release" 2>/dev/null
    for module in $wanted; do
        kmod modprobe -C /dev/null -d guest -S "$release" --show-depends "$module"
    done | sed -n "s|^insmod .*/modules/$release/||p" | awk '!seen[$1]++ { print $1 }' >modules
    rm -rf kept
    mkdir kept
    tar -C "$tree" -c -T modules modules.builtin modules.builtin.modinfo modules.order | tar -x -C kept
    rm -rf "$tree"
    mv kept "$tree"
    kmod depmod -b guest "$release"
}

# The packing is xz, somewhere inside, and something follows it.
unpack_kernel() {
    local at
    at=$(LC_ALL=C grep -aboP '\xfd7zXZ' "$1" | head -n 1 | cut -d: -f1)
    [ -z "$at" ] || tail -c "+$((at + 1))" "$1" 2>/dev/null | xz -dc --single-stream >vmlinux || true # tail is cut short
    [ "$(head -c 4 vmlinux | tail -c 3)" = ELF ] || { echo 'The kernel was not found in its packing.' >&2; return 1; }
}

make_initrd() {
    local tree=$1 module
    rm -rf root
    mkdir -p root/bin root/modules
    cp guest/usr/bin/busybox root/bin
    cp "$here/init.sh" root/init
    while read -r module; do
        cp "$tree/$module" root/modules
        basename "$module"
    done <modules >root/modules/list
    (cd root && find . | ./bin/busybox cpio -o -H newc 2>/dev/null) >initrd.new
    mv initrd.new initrd # a guest that boots now keeps the old one
    rm -rf root
}

made_from=$(cat "$here/prepare.sh" "$top/scripts/fetch" "$top/scripts/packages.txt" | sha256sum)
if [ "$(cat made-from 2>/dev/null)" != "$made_from" ]; then
    echo 'Fetching and unpacking the guest (once) ...' >&2
    rm -f made-from guest.list
    "$top/scripts/fetch" guest guest
    release=$(ls guest/usr/lib/modules)
    keep_modules "guest/usr/lib/modules/$release" "$release"
    unpack_kernel "guest/boot/vmlinuz-$release"
    echo "$made_from" >made-from
fi
make_initrd guest/usr/lib/modules/*
