# SPDX-License-Identifier: BSD-2-Clause
#
# l4_add_program(): a program that runs above the kernel. See also L4Idl.cmake
# for l4_add_idl(), and AlmondTest.cmake for l4_add_guest_test().

include_guard(GLOBAL)
include(AlmondTest)
include(L4Idl OPTIONAL)

# l4_add_program(NAME <source>... [LIBS <library>...])
#
# A statically linked program. LIBS are libraries made by l4_add_idl() or
# add_library(). What a program is started with (memory, priority, capabilities,
# arguments) is said by the image: see l4_add_image().
function(l4_add_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS")
    if(NOT arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "l4_add_program(${name}): no source files")
    endif()
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} SYSTEM PRIVATE ${ALMOND_INCLUDE_DIRS})
    target_link_libraries(${name} PRIVATE ${arg_LIBS} l4 almond_user_flags)
    target_link_options(${name} PRIVATE -Wl,-T,${ALMOND_LINKER_SCRIPT})
    set_target_properties(${name} PROPERTIES
        LINK_DEPENDS ${ALMOND_LINKER_SCRIPT})
endfunction()
