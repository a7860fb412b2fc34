# SPDX-License-Identifier: BSD-2-Clause

# l4_add_idl(<library> <file>.idl
#       [CLIENT] [SERVER]      what to make: both, unless one is named
#       [KERNEL]               the kernel's side instead, for the kernel
#       [HOST]                 for the build machine, above a loopback transport
#       [PREFIX <dir>]         the header is included as <dir>/<file>.h
#       [INCLUDES <dir>...]    where imported files are found, besides the
#                              directory of the file; `name=dir` finds
#                              "name/x.idl" in dir
#       [LIBS <library>...])   libraries of imported files
#
# Runs l4idl on the file and makes an object library of the code, with the
# directory of <file>.h in its public include path. The kernel's own interfaces
# are imported as "l4/objects.idl".
include_guard(GLOBAL)

# Where the generated headers of the kernel's own interfaces go, in this tree.
if(PROJECT_NAME STREQUAL "Almond" AND NOT DEFINED ALMOND_PREFIX)
    set(ALMOND_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
endif()

function(l4_add_idl library file)
    cmake_parse_arguments(PARSE_ARGV 2 arg
        "CLIENT;SERVER;KERNEL;HOST" "PREFIX" "INCLUDES;LIBS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR
            "l4_add_idl(${library}): what is ${arg_UNPARSED_ARGUMENTS}?")
    endif()
    cmake_path(ABSOLUTE_PATH file NORMALIZE)
    if(NOT EXISTS ${file})
        message(FATAL_ERROR "l4_add_idl(${library}): there is no ${file}")
    endif()
    cmake_path(GET file STEM LAST_ONLY base)
    cmake_path(IS_PREFIX ALMOND_IDL_DIR ${file} NORMALIZE is_base)

    set(root ${CMAKE_CURRENT_BINARY_DIR}/${library}.gen)
    if(is_base)
        set(arg_PREFIX l4)
        if(ALMOND_GENERATED_DIR AND NOT arg_KERNEL AND NOT arg_HOST)
            set(root ${ALMOND_GENERATED_DIR})
        endif()
    endif()
    set(dir ${root}/${arg_PREFIX})
    cmake_path(NORMAL_PATH dir)
    string(REGEX REPLACE "/$" "" dir "${dir}")

    if(NOT arg_CLIENT AND NOT arg_SERVER AND NOT arg_KERNEL)
        set(arg_CLIENT ON)
        set(arg_SERVER ON)
    endif()
    set(emit header names)
    set(headers ${dir}/${base}.h)
    set(names ${dir}/${base}.names) # of operations, for `almond trace`
    set(sources)
    foreach(side client server kernel)
        string(TOUPPER ${side} option)
        if(arg_${option})
            list(APPEND emit ${side})
            list(APPEND sources ${dir}/${base}_${side}.c)
        endif()
    endforeach()
    if(arg_KERNEL)
        list(APPEND headers ${dir}/${base}_kernel.h)
    endif()
    list(JOIN emit "," emit)
    set(options --emit=${emit} -I l4=${ALMOND_IDL_DIR})
    foreach(include IN LISTS arg_INCLUDES)
        list(APPEND options -I ${include})
    endforeach()
    if(arg_PREFIX)
        list(APPEND options --prefix ${arg_PREFIX})
    endif()

    set(depfile ${CMAKE_CURRENT_BINARY_DIR}/${library}.d)
    add_custom_command(OUTPUT ${headers} ${names} ${sources}
        COMMAND l4idl ${options} --depfile ${depfile} -o ${root} ${file}
        DEPENDS l4idl ${file}
        DEPFILE ${depfile}
        COMMENT "Stubs of ${base}.idl" VERBATIM)
    add_custom_target(${library}.files DEPENDS ${headers} ${sources})

    add_library(${library} OBJECT ${sources} ${headers})
    add_dependencies(${library} ${library}.files)
    target_include_directories(${library} PUBLIC $<BUILD_INTERFACE:${root}>)
    if(arg_LIBS)
        target_link_libraries(${library} PUBLIC ${arg_LIBS})
    endif()
    if(arg_HOST)
        # The host's <string.h> and <assert.h> come before ours.
        target_include_directories(${library} SYSTEM PUBLIC
            ${ALMOND_LOOPBACK_DIR})
        foreach(include IN LISTS ALMOND_INCLUDE_DIRS)
            target_compile_options(${library} PUBLIC
                "SHELL:-idirafter ${include}")
        endforeach()
        return()
    endif()
    if(arg_KERNEL)
        target_include_directories(${library} PUBLIC ${dir})
        target_link_libraries(${library} PRIVATE almond_kernel_flags)
        target_include_directories(${library}
            PRIVATE ${PROJECT_SOURCE_DIR}/include
                    ${PROJECT_SOURCE_DIR}/kernel/include)
        return()
    endif()
    target_link_libraries(${library} PRIVATE almond_user_flags)
    target_include_directories(${library} SYSTEM PRIVATE ${ALMOND_INCLUDE_DIRS})
    if(ALMOND_GENERATED_DIR)
        # Headers of the kernel's interfaces must be there for those that
        # import them.
        target_include_directories(${library} PRIVATE ${ALMOND_GENERATED_DIR})
        get_property(base_targets GLOBAL PROPERTY ALMOND_IDL_BASE_TARGETS)
        if(base_targets)
            add_dependencies(${library} ${base_targets})
        endif()
    endif()
    if(is_base AND ALMOND_GENERATED_DIR)
        set_property(GLOBAL APPEND PROPERTY
            ALMOND_IDL_BASE_TARGETS ${library}.files)
        install(FILES ${headers} DESTINATION include/l4)
    endif()
endfunction()

# l4_add_host_test(<name> SOURCES <file>... LIBS <library>...)
#
# A test for the build machine: servers and clients above the loopback
# transport, with libraries made by `l4_add_idl(... HOST)`. <l4/loopback.h> and
# <l4/expect.h> come before libl4's headers. CMocka is linked if it is there.
function(l4_add_host_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
    string(REPLACE "." "-" target ${name})
    add_executable(${target} ${arg_SOURCES}
        ${ALMOND_LOOPBACK_DIR}/loopback.c)
    target_include_directories(${target} SYSTEM PRIVATE
        ${ALMOND_LOOPBACK_DIR})
    foreach(include IN LISTS ALMOND_INCLUDE_DIRS)
        target_compile_options(${target} PRIVATE "SHELL:-idirafter ${include}")
    endforeach()
    find_library(ALMOND_CMOCKA_LIBRARY cmocka)
    mark_as_advanced(ALMOND_CMOCKA_LIBRARY)
    target_link_libraries(${target} PRIVATE ${arg_LIBS})
    if(ALMOND_CMOCKA_LIBRARY)
        target_link_libraries(${target} PRIVATE ${ALMOND_CMOCKA_LIBRARY})
    endif()
    add_test(NAME ${name} COMMAND ${target})
    set_tests_properties(${name} PROPERTIES LABELS "host" TIMEOUT 120)
endfunction()
