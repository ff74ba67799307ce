#!/bin/sh
# In the guest, as root: a printer is plugged into the kernel, and people with and without a right to it print.
# Each fact is a line, "ok WORDS" or "not ok WORDS"; what printed is left in /run/work for the host to look at.
bad=0 facts=0

fact() { # WORDS COMMAND...: whether the command succeeds
    words=$1
    shift
    facts=$((facts + 1))
    if "$@"; then
        echo "ok $words"
    else
        bad=$((bad + 1))
        echo "not ok $words"
        [ ! -s /run/said ] || sed 's/^/    /' /run/said
    fi
}

wait_for() { # COMMAND...: until it succeeds, for half a minute at most
    tries=600
    until "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        /run/busybox usleep 50000
    done
}

# ── people ──

person() { # NAME NUMBER: with a shop of their own
    echo "$1:x:$2:$2::/run/home/$1:/bin/sh" >>/etc/passwd
    echo "$1:x:$2:" >>/etc/group
    mkdir -p "/run/home/$1"
    chown "$2:$2" "/run/home/$1"
}

as() { # NAME COMMAND...
    who=$1
    shift
    HOME=/run/home/$who BONBON_SHOP=/run/home/$who/shop setpriv --reuid "$who" --regid "$who" --init-groups "$@"
}

person till 2001   # the user of a service: group lp
person seated 2002 # sits at the screen: no group, but the seat
person passer 2003 # has an account, and no business with a drawer
sed -i 's/^lp:.*/&till/' /etc/group
mkdir -p /run/systemd/seats
printf 'ACTIVE=seat\nACTIVE_UID=2002\n' >/run/systemd/seats/seat0

sale() { # NUMBER
    sed "s/2026-11-21-0042/$1/" "$TOP/gallery/en/receipt.json"
}

print() { # WHO STATUS NUMBER [OPTION...]: prints a sale, and that it ends so; the job's bytes and answer stay
    person=$1 status=$2 number=$3
    shift 3
    sale "$number" >/run/sale.json
    as "$person" bonbon print /run/sale.json --json --bytes "/run/home/$person/$number.bytes" "$@" >/run/answer 2>/run/said
    [ $? -eq "$status" ] || { cat /run/answer >>/run/said; return 1; }
    [ "$status" -ne 0 ] || cp /run/answer "/run/work/$number.json"
}

answered() { grep -q "$1" /run/answer; }
said() { grep -qF "$1" /run/said; }

# ── the printer ──

order() { timeout 5 sh -c 'echo "$0" >/run/orders' "$*"; }

plug_in() { # USB-WORDS: as a program of its own
    bonbon virtual --attach --profile epson-tm-t20iii --usb "$1" --png-dir /run/work/paper --text-dir /run/work/paper \
        --control /run/orders >>/run/work/printer.log 2>&1 &
    printer=$!
}

