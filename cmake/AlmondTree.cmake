# SPDX-License-Identifier: BSD-2-Clause
#
# What holds for the build of Almond itself and not for projects that use it:
# warnings are errors, and no path of this tree ends up in what is built.

foreach(flags almond_user_flags almond_kernel_flags)
    target_compile_options(${flags} INTERFACE
        "$<$<COMPILE_LANGUAGE:C>:-Wshadow;-Wundef;-Wvla;-Wpointer-arith>"
        "$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>"
        "$<$<COMPILE_LANGUAGE:C>:-Wwrite-strings;-Werror>")
endforeach()
foreach(flags almond_host_flags almond_host_test_flags)
    target_compile_options(${flags} INTERFACE
        -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror)
endforeach()

# Debuggers find the sources again by `set substitute-path`: `almond gdb`. A
# compiler cache may have made paths relative to the build directory.
file(RELATIVE_PATH from_build ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
string(REGEX REPLACE "/$" "" from_build ${from_build})
add_compile_options(
    -ffile-prefix-map=${from_build}=/almond-source
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=/almond-source
    -ffile-prefix-map=${PROJECT_BINARY_DIR}=/almond-build)
