/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the kernel is loaded and linked; for C, assembly and the linker script. */
#ifndef PLAT_QEMU_LAYOUT_H
#define PLAT_QEMU_LAYOUT_H

/* The last 2 GiB, as required by -mcmodel=kernel (psABI 3.5.1). */
#define KERNEL_VIRTUAL 0xffffffff80000000
#define KERNEL_LOAD    0x100000 /* physical: the first byte above the legacy area */
/* One page table maps the low 2 MiB, which contain the kernel. */
#define KERNEL_END_MAX 0x200000

#define KERNEL_CS  0x08
#define KERNEL_DS  0x10
#define KERNEL_TSS 0x18

#define KERNEL_STACK_SIZE    16384
#define EXCEPTION_STACK_SIZE 1024
#define FATAL_STACK_SIZE     4096

#endif
