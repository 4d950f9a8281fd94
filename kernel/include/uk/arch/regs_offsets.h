/* SPDX-License-Identifier: BSD-3-Clause */
/* Offsets in struct __regs for assembly; plat/qemu/cpu.c asserts that they are right. */
#ifndef UK_ARCH_REGS_OFFSETS_H
#define UK_ARCH_REGS_OFFSETS_H

#define REGS_R15      0
#define REGS_R14      8
#define REGS_R13      16
#define REGS_R12      24
#define REGS_RBP      32
#define REGS_RBX      40
#define REGS_R11      48
#define REGS_R10      56
#define REGS_R9	      64
#define REGS_R8	      72
#define REGS_RAX      80
#define REGS_RCX      88
#define REGS_RDX      96
#define REGS_RSI      104
#define REGS_RDI      112
#define REGS_ORIG_RAX 120
#define REGS_RIP      128
#define REGS_CS	      136
#define REGS_EFLAGS   144
#define REGS_RSP      152
#define REGS_SS	      160
#define REGS_SIZE     168

#endif
