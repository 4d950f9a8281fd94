/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of ELF-64 that loading and symbols need (System V gABI chapters 4 and 5; psABI 4). */
#ifndef UK_ELF_H
#define UK_ELF_H

#include <uk/essentials.h>

#define ELF_MAGIC	   "\177ELF"
#define ELF_CLASS	   4 /* offsets in e_ident */
#define ELF_DATA	   5
#define ELF_IDENT_VERSION  6
#define ELF_OS_ABI	   7
#define ELF_CLASS_64	   2
#define ELF_DATA_LITTLE	   1
#define ELF_VERSION	   1
#define ELF_OS_ABI_SYSV	   0
#define ELF_OS_ABI_GNU	   3
#define ELF_MACHINE_X86_64 62

#define ELF_TYPE_REL  1
#define ELF_TYPE_EXEC 2
#define ELF_TYPE_DYN  3
#define ELF_TYPE_CORE 4

#define ELF_SEGMENT_LOAD   1
#define ELF_SEGMENT_INTERP 3
#define ELF_SEGMENT_STACK  0x6474e551

#define ELF_FLAG_EXEC  1
#define ELF_FLAG_WRITE 2
#define ELF_FLAG_READ  4

#define ELF_SECTION_SYMBOLS	    2
#define ELF_SECTION_DYNAMIC_SYMBOLS 11
#define ELF_SYMBOL_FUNCTION	    2 /* low four bits of info */

struct elf_header {
	u8 ident[16];
	u16 type;
	u16 machine;
	u32 version;
	u64 entry;
	u64 phoff;
	u64 shoff;
	u32 flags;
	u16 ehsize;
	u16 phentsize;
	u16 phnum;
	u16 shentsize;
	u16 shnum;
	u16 shstrndx;
};

struct elf_segment {
	u32 type;
	u32 flags;
	u64 offset;
	u64 vaddr;
	u64 paddr;
	u64 filesz;
	u64 memsz;
	u64 align;
};

struct elf_section {
	u32 name;
	u32 type;
	u64 flags;
	u64 addr;
	u64 offset;
	u64 size;
	u32 link;
	u32 info;
	u64 addralign;
	u64 entsize;
};

struct elf_symbol {
	u32 name;
	u8 info;
	u8 other;
	u16 shndx;
	u64 value;
	u64 size;
};

_Static_assert(sizeof(struct elf_header) == 64, "gABI figure 4-3");
_Static_assert(sizeof(struct elf_segment) == 56, "gABI figure 5-1");
_Static_assert(sizeof(struct elf_section) == 64, "gABI figure 4-8");
_Static_assert(sizeof(struct elf_symbol) == 24, "gABI figure 4-16");

#endif
