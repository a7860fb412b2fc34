# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A system of our own making, to take programs away from: PATH leads to links to
# the real ones and to an apt-get that only pretends.
# Sourced after lib.sh, whose variables it uses.
# shellcheck disable=SC2154

bin=$work/bin
mkdir "$bin"
for program in sh sed awk sort grep head tail cut tr cat wc ls ln rm cp mkdir \
    mktemp dirname basename readlink id chmod uname env nproc sleep tee timeout \
    cmake ninja gcc as ld flex bison qemu-system-x86_64 grub-mkrescue xorriso \
    mformat mcopy clang clang-tidy clang-format shellcheck cloc gdb patch \
    bc make xz curl gnuplot; do
    # What the tests do not install (gnuplot) is there by name, at least.
    path=$(command -v $program) || path=/bin/false
    ln -s "$path" "$bin/$program"
done
mformat=$(command -v mformat)
ln -s "$almond" "$bin/almond"

# What it does: `well` brings mformat back, `idle` nothing, `fail` fails.
echo well >"$work/apt.mood"
cat >"$bin/apt-get" <<EOF
#!/bin/sh
echo "\$*" >>"$work/apt.log"
case \$(cat "$work/apt.mood") in
well) ln -sf "$mformat" "$bin/mformat" ;;
fail) exit 100 ;;
esac
EOF
chmod +x "$bin/apt-get"
PATH=$bin
export PATH
unset CI

# as_user: whoever asks is told that we are not root.
as_user() {
    rm "$bin/id"
    printf '#!/bin/sh\necho 1000\n' >"$bin/id"
    chmod +x "$bin/id"
}

add_sudo() {
    printf '#!/bin/sh\nexec "$@"\n' >"$bin/sudo"
    chmod +x "$bin/sudo"
}

# hide PROGRAM...: it is not installed.
hide() {
    for program; do
        rm -f "$bin/$program"
    done
}
