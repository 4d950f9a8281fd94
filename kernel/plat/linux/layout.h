/* SPDX-License-Identifier: BSD-3-Clause */
/* The location of the library OS; for C, assembly and the linker script. */
#ifndef PLAT_LINUX_LAYOUT_H
#define PLAT_LINUX_LAYOUT_H

/* Between the program's addresses and the view of memory (uk/address_space.h). */
#define IMAGE_START    0x7d4000000000
#define CHANNEL_START  0x7d6000000000
/* Of the image, as defined in kernel.lds.S; a standalone file has one more. */
#define IMAGE_SEGMENTS 4

#define KERNEL_STACK_SIZE 65536
#define SIGNAL_STACK_SIZE 65536
/* For struct __regs at the top of the kernel's stack. */
#define FRAME_SPACE	  256

/* Bits of the flags register: trap, direction, nested task, alignment check, identification. */
#define FLAGS_SPECIAL 0x244500
/* Those of them that are off in Linux's kernel too: compiled code is not made for them. */
#define FLAGS_FOREIGN 0x44000

#endif
