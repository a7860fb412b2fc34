# SPDX-License-Identifier: BSD-2-Clause
#
# find_package(Almond): an installed Almond, wherever it lies.

include_guard(GLOBAL)

get_filename_component(ALMOND_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." REALPATH)

set(ALMOND_INCLUDE_DIRS ${ALMOND_PREFIX}/include)
set(ALMOND_IDL_DIR ${ALMOND_PREFIX}/include/l4/idl)
set(ALMOND_LOOPBACK_DIR ${ALMOND_PREFIX}/share/almond/loopback)
set(ALMOND_LINKER_SCRIPT ${ALMOND_PREFIX}/share/almond/program.lds)
set(ALMOND_KERNEL_ELF ${ALMOND_PREFIX}/share/almond/boot/almond.elf)
set(ALMOND_KERNEL_IMAGE ${ALMOND_PREFIX}/share/almond/boot/almond32)
set(ALMOND_ROOT_ELF ${ALMOND_PREFIX}/share/almond/boot/root.elf)
set(ALMOND_ROOT_IMAGE ${ALMOND_PREFIX}/share/almond/boot/root.bin)
set(ALMOND_TOOLS_DIR ${ALMOND_PREFIX}/libexec/almond)
set(ALMOND_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})
set(ALMOND_LINES_OPTIONS --map /almond-source/include=${ALMOND_PREFIX}/include
    --known ${ALMOND_PREFIX}/lib/libl4.a.lines)
set(ALMOND_COMMAND ${ALMOND_PREFIX}/bin/almond)
set(ALMOND_IMAGE_DIR ${CMAKE_BINARY_DIR}/images)
set(ALMOND_BOOT_TARGETS)

foreach(tool l4idl mkplan)
    add_executable(${tool} IMPORTED GLOBAL)
    set_target_properties(${tool} PROPERTIES
        IMPORTED_LOCATION ${ALMOND_PREFIX}/bin/${tool})
endforeach()

add_library(l4 STATIC IMPORTED GLOBAL)
set_target_properties(l4 PROPERTIES
    IMPORTED_LOCATION ${ALMOND_PREFIX}/lib/libl4.a
    INTERFACE_INCLUDE_DIRECTORIES ${ALMOND_PREFIX}/include)

list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
include(AlmondFlags)
include(Almond)
