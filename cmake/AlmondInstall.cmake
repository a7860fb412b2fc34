# SPDX-License-Identifier: BSD-2-Clause
#
# The installed SDK: a prefix that needs nothing of this tree and can be moved.
#
#   bin/                 almond (run, iso, gdb, new, ...), l4idl, mkplan
#   include/             headers; IDL files in l4/idl/
#   lib/libl4.a
#   lib/cmake/Almond/    the CMake package
#   libexec/almond/      the subcommands of almond
#   share/almond/        linker script, template of a project, loopback
#                        transport
#   share/almond/boot/   kernel and root

include(CMakePackageConfigHelpers)

install(FILES LICENSE README.md DESTINATION share/doc/almond)
install(PROGRAMS almond DESTINATION bin)
install(PROGRAMS
    tools/cmd-doctor tools/cmd-gdb tools/cmd-idl tools/cmd-iso tools/cmd-list
    tools/cmd-graph tools/cmd-ledger tools/cmd-new tools/cmd-run
    tools/cmd-trace tools/guest-test tools/linked-lines
    DESTINATION libexec/almond)
install(FILES tools/lib.sh DESTINATION libexec/almond)
install(FILES tools/gdb/almond.py DESTINATION libexec/almond/gdb)
install(DIRECTORY tools/template DESTINATION share/almond)

install(DIRECTORY include/ DESTINATION include
    FILES_MATCHING PATTERN *.h PATTERN *.def PATTERN *.idl)
install(DIRECTORY libl4/include/ DESTINATION include
    FILES_MATCHING PATTERN *.h)

install(TARGETS l4idl mkplan tracedump RUNTIME DESTINATION bin)
install(TARGETS l4 ARCHIVE DESTINATION lib)
install(FILES ${ALMOND_LINKER_SCRIPT} DESTINATION share/almond)
install(DIRECTORY ${ALMOND_LOOPBACK_DIR} DESTINATION share/almond)
install(FILES $<TARGET_FILE:l4>.lines DESTINATION lib)
install(FILES
    ${ALMOND_KERNEL_ELF} ${ALMOND_KERNEL_ELF}.lines ${ALMOND_KERNEL_IMAGE}
    ${ALMOND_ROOT_ELF} ${ALMOND_ROOT_ELF}.lines ${ALMOND_ROOT_IMAGE}
    ${PROJECT_BINARY_DIR}/kernel/almond-kdb.elf
    ${PROJECT_BINARY_DIR}/kernel/almond-kdb32
    DESTINATION share/almond/boot)

set(package lib/cmake/Almond)
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/AlmondConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
    ${PROJECT_BINARY_DIR}/AlmondConfigVersion.cmake
    cmake/AlmondConfig.cmake cmake/AlmondFlags.cmake cmake/Almond.cmake
    cmake/AlmondMachine.cmake cmake/AlmondTest.cmake cmake/L4Idl.cmake
    DESTINATION ${package})
