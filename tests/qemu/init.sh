#!/bin/busybox sh
# The first process of the guest. First in the initrd: joins the host's files (read-only), the guest's own packages over them
# and a file system in memory on top to one root. Then, called again in that root: starts udev, runs /run/work/script, says how it
# ended on the console and switches the guest off.
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

share() {
    mkdir -p "$2"
    mount -t 9p -o "trans=virtio,version=9p2000.L,msize=524288,cache=$3" "$1" "$2"
}

root() {
    export PATH=/bin
    /bin/busybox mkdir -p /proc /sys /dev /memory /new
    /bin/busybox --install -s /bin
    mount -t devtmpfs dev /dev
    mount -t proc proc /proc
    mount -t sysfs sys /sys
    exec >/dev/console 2>&1 </dev/null
    for module in $(cat /modules/list); do
        case $module in
            usblp.ko | vhci-hcd.ko) ;; # by udev, when there is something to drive, and by what needs it
            *) insmod "/modules/$module" ;;
        esac
    done
    share host /host loose && share guest /guest loose && share work /work none || return
    mount -t tmpfs memory /memory
    mkdir /memory/upper /memory/work
    mount -t overlay -o lowerdir=/guest:/host,upperdir=/memory/upper,workdir=/memory/work root /new || return
    for folder in dev proc sys; do
        mkdir -p "/new/$folder"
        mount -o move "/$folder" "/new/$folder"
    done
    mkdir -p /new/run /new/dev/shm /new/dev/pts
    mount -t tmpfs run /new/run
    mount -t tmpfs shm /new/dev/shm
    mount -t devpts pts /new/dev/pts
    mkdir /new/run/work
    mount -o move /work /new/run/work
    cp /init /new/run/init
    cp /bin/busybox /new/run/busybox
    exec switch_root /new /run/busybox sh /run/init script
}

script() {
    export PATH=$path HOME=/root LC_ALL=C.UTF-8
    hostname guest
    ip link set lo up
    mkdir -p /run/udev
    /usr/lib/systemd/systemd-udevd --daemon 2>/dev/null
    udevadm control --ping # it has read its rules: those that a script adds are newer
    cd /run/work
    [ ! -f bonbon ] || install -m 755 bonbon /usr/local/bin/bonbon # where everybody may enter
    set -a
    . ./environment
    set +a
    ./script </dev/null
    echo "guest: ended with $?"
}

# Without the host's files there are no commands; the kernel is still told.
end() {
    sync
    echo o >/proc/sysrq-trigger
    /run/busybox poweroff -f || /bin/busybox poweroff -f
}

if [ "$1" = script ]; then
    script
    end
else
    root
    echo 'guest: no root'
    poweroff -f
fi
