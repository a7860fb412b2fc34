# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What the tests of the almond command share.

tree=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck disable=SC2034 # for those who source this
almond=$tree/almond
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# complain TEXT: the check fails; shows what the command printed.
complain() {
    echo "FAILED: $1"
    sed 's/^/    | /' "$work/output"
    failures=$((failures + 1))
}

# run COMMAND...: sets status, and keeps what was printed in $work/output.
run() {
    ran=$*
    status=0
    "$@" >"$work/output" 2>&1 </dev/null || status=$?
}

# ends STATUS: how the last run ended, and that it did so on one screen.
ends() {
    [ "$status" = "$1" ] || complain "'$ran' ended with $status, not $1"
    [ "$(wc -l <"$work/output")" -le 24 ] ||
        complain "'$ran' filled more than a screen"
}

# says REGEX...: the last run printed lines that match each.
says() {
    for regex; do
        grep -a -q -E -e "$regex" "$work/output" ||
            complain "'$ran' did not say: $regex"
    done
}

# make_image NAME: an image around the tiny kernel, in $work/NAME.
make_image() {
    mkdir -p "$work/$1"
    cp "$TINY_KERNEL" "$work/$1/kernel"
    echo module >"$work/$1/first.bin"
    printf '%s\n' 'about a tiny kernel' 'memory 32' 'kernel kernel speak=yes' \
        'module first.bin first' >"$work/$1/image.cfg"
}

finish() {
    [ $failures = 0 ] || exit 1
    echo "all as it should be"
}
