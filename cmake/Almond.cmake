# SPDX-License-Identifier: BSD-2-Clause
#
# l4_add_program() and l4_add_image(): programs that run above the kernel, and
# what boots them. See also L4Idl.cmake for l4_add_idl(), and AlmondTest.cmake
# for l4_add_guest_test().

include_guard(GLOBAL)
include(AlmondTest)
include(L4Idl)

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

# l4_add_image(<name>
#       PLAN <file>            the boot plan, as text: docs/bootplan.md
#       PROGRAMS <program>...  what the plan names, made by l4_add_program()
#       [ABOUT <text>]         a line for `almond list`
#       [MEMORY <MiB>]         what the machine has, 256 unless said
#       [KERNEL_ARGS <arg>...] the kernel's command line
#       [SCRIPT <file>]        what a headless run types: `almond run --help`
#       [MANUAL])              only built when asked for
#
# Packs kernel, root, boot plan and programs into ${ALMOND_IMAGE_DIR}/<name>,
# for `almond run <name>` and `almond iso <name>`. Built with everything unless
# MANUAL is said, or by the target image-<name>.
function(l4_add_image name)
    cmake_parse_arguments(PARSE_ARGV 1 arg
        "MANUAL" "PLAN;ABOUT;MEMORY;SCRIPT" "PROGRAMS;KERNEL_ARGS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR
            "l4_add_image(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
    endif()
    if(NOT arg_PLAN)
        message(FATAL_ERROR "l4_add_image(${name}): PLAN is missing")
    endif()
    foreach(program IN LISTS arg_PROGRAMS)
        if(NOT TARGET ${program})
            message(FATAL_ERROR "l4_add_image(${name}): there is no program "
                "${program}; l4_add_program() makes it, before this")
        endif()
    endforeach()
    if(NOT arg_MEMORY)
        set(arg_MEMORY 256)
    endif()
    cmake_path(ABSOLUTE_PATH arg_PLAN)

    set(dir ${ALMOND_IMAGE_DIR}/${name})
    almond_pack_file(${dir} ${ALMOND_KERNEL_IMAGE})
    almond_pack_file(${dir} ${ALMOND_ROOT_IMAGE})

    add_custom_command(OUTPUT ${dir}/plan.bin
        COMMAND mkplan -o ${dir}/plan.bin ${arg_PLAN} ${arg_PROGRAMS}
        DEPENDS mkplan ${arg_PLAN}
        COMMENT "Boot plan of ${name}" VERBATIM)

    list(JOIN arg_KERNEL_ARGS " " kernel_args)
    cmake_path(GET ALMOND_KERNEL_IMAGE FILENAME kernel)
    set(config "about ${arg_ABOUT}
memory ${arg_MEMORY}
kernel ${kernel} ${kernel_args}
module root.bin root
module plan.bin plan
")
    set(symbols "kernel ${ALMOND_KERNEL_ELF}\nroot ${ALMOND_ROOT_ELF}\n")
    set(contents ${dir}/${kernel} ${dir}/root.bin ${dir}/plan.bin)
    foreach(program IN LISTS arg_PROGRAMS)
        # Root reads the symbols for its reports, but not what gdb needs.
        add_custom_command(OUTPUT ${dir}/${program}
            COMMAND ${CMAKE_OBJCOPY} --strip-debug
                $<TARGET_FILE:${program}> ${dir}/${program}
            DEPENDS ${program}
            COMMENT "Packing ${program} into ${name}" VERBATIM)
        list(APPEND contents ${dir}/${program})
        string(APPEND config "module ${program} ${program}\n")
        string(APPEND symbols "${program} $<TARGET_FILE:${program}>\n")
    endforeach()
    if(arg_SCRIPT)
        cmake_path(ABSOLUTE_PATH arg_SCRIPT)
        almond_pack_file(${dir} ${arg_SCRIPT} script)
        list(APPEND contents ${dir}/script)
        string(APPEND config "script script\n")
    endif()
    file(GENERATE OUTPUT ${dir}/image.cfg CONTENT "${config}")
    file(GENERATE OUTPUT ${dir}/symbols CONTENT "${symbols}")

    set(all ALL)
    if(arg_MANUAL)
        set(all "")
    endif()
    add_custom_target(image-${name} ${all} DEPENDS ${contents})
    if(ALMOND_BOOT_TARGETS)
        add_dependencies(image-${name} ${ALMOND_BOOT_TARGETS})
    endif()
endfunction()

# Copies a file into an image, under another name if there is one.
function(almond_pack_file dir file)
    cmake_path(GET dir FILENAME image)
    cmake_path(GET file FILENAME name)
    if(ARGC GREATER 2)
        set(name ${ARGV2})
    endif()
    add_custom_command(OUTPUT ${dir}/${name}
        COMMAND ${CMAKE_COMMAND} -E copy ${file} ${dir}/${name}
        DEPENDS ${file}
        COMMENT "Packing ${name} into ${image}" VERBATIM)
endfunction()
