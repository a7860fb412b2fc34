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
    almond_count_lines(${name})
endfunction()

# l4_add_image(<name>
#       SYSTEM <file>.idl      who is started and connected: docs/idl.md
#       PROGRAMS <program>...  what it names, made by l4_add_program()
#       [ABOUT <text>]         a line for `almond list`
#       [MODULES <name>=<file>...] boot modules that are no programs
#       [SYMBOLS <name>=<file>...] what else gdb may be told of, by `program
#                              <name>`
#       [INCLUDES <dir>...]    where imported files are found, as with
#                              l4_add_idl()
#       [KERNEL_ARGS <arg>...] the kernel's command line
#       [SCRIPT <file>]        what a headless run types: `almond run --help`
#       [MANUAL])              only built when asked for
#
# Packs kernel, root, boot plan and programs into ${ALMOND_IMAGE_DIR}/<name>,
# for `almond run <name>` and `almond iso <name>`. Built with everything unless
# MANUAL is said, or by the target image-<name>. With a system come its graph of
# authority and its trust ledger: `almond graph` and `almond ledger`.
#
# Instead of SYSTEM, PLAN <file> names a boot plan (docs/bootplan.md), with
# MEMORY <MiB> for what the machine has, 256 unless said.
function(l4_add_image name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "MANUAL"
        "SYSTEM;PLAN;ABOUT;MEMORY;SCRIPT"
        "PROGRAMS;MODULES;SYMBOLS;INCLUDES;KERNEL_ARGS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR
            "l4_add_image(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
    endif()
    if(arg_SYSTEM AND (arg_PLAN OR arg_MEMORY))
        message(FATAL_ERROR "l4_add_image(${name}): with SYSTEM there is "
            "neither PLAN nor MEMORY; the system says both")
    endif()
    if(NOT arg_SYSTEM AND NOT arg_PLAN)
        message(FATAL_ERROR "l4_add_image(${name}): SYSTEM is missing")
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

    set(dir ${ALMOND_IMAGE_DIR}/${name})
    almond_pack_file(${dir} ${ALMOND_KERNEL_IMAGE})
    almond_pack_file(${dir} ${ALMOND_ROOT_IMAGE})

    set(described)
    if(arg_SYSTEM)
        almond_add_system(${dir} ${arg_SYSTEM} "${arg_PROGRAMS}"
            "${arg_INCLUDES}")
    endif()
    cmake_path(ABSOLUTE_PATH arg_PLAN)
    set(module_names)
    foreach(module IN LISTS arg_MODULES)
        string(REGEX REPLACE "=.*" "" module_name ${module})
        list(APPEND module_names ${module_name})
    endforeach()
    add_custom_command(OUTPUT ${dir}/plan.bin
        COMMAND mkplan -o ${dir}/plan.bin ${arg_PLAN} ${arg_PROGRAMS}
            ${module_names}
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
    set(contents ${dir}/${kernel} ${dir}/root.bin ${dir}/plan.bin ${described})
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
    list(TRANSFORM arg_SYMBOLS REPLACE "=" " ")
    foreach(line IN LISTS arg_SYMBOLS)
        string(APPEND symbols "${line}\n")
    endforeach()
    foreach(module IN LISTS arg_MODULES)
        if(NOT module MATCHES "^([^=]+)=(.+)$")
            message(FATAL_ERROR
                "l4_add_image(${name}): '${module}' is no <name>=<file>")
        endif()
        set(module_name ${CMAKE_MATCH_1})
        cmake_path(ABSOLUTE_PATH CMAKE_MATCH_2 OUTPUT_VARIABLE module_file)
        almond_pack_file(${dir} ${module_file} ${module_name})
        list(APPEND contents ${dir}/${module_name})
        string(APPEND config "module ${module_name} ${module_name}\n")
    endforeach()
    if(arg_SCRIPT)
        cmake_path(ABSOLUTE_PATH arg_SCRIPT)
        almond_pack_file(${dir} ${arg_SCRIPT} script)
        list(APPEND contents ${dir}/script)
        string(APPEND config "script script\n")
    endif()
    if(arg_SYSTEM)
        # The system says how much memory the machine and the kernel have.
        file(GENERATE OUTPUT ${dir}/image.cfg.in CONTENT "${config}")
        add_custom_command(OUTPUT ${dir}/image.cfg
            COMMAND ${CMAKE_COMMAND} -DPLAN=${arg_PLAN}
                -DCONFIG=${dir}/image.cfg -P ${ALMOND_CMAKE_DIR}/AlmondMachine.cmake
            DEPENDS ${arg_PLAN} ${dir}/image.cfg.in
                ${ALMOND_CMAKE_DIR}/AlmondMachine.cmake
            COMMENT "Machine of ${name}" VERBATIM)
        list(APPEND contents ${dir}/image.cfg)
    else()
        file(GENERATE OUTPUT ${dir}/image.cfg CONTENT "${config}")
    endif()
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

# The boot plan, graph and ledger of a system; sets arg_PLAN and `described` of
# the caller.
function(almond_add_system dir file programs includes)
    cmake_path(GET dir FILENAME image)
    cmake_path(ABSOLUTE_PATH file)
    if(NOT EXISTS ${file})
        message(FATAL_ERROR "l4_add_image(${image}): there is no ${file}")
    endif()
    cmake_path(GET file STEM LAST_ONLY base)
    set(options -I l4=${ALMOND_IDL_DIR})
    foreach(include IN LISTS includes)
        list(APPEND options -I ${include})
    endforeach()
    set(base ${dir}/${base})

    add_custom_command(OUTPUT ${base}.plan ${base}.dot ${base}.graph.json
        COMMAND l4idl --emit=plan,graph ${options}
            --depfile ${dir}/system.d -o ${dir} ${file}
        DEPENDS l4idl ${file} DEPFILE ${dir}/system.d
        COMMENT "System of ${image}" VERBATIM)
    set(described ${base}.graph.json)
    find_program(dot dot NO_CACHE)
    if(dot)
        add_custom_command(OUTPUT ${base}.svg
            COMMAND ${dot} -Tsvg -o ${base}.svg ${base}.dot
            DEPENDS ${base}.dot COMMENT "Graph of ${image}" VERBATIM)
        list(APPEND described ${base}.svg)
    endif()

    # What is linked into each program, for the ledger.
    set(lines --lines /root=${ALMOND_ROOT_ELF}.lines
        --lines /kernel=${ALMOND_KERNEL_ELF}.lines)
    foreach(program IN LISTS programs)
        list(APPEND lines --lines ${program}=$<TARGET_FILE:${program}>.lines)
    endforeach()
    add_custom_command(OUTPUT ${base}.ledger.txt ${base}.ledger.json
        COMMAND l4idl --emit=ledger ${options} ${lines} -o ${dir} ${file}
        DEPENDS l4idl ${base}.plan ${programs} ${ALMOND_BOOT_TARGETS}
        COMMENT "Trust ledger of ${image}" VERBATIM)
    list(APPEND described ${base}.ledger.txt ${base}.ledger.json)
    set(arg_PLAN ${base}.plan PARENT_SCOPE)
    set(described ${described} PARENT_SCOPE)
endfunction()

# Lists what is linked into the target, with the lines of each file, into
# <file of the target>.lines.
function(almond_count_lines target)
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${ALMOND_TOOLS_DIR}/linked-lines ${ALMOND_LINES_OPTIONS} ${ARGN}
            $<TARGET_FILE:${target}> > $<TARGET_FILE:${target}>.lines
        VERBATIM)
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
