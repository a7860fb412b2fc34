# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What the subcommands of `almond` share. Sourced, never run.

ALMOND_TOOLS=${ALMOND_TOOLS:-$(cd "$(dirname "$0")" && pwd)}

# The source tree we belong to, or nothing when we are an installed copy.
ALMOND_TREE=
if [ -f "$ALMOND_TOOLS/../CMakePresets.json" ]; then
    ALMOND_TREE=$(cd "$ALMOND_TOOLS/.." && pwd)
fi

PRESET=${ALMOND_PRESET:-release}
YES=${YES:-no}
ME=$(basename "$0")
ME="almond ${ME#cmd-}"

die() {
    printf '%s: %s\n' "$ME" "$1" >&2
    exit "${2:-1}"
}

# A wrong command line: says so, and where the right one is described.
misuse() {
    printf '%s: %s\n%s --help says how it is used.\n' "$ME" "$1" "$ME" >&2
    exit 2
}

say() {
    printf '%s\n' "$*" >&2
}

# Reads names, prints those that WORD may have been meant to be, best first.
near() {
    awk -v word="$1" '
    function min(a, b) { return a < b ? a : b }
    function distance(a, b,    i, j, n, m, d, cost) {
        n = length(a); m = length(b)
        for (i = 0; i <= n; i++) d[i, 0] = i
        for (j = 0; j <= m; j++) d[0, j] = j
        for (i = 1; i <= n; i++)
            for (j = 1; j <= m; j++) {
                cost = substr(a, i, 1) != substr(b, j, 1)
                d[i, j] = min(min(d[i-1, j], d[i, j-1]) + 1,
                              d[i-1, j-1] + cost)
            }
        return d[n, m]
    }
    NF { d = distance(word, $1)
         if (index($1, word) || index(word, $1)) d = min(d, 1)
         if (d <= 1 + length(word) / 3) print d, $1 }' |
        sort -n | head -n 3 | cut -d' ' -f2
}

# unknown KIND WORD HELP < names: reports a name that does not exist, with the
# near ones or, if there are few, all of them.
unknown() {
    names=$(cat)
    close=$(printf '%s\n' "$names" | near "$2")
    say "$ME: there is no $1 called '$2'."
    if [ -n "$close" ]; then
        say "Did you mean: $(printf '%s' "$close" | tr '\n' ' ')"
    elif [ -n "$names" ] && [ "$(printf '%s\n' "$names" | wc -l)" -le 20 ]; then
        say "There are: $(printf '%s' "$names" | tr '\n' ' ')"
    fi
    say "$3 lists them."
    exit 2
}

# The value of an option, or a complaint when the command line ends before it.
# Use: value=$(option_value "$@") with the option itself as $1.
option_value() {
    [ $# -ge 2 ] || misuse "$1 needs a value"
    printf '%s\n' "$2"
}

is_number() {
    case $1 in
    "" | *[!0-9]* | ??????????*) return 1 ;;
    esac
}

option_number() {
    [ $# -ge 2 ] || misuse "$1 needs a number"
    is_number "$2" || misuse "$1 needs a number, not '$2'"
    printf '%s\n' "$2"
}

# ---------------------------------------------------------------------------
# What we need of the system

# One line per thing: kind, what, Debian's package, group, what it is for.
requirements() {
    cat <<'EOF'
cmd cmake cmake build configures the build
cmd ninja ninja-build build runs the build
cmd gcc gcc build compiles
hdr stdio.h libc6-dev build compiles the tools
cmd flex flex build makes the IDL compiler's scanner
cmd bison bison build makes the IDL compiler's parser
cmd qemu-system-x86_64 qemu-system-x86 run runs images
cmd grub-mkrescue grub-common iso makes ISO images
dir /usr/lib/grub/i386-pc grub-pc-bin iso makes ISO images a BIOS boots
cmd xorriso xorriso iso makes ISO images
cmd mformat mtools iso makes ISO images
hdr cmocka.h libcmocka-dev test runs the host tests
cmd clang clang test is the second compiler
crt libclang_rt.asan-x86_64.a libclang-rt-dev test links tests made by clang
cmd clang-tidy clang-tidy test checks the sources
cmd clang-format clang-format test checks the sources
cmd shellcheck shellcheck test checks the scripts
cmd cloc cloc test counts the kernel's lines
cmd patch patch test applies the mutants
cmd gdb gdb gdb debugs
cmd bc bc linux compiles Linux
cmd make make linux compiles Linux
cmd curl curl linux fetches Linux's source
cmd xz xz-utils linux unpacks Linux's source
cmd gnuplot gnuplot-nox plot draws the graph of a benchmark
EOF
}

# present KIND WHAT
present() {
    case $1 in
    cmd) command -v "$2" >/dev/null ;;
    dir) [ -d "$2" ] ;;
    crt) [ -e "$(clang -print-runtime-dir 2>/dev/null)/$2" ] ;;
    hdr) echo "#include <$2>" | gcc -E -x c - >/dev/null 2>&1 ;;
    esac
}

