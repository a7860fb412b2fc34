# SPDX-License-Identifier: BSD-2-Clause
#
# Where the parts of Almond lie in this tree and its build. AlmondConfig.cmake
# sets the same variables for an installed copy.

set(ALMOND_INCLUDE_DIRS
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/libl4/include)
set(ALMOND_IDL_DIR ${PROJECT_SOURCE_DIR}/include/l4/idl)
set(ALMOND_LOOPBACK_DIR ${PROJECT_SOURCE_DIR}/libl4/loopback)
set(ALMOND_LINKER_SCRIPT ${PROJECT_SOURCE_DIR}/libl4/program.lds)
set(ALMOND_KERNEL_ELF ${PROJECT_BINARY_DIR}/kernel/almond.elf)
set(ALMOND_KERNEL_IMAGE ${PROJECT_BINARY_DIR}/kernel/almond32)
set(ALMOND_ROOT_ELF ${PROJECT_BINARY_DIR}/root/root.elf)
set(ALMOND_ROOT_IMAGE ${PROJECT_BINARY_DIR}/root/root.bin)
set(ALMOND_TOOLS_DIR ${PROJECT_SOURCE_DIR}/tools)
set(ALMOND_CMAKE_DIR ${PROJECT_SOURCE_DIR}/cmake)
set(ALMOND_LINES_OPTIONS --map /almond-source=${PROJECT_SOURCE_DIR}
    --map /almond-build=${PROJECT_BINARY_DIR})
set(ALMOND_COMMAND ${PROJECT_SOURCE_DIR}/almond)
set(ALMOND_IMAGE_DIR ${PROJECT_BINARY_DIR}/images)
set(ALMOND_BOOT_TARGETS kernel kernel32 root root_bin)
