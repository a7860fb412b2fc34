# SPDX-License-Identifier: BSD-2-Clause
#
# Compiler flags, as interface libraries to link with. Used by this tree and by
# the installed package alike.
#
#   almond_user_flags       programs and libraries that run above the kernel
#   almond_kernel_flags     the kernel
#   almond_host_flags       tools that run on the build machine
#   almond_host_test_flags  the same under AddressSanitizer and UBSan

include_guard(GLOBAL)

# Nothing of the host's C library may slip in, but the headers that belong to
# the compiler (stdint.h, stddef.h, stdarg.h, stdbool.h, stdatomic.h) may.
if(CMAKE_C_COMPILER_ID MATCHES Clang)
    set(almond_no_system_headers -nostdlibinc)
else()
    execute_process(
        COMMAND ${CMAKE_C_COMPILER} -print-file-name=include
        OUTPUT_VARIABLE almond_compiler_headers
        OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(almond_no_system_headers -nostdinc -isystem ${almond_compiler_headers})
endif()

set(almond_target_c_flags
    -std=gnu11 -ffreestanding ${almond_no_system_headers}
    -fno-pic -fno-common -fno-strict-aliasing -fno-stack-protector
    -fno-asynchronous-unwind-tables -fno-unwind-tables
    -fno-omit-frame-pointer -mgeneral-regs-only -fcf-protection=none
    -ffunction-sections -fdata-sections -g -Wall -Wextra)
set(almond_target_asm_flags -ffreestanding ${almond_no_system_headers}
    -fno-pic -fcf-protection=none -g)
set(almond_target_link_flags
    -nostdlib -static -no-pie -Wl,--gc-sections -Wl,-z,noexecstack
    -Wl,-z,max-page-size=4096 -Wl,--build-id=none)

add_library(almond_user_flags INTERFACE)
target_compile_options(almond_user_flags INTERFACE
    "$<$<COMPILE_LANGUAGE:C>:${almond_target_c_flags}>"
    "$<$<COMPILE_LANGUAGE:ASM>:${almond_target_asm_flags}>")
target_link_options(almond_user_flags INTERFACE ${almond_target_link_flags})

add_library(almond_kernel_flags INTERFACE)
target_compile_options(almond_kernel_flags INTERFACE
    "$<$<COMPILE_LANGUAGE:C>:${almond_target_c_flags}>"
    "$<$<COMPILE_LANGUAGE:C>:-mcmodel=kernel;-mno-red-zone>"
    # The short paths are such functions; a backtrace starts with their caller.
    "$<$<COMPILE_LANGUAGE:C>:-momit-leaf-frame-pointer>"
    "$<$<COMPILE_LANGUAGE:C>:-fno-delete-null-pointer-checks>"
    # Operations of objects all take the object and the invocation.
    "$<$<COMPILE_LANGUAGE:C>:-Wno-unused-parameter>"
    "$<$<COMPILE_LANGUAGE:ASM>:${almond_target_asm_flags}>")
target_link_options(almond_kernel_flags INTERFACE ${almond_target_link_flags})

set(almond_host_c_flags -std=c11 -D_GNU_SOURCE -g -Wall -Wextra -Wpedantic)
if(CMAKE_C_COMPILER_ID MATCHES Clang)
    # A test may switch off a warning that gcc alone knows.
    list(APPEND almond_host_c_flags -Wno-unknown-warning-option)
endif()
set(almond_sanitizers -fsanitize=address,undefined
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)

add_library(almond_host_flags INTERFACE)
target_compile_options(almond_host_flags INTERFACE ${almond_host_c_flags})

add_library(almond_host_test_flags INTERFACE)
target_compile_options(almond_host_test_flags INTERFACE
    ${almond_host_c_flags} ${almond_sanitizers})
target_link_options(almond_host_test_flags INTERFACE ${almond_sanitizers})

if(ALMOND_SANITIZE)
    target_compile_options(almond_host_flags INTERFACE ${almond_sanitizers})
    target_link_options(almond_host_flags INTERFACE ${almond_sanitizers})
endif()