# missing GROUP...: the packages that are not there, one per line.
missing() {
    requirements | while read -r kind what package group _; do
        case " $* " in
        *" $group "*) present "$kind" "$what" || echo "$package" ;;
        esac
    done
}

# Prints the command that installs packages, or nothing where there is no apt.
install_command() {
    command -v apt-get >/dev/null || return 0
    prefix=
    [ "$(id -u)" = 0 ] || prefix="sudo "
    echo "${prefix}apt-get install -y --no-install-recommends $*"
}

confirm() {
    if [ "$YES" = yes ] || [ "${CI-}" = true ] || ! [ -t 0 ] || ! [ -t 2 ]; then
        return 0
    fi
    printf '%s [Y/n] ' "$1" >&2
    read -r answer || answer=n
    case $answer in
    "" | [Yy]*) return 0 ;;
    *) return 1 ;;
    esac
}

# need GROUP...: installs what is missing of these groups, or explains.
need() {
    packages=$(missing "$@" | sort -u | tr '\n' ' ')
    packages=${packages% }
    [ -n "$packages" ] || return 0

    say "Almond needs packages that are not installed: $packages"
    # shellcheck disable=SC2086 # one word per package
    how=$(install_command $packages)
    if [ -z "$how" ]; then
        die "there is no apt-get here. Install them (the names are Debian's)
by this system's own package manager, then try again."
    fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        die "only root can install packages. As root, run
    apt-get update && ${how#sudo }
and then try again."
    fi
    confirm "Install them by '$how'?" ||
        die "nothing was installed. To do it yourself:
    $how"
    say "Installing them: $how"
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    # shellcheck disable=SC2086
    if ! $sudo apt-get -q update >&2 ||
        ! $sudo env DEBIAN_FRONTEND=noninteractive ${how#sudo } >&2; then
        die "the packages could not be installed (see above)."
    fi
    still=$(missing "$@" | tr '\n' ' ')
    [ -z "$still" ] || die "still missing after the installation: $still"
}

# ---------------------------------------------------------------------------
# The build

jobs() {
    nproc 2>/dev/null || echo 2
}

require_tree() {
    [ -n "$ALMOND_TREE" ] ||
        die "this works in Almond's source tree only, not in an installed copy."
}

build_dir() {
    printf '%s/build/%s\n' "$ALMOND_TREE" "$PRESET"
}

# Makes sure that the build directory is configured and up to date with the
# CMake files.
configure() {
    require_tree
    need build
    build=$(build_dir)
    # What was not there when CMake looked may have been installed since.
    if [ -f "$build/CMakeCache.txt" ] &&
        grep -q '^ALMOND_.*-NOTFOUND$' "$build/CMakeCache.txt"; then
        rm -f "$build/build.ninja"
    fi
    if [ -f "$build/build.ninja" ]; then
        # Looks for new files, and says something only when CMake runs.
        ninja --quiet -C "$build" build.ninja >&2 && return 0
        # What ninja cannot read, as after a mistake in a CMake file, it cannot
        # make anew either.
        ! ninja -C "$build" -t rules >/dev/null 2>&1 ||
            die "CMake failed (see above)."
    fi
    presets=$(sed -n '/"buildPresets"/,/]/s/.*"name": "\([a-z]*\)".*/\1/p' \
        "$ALMOND_TREE/CMakePresets.json")
    case "
$presets
" in
    *"
$PRESET
"*) ;;
    *) unknown "preset" "$PRESET" "cmake --list-presets" <<EOF
$presets
EOF
        ;;
    esac
    [ "$PRESET" != clang ] || need test
    say "Configuring the $PRESET build in build/$PRESET"
    (cd "$ALMOND_TREE" && cmake --preset "$PRESET" >&2) ||
        die "CMake failed (see above)."
    ln -sf "build/$PRESET/compile_commands.json" \
        "$ALMOND_TREE/compile_commands.json"
}

# build_target [TARGET...]: shows progress.
build_target() {
    case " $*" in
    *linux*) need linux ;;
    esac
    configure
    build=$(build_dir)
    NINJA_STATUS='[%f/%t %es] ' ninja -j "$(jobs)" -C "$build" "$@" >&2 ||
        die "the build failed (see above)."
}

