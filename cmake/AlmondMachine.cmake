# SPDX-License-Identifier: BSD-2-Clause
#
# Run as a script: makes CONFIG of CONFIG.in, with the memory of the machine and
# of the kernel's pool that the `machine` line of the boot plan PLAN has.

file(STRINGS ${PLAN} machine REGEX "^machine ")
file(READ ${CONFIG}.in config)
foreach(unit "M;1" "G;1024")
    list(GET unit 0 letter)
    list(GET unit 1 mebibytes)
    if(machine MATCHES " memory=([0-9]+)${letter}")
        math(EXPR memory "${CMAKE_MATCH_1} * ${mebibytes}")
        string(REGEX REPLACE "\nmemory [^\n]*" "\nmemory ${memory}" config
            "${config}")
    endif()
    if(machine MATCHES " pool=([0-9]+)${letter}")
        math(EXPR pool "${CMAKE_MATCH_1} * ${mebibytes}")
        string(REGEX REPLACE "(\nkernel [^ \n]*)" "\\1 pool=${pool}" config
            "${config}")
    endif()
endforeach()
file(WRITE ${CONFIG} "${config}")
