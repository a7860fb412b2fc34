# SPDX-License-Identifier: BSD-2-Clause

# l4_add_guest_test(NAME IMAGE <image> [TIMEOUT <s>] [STATUS <n>]
#     [EXPECT <regex>...] [REJECT <regex>...] [LABELS <label>...] [ICOUNT] [ISO]
#     [KDB] [KERNEL <file>] [SCRIPT <file>] [QEMU <argument>...])
#
# A test that boots an image without a screen. It passes when the image ends
# with STATUS (default 0) within TIMEOUT seconds (default 60), every EXPECT
# matches a line it printed, and no REJECT does. Regular expressions are
# extended ones. With ICOUNT every run takes the same instructions; with ISO GRUB
# boots the image from a CD. With KDB it is the kernel with the debugger that
# boots, with KERNEL that one; SCRIPT is typed instead of the image's own; QEMU
# gets further arguments.
# <image> is the name of
# one made by l4_add_image(), or a directory that holds an image.cfg.
function(l4_add_guest_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg
        "ICOUNT;ISO;KDB" "IMAGE;TIMEOUT;STATUS;KERNEL;SCRIPT" "EXPECT;REJECT;LABELS;QEMU")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR
            "l4_add_guest_test(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
    endif()
    if(NOT arg_IMAGE)
        message(FATAL_ERROR "l4_add_guest_test(${name}): IMAGE is missing")
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    if(NOT IS_ABSOLUTE ${arg_IMAGE})
        set(arg_IMAGE ${ALMOND_IMAGE_DIR}/${arg_IMAGE})
    endif()

    set(options --timeout ${arg_TIMEOUT})
    if(DEFINED arg_STATUS)
        list(APPEND options --status ${arg_STATUS})
    endif()
    foreach(regex IN LISTS arg_EXPECT)
        list(APPEND options --expect ${regex})
    endforeach()
    foreach(regex IN LISTS arg_REJECT)
        list(APPEND options --reject ${regex})
    endforeach()
    if(arg_ICOUNT)
        list(APPEND options --icount)
    endif()
    foreach(argument IN LISTS arg_QEMU)
        list(APPEND options --qemu ${argument})
    endforeach()
    if(arg_KDB)
        list(APPEND options --kdb)
    endif()
    if(arg_KERNEL)
        list(APPEND options --kernel ${arg_KERNEL})
    endif()
    if(arg_SCRIPT)
        cmake_path(ABSOLUTE_PATH arg_SCRIPT)
        list(APPEND options --script ${arg_SCRIPT})
    endif()
    if(arg_ISO)
        list(APPEND options --iso)
        list(APPEND arg_LABELS iso)
    endif()

    add_test(NAME ${name}
        COMMAND ${ALMOND_TOOLS_DIR}/guest-test ${options} ${arg_IMAGE})
    # The wrapper reports its own timeout; this one is for when it cannot.
    math(EXPR backstop "${arg_TIMEOUT} + 30")
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${backstop} LABELS "guest;${arg_LABELS}")
endfunction()
