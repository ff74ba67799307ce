#!/usr/bin/env bash
# A virtual machine with a real kernel, USB and udev, that sees what the host sees and can change none of it.
#   tests/qemu/run.sh            the end-to-end test: the real program on a printer that the kernel believes in
#   tests/qemu/run.sh SCRIPT     runs SCRIPT in the guest as root; its output is shown, its exit status is this one's
# The guest's / is the host's, read-only, with memory on top; /run/work is a folder of the host's ($QEMU_WORK, else one that is
# thrown away) in which SCRIPT may leave files. $BONBON (build/dev/bonbon) is /usr/local/bin/bonbon there.
# A guest that takes longer than $QEMU_LIMIT seconds (300) is ended. 77: there is no QEMU or no kernel to be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
bonbon=$(realpath -m "${BONBON:-$top/build/dev/bonbon}")
limit=${QEMU_LIMIT:-300}
if [ $# -eq 0 ]; then
    export BONBON=$bonbon
    exec python3 -B "$here/test_printing.py"
fi
script=$(realpath "$1")

skip() {
    echo "skipped: $*" >&2
    exit 77
}
[ "$(uname -m)" = x86_64 ] || skip "the guest is an x86-64 machine, this is $(uname -m)"
command -v qemu-system-x86_64 >/dev/null || skip 'qemu-system-x86 is not installed (scripts/install check)'
command -v apt-get >/dev/null || skip 'the kernel of the guest comes from Debian, and there is no apt here'
"$here/prepare.sh" || skip 'the guest cannot be made'

if [ -n "${QEMU_WORK:-}" ]; then
    work=$(mkdir -p "$QEMU_WORK" && cd "$QEMU_WORK" && pwd)
    console=$work/console
    trap 'rm -f "$work/script" "$work/environment" "$work/bonbon"' EXIT
else
    work=$(mktemp -d)
    console=$work/console
    trap 'rm -rf "$work"' EXIT
fi
cp "$script" "$work/script"
chmod +x "$work/script"
[ ! -x "$bonbon" ] || cp "$bonbon" "$work/bonbon"
printf 'TOP=%q\nTZ=UTC\n' "$top" >"$work/environment"

share() { # TAG PATH MORE: QEMU reads two commas as one
    printf 'local,mount_tag=%s,path=%s,security_model=none%s' "$1" "${2//,/,,}" "${3:-}"
}
# One processor: two cost QEMU twice the time, in keeping their memory in order.
machine=(-accel tcg,thread=multi -cpu max -M q35 -m 512 -smp 1 -nodefaults -no-user-config -display none -no-reboot
    -kernel "$top/build/qemu/vmlinux" -initrd "$top/build/qemu/initrd" -append 'console=ttyS0 quiet loglevel=2 panic=-1 mitigations=off nokaslr'
    -virtfs "$(share host / ,readonly=on,multidevs=remap)"
    -virtfs "$(share guest "$top/build/qemu/guest" ,readonly=on)"
    -virtfs "$(share work "$work")")
status=0
timeout --foreground --kill-after=5 "$limit" qemu-system-x86_64 "${machine[@]}" -serial stdio </dev/null 2>&1 |
    tee "$console" | tr -d '\r' | { grep -avE '^guest: ended with |: Power (Off|down)$' || true; } || status=${PIPESTATUS[0]}
ended=$(tr -d '\r' <"$console" | sed -n 's/^guest: ended with //p')
if [ -n "$ended" ]; then
    exit "$ended"
elif [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
    echo "guest: hung; ended after $limit s" >&2
else
    echo "guest: went down without a word (QEMU ended with $status)" >&2
fi
exit 1
