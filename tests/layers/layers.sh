#!/usr/bin/env bash
# A room includes only rooms below it: reads every #include of src/ and fails on an arrow that points up or sideways.
#   layers.sh [SRC]        checks the tree, and beside it the programs with rooms of their own (firmware-tools)
#   layers.sh --self-test  shows that an include that points up, sideways or nowhere is found
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# Levels from the ground up; rooms on one level do not know each other.
level_of() {
    case $1 in
        base) echo 0 ;;
        image | door) echo 1 ;;
        text) echo 2 ;;
        protocol) echo 2 ;;
        sale | transport | escpos | virtual) echo 3 ;;
        voucher | store | printer | device) echo 4 ;;
        rules | ledger | spool | document | setup) echo 5 ;;
        view | printers) echo 6 ;;
        shop) echo 7 ;;
        cli | firmware-tools) echo 8 ;;
        main) echo 9 ;;
        *) echo unknown ;;
    esac
}

# A program beside the shop: high up, but only these rooms.
firmware_tools_may='base door image protocol transport escpos printer'

check_firmware_tools() {
    local dir=$1 bad=0 seen=0 file line included to
    while IFS=: read -r file line included; do
        seen=$((seen + 1))
        included=${included#*\"}
        included=${included%%\"*}
        to=${included%%/*}
        case " firmware-tools $firmware_tools_may " in
            *" $to "*) ;;
            *)
                echo "$file:$line: firmware-tools includes $to, and may only: $firmware_tools_may"
                bad=$((bad + 1))
                ;;
        esac
    done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$dir" --include='*.c' --include='*.h' --include='*.def')
    echo "$seen includes of firmware-tools read, $bad of them not allowed"
    [ "$seen" -gt 0 ] && [ "$bad" -eq 0 ]
}

check_tree() {
    local src=$1 bad=0 seen=0 file line included from to from_level to_level
    while IFS=: read -r file line included; do
        seen=$((seen + 1))
        from=${file#"$src"/}
        case $from in */*) from=${from%%/*} ;; *) from=main ;; esac
        included=${included#*\"}
        included=${included%%\"*}
        to=${included%%/*}
        from_level=$(level_of "$from") to_level=$(level_of "$to")
        if [ "$from_level" = unknown ] || [ "$to_level" = unknown ]; then
            echo "$file:$line: \"$included\" names no room (write \"room/header.h\")"
            bad=$((bad + 1))
        elif [ "$from" != "$to" ] && [ "$to_level" -ge "$from_level" ]; then
            echo "$file:$line: $from includes $to, which is not below it"
            bad=$((bad + 1))
        fi
    done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$src" --include='*.c' --include='*.h' --include='*.def')
    echo "$seen includes read, $bad of them not pointing down"
    [ "$seen" -gt 0 ] && [ "$bad" -eq 0 ]
}

self_test() {
    local tree failed=0
    tree=$(mktemp -d)
    trap 'rm -rf "$tree"' RETURN
    mkdir -p "$tree/base" "$tree/shop" "$tree/rules" "$tree/ledger"
    printf '#include "base/slice.h"\n' >"$tree/shop/good.c"
    check_tree "$tree" >/dev/null || { echo "a tree that only points down was refused"; failed=1; }
    for case in 'base shop/shop.h' 'rules ledger/ledger.h' 'shop nowhere/x.h' 'shop plain.h'; do
        set -- $case
        printf '#include "%s"\n' "$2" >"$tree/$1/bad.c"
        if check_tree "$tree" >/dev/null; then
            echo "$1 including $2 was not found"
            failed=1
        fi
        rm "$tree/$1/bad.c"
    done
    mkdir "$tree/firmware-tools"
    printf '#include "printer/printer.h"\n#include "firmware-tools/fw.h"\n' >"$tree/firmware-tools/good.c"
    check_firmware_tools "$tree/firmware-tools" >/dev/null || { echo "firmware-tools with its own rooms was refused"; failed=1; }
    for room in virtual spool shop sale cli plain.h; do
        printf '#include "%s/x.h"\n' "$room" >"$tree/firmware-tools/bad.c"
        if check_firmware_tools "$tree/firmware-tools" >/dev/null; then
            echo "firmware-tools including $room was not found"
            failed=1
        fi
    done
    printf '#include "firmware-tools/fw.h"\n' >"$tree/shop/bad.c"
    if check_tree "$tree" >/dev/null; then
        echo "a room that includes firmware-tools was not found"
        failed=1
    fi
    return $failed
}

if [ "${1:-}" = --self-test ]; then
    self_test
else
    src=${1:-$here/../../src}
    status=0
    check_tree "$src" || status=1
    if [ -d "$src/../firmware-tools" ]; then
        check_firmware_tools "$src/../firmware-tools" || status=1
    fi
    exit $status
fi
