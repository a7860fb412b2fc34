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
    [ -n "$list" ] || die "apt offers no package '$1'. Linux is among Debian 12's
security updates: apt's sources (/etc/apt/sources.list) want lines for bookworm
and for bookworm-security."
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

# by_curl PACKAGE=VERSION FILE: an interrupted download goes on where it was.
by_curl() {
    command -v curl >/dev/null || return 1
    uri=$(apt apt-get -q --print-uris download "$1" |
        sed -n "s/^'\\([^']*\\)'.*/\\1/p")
    case $uri in
    http://* | https://* | file:/*) ;;
    *) return 1 ;;
    esac
    curl -fL --progress-bar -C - -o "$2.part" "$uri" >&2 || return 1
    mv "$2.part" "$2"
}

# by_apt PACKAGE=VERSION FILE: from anywhere that apt can fetch from.
by_apt() {
    rm -rf "$2.apt"
    mkdir "$2.apt"
    (cd "$2.apt" && apt apt-get -q download "$1" >&2) || return 1
    mv "$2.apt"/*.deb "$2"
    rm -f "$2.part"
    rmdir "$2.apt"
}

# package_get PACKAGE: the path of its file, downloaded if need be.
package_get() {
    tested "$1" | while read -r sum _; do
        [ ! -f "$cache/packages/$sum.deb" ] ||
            echo "$cache/packages/$sum.deb"
    done | head -n 1 | grep . && return 0

    version=$(version_choose "$1")
    [ ! -f "$cache/packages/$1=$version" ] || {
        readlink -f "$cache/packages/$1=$version"
        return 0
    }
    say "fetching $1 $version"
    mkdir -p "$cache/download" "$cache/packages"
    file=$cache/download/$1=$version
    by_curl "$1=$version" "$file" || by_apt "$1=$version" "$file" ||
        die "$1 $version could not be fetched (see above)."
    sum=$(sha256sum "$file" | cut -d ' ' -f 1)
    want=$(tested "$1" | awk -v v="$version" '$2 == v { print $1 }')
    if [ -n "$want" ] && [ "$sum" != "$want" ]; then
        rm -f "$file"
        die "$1 $version has the checksum $sum, not $want."
    fi
    mv "$file" "$cache/packages/$sum.deb"
    ln -sf "$sum.deb" "$cache/packages/$1=$version"
    echo "$cache/packages/$sum.deb"
}