interface() { # of the printer, in /sys: the only one on the bus
    set -- $(grep -lx "$vendor" /sys/bus/usb/devices/*/idVendor)
    echo "${1%/idVendor}/$(basename "${1%/idVendor}"):1.0"
}
node() { # of the printer, in /dev/bus/usb
    device=$(interface)
    echo "/dev/$(sed -n 's/^DEVNAME=//p' "${device%/*}/uevent")"
}
# A driver's folder links to its interfaces; /dev is udev's, which may have more to do.
driven() { set -- /sys/bus/usb/drivers/usblp/*:1.0 && [ -e "$1" ] && [ -c /dev/usb/lp0 ] && udevadm settle; }
there() { grep -qx "$vendor" /sys/bus/usb/devices/*/idVendor && [ -c "$(node)" ] && udevadm settle; }
gone() { ! grep -qx "$vendor" /sys/bus/usb/devices/*/idVendor 2>/dev/null && [ ! -e /dev/usb/lp0 ] && udevadm settle; }
rights() { [ "$(stat -c '%a %U %G' "$1")" = '660 root lp' ]; }
may() { as "$1" test -r "$2" -a -w "$2"; }
may_not() { ! as "$1" test -r "$2" && ! as "$1" test -w "$2"; }

# Each time that usblp lets go and takes over again is one more line.
handovers() { dmesg | grep -c 'usblp0: removed'; }
one_more_handover() { [ "$(handovers)" -eq $((before + 1)) ]; }

job() { # NUMBER STATE [AGAIN]: where a job of the till is
    as till bonbon jobs --all --json | grep "\"of\":\"$1\"" >/run/said
    grep "\"state\":\"$2\"" /run/said | grep -q "\"again\":${3:-false}"
}

vendor=04b8
modprobe vhci-hcd
cp "$TOP/udev/60-bonbon.rules" /etc/udev/rules.d/60-bonbon.rules.new
mv /etc/udev/rules.d/60-bonbon.rules.new /etc/udev/rules.d/60-bonbon.rules
udevadm control --reload
mkfifo /run/orders
plug_in ''
for person in till seated passer; do
    as $person bonbon init "/run/home/$person/shop" --lang en >/dev/null 2>/run/said || bad=$((bad + 1))
    sed -i -e 's/^profile: [a-z0-9-]*/profile: epson-tm-t20iii/' -e 's/^uri: [^ ]*/uri: "usb:"/' \
        "/run/home/$person/shop/printers.d/receipt.yaml"
done
fact 'udev loads usblp for the printer that was plugged in' wait_for driven
fact 'the rule gives the device to root and lp, to nobody else' rights "$(node)"
fact 'the rule gives /dev/usb/lp0 to root and lp, to nobody else' rights /dev/usb/lp0
fact 'who is in lp may' may till "$(node)"
fact 'who sits at the screen may' may seated "$(node)"
fact 'who does neither may not' may_not passer "$(node)"

fact 'who may not is refused' print passer 4 stranger
fact 'and told the udev line that mends it' said 'ATTR{idVendor}=="04b8", ATTR{idProduct}=="0e28"'
fact 'usblp has the printer after that' driven

before=$(handovers)
fact 'who is in lp prints' print till 0 first
fact 'the printer proves it' answered '"state":"printed"'
fact 'usblp let go for it' one_more_handover
fact 'usblp is back' wait_for driven
fact 'the rule holds for what came back' rights /dev/usb/lp0
fact 'who sits at the screen prints' print seated 0 second
fact 'usblp is back again' wait_for driven
fact 'usblp itself prints' print till 0 third --printer lp:/dev/usb/lp0

order unplug
fact 'the kernel sees it unplugged' wait_for gone
fact 'a job waits for it' print till 4 fourth --timeout 1
fact 'and is told why' said 'not plugged in'
order plug
fact 'the kernel sees it plugged in again' wait_for driven
fact 'the rule holds for it' rights "$(node)"
fact 'the next sale prints' print till 0 fifth
fact 'after the one that waited' job fourth printed

HOME=/run/home/till BONBON_SHOP=/run/home/till/shop setpriv --reuid till --regid till --init-groups \
    bonbon spool >/run/work/spool.log 2>&1 & # not by a function: its shell would take the signal
service=$!
order unplug
wait_for gone
fact 'a job waits with the service' print till 4 sixth --timeout 1
order plug 2
fact 'the service prints it on another port, by itself' wait_for job sixth printed
order after 4000 bytes unplug
fact 'a job in the middle of which it is unplugged waits' print till 4 seventh --timeout 2
wait_for gone
order plug
fact 'the service prints it again, and says so' wait_for job seventh printed true
kill $service
wait $service
fact 'the service ends well' [ $? -eq 0 ]
fact 'usblp has the printer at the end' wait_for driven
kill $printer
wait $printer
fact 'the printer was content' [ $? -eq 0 ]

wait_for gone
plug_in vid=04b8,pid=0202,lie=class
fact 'a known printer of its maker'"'"'s own class is there' wait_for there
fact 'the rule gives it to root and lp' rights "$(node)"
fact 'it prints' print till 0 eighth
kill $printer
wait $printer

# ── two of a model without serial numbers ──

alike() { # FOLDER: one more of them, a printer of its own; on_port is where it came up
    known=$(ports)
    bonbon virtual --attach --profile generic-80 --speed unlimited --usb vid=0416,pid=5011,serial= --text-dir "/run/work/$1" >>/run/work/printer.log 2>&1 &
    wait_for one_more
    on_port=$(ports | grep -vxF "$known")
}
ports() {
    echo none
    for of in $(grep -lx 0416 /sys/bus/usb/devices/*/idVendor); do basename "${of%/idVendor}"; done
}
one_more() { [ "$(ports | wc -l)" -gt "$(echo "$known" | wc -l)" ] && udevadm settle && [ -c "/dev/usb/lp$(($(ports | wc -l) - 2))" ]; }
take_in() { as till bonbon printers add "$1" --printer "usb://0416:5011@$2" --json >/run/answer 2>/run/said; }
listed() { as till bonbon printers --json >/run/answer && [ "$(grep -c '"name":"\(left\|right\)".*"status":"ready"' /run/answer)" -eq 2 ]; }

wait_for gone
alike left
left=$! left_port=$on_port
alike right
right=$! right_port=$on_port
fact 'two of a model have a port each' [ "$left_port" != "$right_port" ]
fact 'one is taken into the shop by its port' take_in left "$left_port"
fact 'and so is the other' take_in right "$right_port"
fact 'both are listed as ready' listed
fact 'a name for both is refused' print till 3 either --printer usb://0416:5011
fact 'and told both that could be meant' said "usb://0416:5011@$right_port"
fact 'the one on the right prints' print till 0 right --printer right
fact 'the one on the left prints' print till 0 left --printer left
kill $left $right
wait $left
wait $right

# ── the tools of Linux: what docs/virtual.md tells everybody to do ──

vendor=04b8
bonbon virtual --usbip 3240 --profile epson-tm-t20iii --speed unlimited --usb serial=TOOL --text-dir /run/work/tool >>/run/work/printer.log 2>&1 &
printer=$!
offered() { usbip list -r 127.0.0.1 2>&1 | grep -q '1-1.*04b8:0e28'; }
fact 'usbip lists what is offered' wait_for offered
fact 'usbip attaches it' usbip attach -r 127.0.0.1 -b 1-1
fact 'udev loads usblp for it' wait_for driven
fact 'it prints' print till 0 tool --printer usb://04b8:0e28/TOOL
port=$(usbip port 2>/dev/null | sed -n 's/^Port 0*\([0-9][0-9]*\):.*/\1/p')
fact 'usbip detaches it' usbip detach -p "${port:-0}"
wait_for gone
kill $printer
wait $printer
fact 'the printer was content with that' [ $? -eq 0 ]

cp /run/home/*/*.bytes /run/work
echo "$facts facts, $bad not so"
[ $bad -eq 0 ] || { cat /run/work/printer.log; dmesg | tail -n 40; }
exit $((bad > 0))