# ---------------------------------------------------------------------------
# Images

# Directories that may hold images, one per line.
image_places() {
    if [ -n "$ALMOND_TREE" ]; then
        echo "$(build_dir)/images"
    else
        printf '%s\n' "$PWD/build/images" "$PWD/images"
    fi
}

# Whether an image lies there, or will when it is built.
is_image() {
    [ -f "$1/image.cfg" ] || [ -f "$1/image.cfg.in" ]
}

image_names() {
    image_places | while read -r place; do
        for dir in "$place"/*; do
            ! is_image "$dir" || echo "${dir##*/}"
        done
    done
}

# image_setting DIR KEY: the value of a line of image.cfg.
image_setting() {
    config=$1/image.cfg
    [ -f "$config" ] || config=$1/image.cfg.in
    sed -n "s/^$2 //p" "$config" | head -n 1
}

# find_image NAME: sets IMAGE to its directory; builds it first if it is ours.
find_image() {
    case $1 in
    */* | .) 
        [ -d "$1" ] || die "there is no directory '$1'."
        [ -f "$1/image.cfg" ] ||
            die "'$1' is not an image: it holds no image.cfg."
        IMAGE=$(cd "$1" && pwd)
        return 0
        ;;
    esac
    [ -z "$ALMOND_TREE" ] || configure
    IMAGE=$(image_places | while read -r place; do
        ! is_image "$place/$1" || echo "$place/$1"
    done | head -n 1)
    if [ -z "$IMAGE" ]; then
        unknown "image" "$1" "almond list" <<EOF
$(image_names)
EOF
    fi
    [ -z "$ALMOND_TREE" ] || build_target "image-$1"
}

# print_description KIND: prints IMAGE's file that l4idl made of its system.
print_description() {
    for file in "$IMAGE"/*."$1"; do
        [ -f "$file" ] || continue
        cat "$file"
        return 0
    done
    for file in "$IMAGE"/*.plan; do
        [ ! -f "$file" ] || die "there is no graph in that form: graphviz \
(Debian's package graphviz) was not there when the image was built."
    done
    die "'${IMAGE##*/}' is made of a boot plan, not of a system: \
SYSTEM of l4_add_image()."
}

# Complains unless every file that the image names is there.
check_image() {
    while read -r key file _; do
        case $key in
        kernel | module | script)
            [ -s "$IMAGE/$file" ] || die "image '${IMAGE##*/}' is incomplete: \
its $key '$file' is missing or empty.
Build the image again, or take the line out of
    $IMAGE/image.cfg"
            ;;
        about | memory | "" | \#*) ;;
        *) die "$IMAGE/image.cfg: what is '$key'?" ;;
        esac
    done <"$IMAGE/image.cfg"
    [ -n "$(image_setting "$IMAGE" kernel)" ] ||
        die "$IMAGE/image.cfg names no kernel."
}

# ---------------------------------------------------------------------------
# The sources

# tree_files GLOB...: the tree's own files that match, or lie below what matches,
# relative to the tree. Files not yet added count, ignored ones do not.
tree_files() {
    (
        cd "$ALMOND_TREE" || exit
        if [ -e .git ] && git rev-parse HEAD >/dev/null 2>&1; then
            git ls-files -co --exclude-standard -- "$@" | sort -u |
                while read -r file; do
                    [ ! -f "$file" ] || echo "$file"
                done
        else
            find . \( -path ./build -o -path ./.git \) -prune -o \
                -type f -print | sed 's|^\./||' |
                sort | while read -r file; do
                for glob; do
                    # shellcheck disable=SC2254 # it is meant as a pattern
                    case $file in
                    $glob | $glob/*)
                        echo "$file"
                        break
                        ;;
                    esac
                done
            done
        fi
    )
}

# test_names BUILD CTEST-OPTIONS...: one name per line.
test_names() {
    tests_of=$1
    shift
    ctest --test-dir "$tests_of" -N "$@" |
        sed -n 's/^ *Test *#[0-9]*: \([^ ]*\).*/\1/p'
}
