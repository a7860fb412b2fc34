# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's packages, fetched by apt as whoever we are, and kept in a cache.
# Sourced, with `l4linux` as the directory where `versions` lies.
# shellcheck disable=SC2154

cache=${XDG_CACHE_HOME:-$HOME/.cache}/almond

say() {
    printf 'l4linux: %s\n' "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# One build at a time in a cache: they share the source tree.
mkdir -p "$cache"
exec 9>"$cache/lock"
if ! flock -n 9; then
    say "waiting for another build that uses $cache"
    flock 9
fi

# ---------------------------------------------------------------------------
# Packages

# apt with lists and a cache of its own, so that it needs no privileges.
apt() {
    mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial"
    command=$1
    shift
    "$command" -o Dir::State::lists="$cache/apt/lists" \
        -o Dir::Cache="$cache/apt" -o Debug::NoLocking=1 \
        -o APT::Sandbox::User="$(id -un)" "$@"
}

# tested PACKAGE: the versions of it that we know, `checksum version` per line.
tested() {
    awk -v name="$1" '$2 == name { print $1, $3 }' "$l4linux/versions"
}

# The versions of a package that apt offers, the newest first.
offered() {
    apt apt-cache madison "$1" | awk '{ print $3 }' | uniq
}

# lists_get PACKAGE: reads apt's lists if they do not have it.
lists_get() {
    [ -z "$(offered "$1")" ] || return 0
    say "reading the package lists"
    apt apt-get -q update >&2 || die "apt-get update failed (see above)."
}

# version_choose PACKAGE: the newest tested one that is offered, else the newest.
version_choose() {
    lists_get "$1"
    list=$(offered "$1")
    [ -n "$list" ] || die "apt offers no package '$1'."
    tested "$1" | while read -r _ version; do
        for known in $list; do
            [ "$known" != "$version" ] || echo "$version"
        done
    done | head -n 1 | grep . || {
        version=$(printf '%s\n' "$list" | head -n 1)
        say "warning: $1 $version is not among the tested versions."
        echo "$version"
    }
}

# package_get PACKAGE: the path of its file, downloaded if need be.
package_get() {
    tested "$1" | while read -r sum _; do
        [ ! -f "$cache/packages/$sum.deb" ] ||
            echo "$cache/packages/$sum.deb"
    done | head -n 1 | grep . && return 0

    version=$(version_choose "$1")
    say "fetching $1 $version"
    mkdir -p "$cache/download" "$cache/packages"
    (cd "$cache/download" && apt apt-get -q download "$1=$version" >&2) ||
        die "apt-get download $1=$version failed (see above)."
    file=$(find "$cache/download" -name "$1_*.deb" | head -n 1)
    sum=$(sha256sum "$file" | cut -d ' ' -f 1)
    want=$(tested "$1" | awk -v v="$version" '$2 == v { print $1 }')
    if [ -n "$want" ] && [ "$sum" != "$want" ]; then
        rm -f "$file"
        die "$1 $version has the checksum $sum, not $want."
    fi
    mv "$file" "$cache/packages/$sum.deb"
    echo "$cache/packages/$sum.deb"
}

