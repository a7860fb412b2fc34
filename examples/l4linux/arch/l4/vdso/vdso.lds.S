/* SPDX-License-Identifier: GPL-2.0-only */
#include <asm/page.h>

OUTPUT_FORMAT("elf64-x86-64")
OUTPUT_ARCH(i386:x86-64)

PHDRS
{
	text PT_LOAD FLAGS(5) FILEHDR PHDRS;
	dynamic PT_DYNAMIC FLAGS(4);
	note PT_NOTE FLAGS(4);
	eh_frame_hdr PT_GNU_EH_FRAME;
}

SECTIONS
{
	/* The pages before the image. */
	PROVIDE(_vdso_data = . - 2 * PAGE_SIZE);
	PROVIDE(_timens_data = . - PAGE_SIZE);
	. = SIZEOF_HEADERS;
	.hash : { *(.hash) } :text
	.gnu.hash : { *(.gnu.hash) }
	.dynsym : { *(.dynsym) }
	.dynstr : { *(.dynstr) }
	.gnu.version : { *(.gnu.version) }
	.gnu.version_d : { *(.gnu.version_d) }
	.gnu.version_r : { *(.gnu.version_r) }
	.dynamic : { *(.dynamic) } :text :dynamic
	.rodata : { *(.rodata*) } :text
	.note : { *(.note.*) } :text :note
	.eh_frame_hdr : { *(.eh_frame_hdr) } :text :eh_frame_hdr
	.eh_frame : { KEEP(*(.eh_frame)) } :text
	. = ALIGN(16);
	.text : { *(.text*) } :text
	/DISCARD/ : {
		*(.data*) *(.bss*) *(.got*) *(.plt*) *(.discard.*)
		*(__bug_table) *(.comment) *(.note.GNU-stack)
	}
}

VERSION
{
	LINUX_2.6 {
	global:
		clock_gettime;
		gettimeofday;
		getcpu;
		time;
		clock_getres;
		__vdso_clock_gettime;
		__vdso_gettimeofday;
		__vdso_getcpu;
		__vdso_time;
		__vdso_clock_getres;
	local: *;
	};
}
