/* SPDX-License-Identifier: BSD-3-Clause */
/* Offsets in struct uk_cpu for assembly; plat/common/cpu.c asserts that they are right. */
#ifndef UK_ARCH_CPU_OFFSETS_H
#define UK_ARCH_CPU_OFFSETS_H

#define CPU_FRAME	    0
#define CPU_GUEST_RSP	    8
#define CPU_TIMER_FIRED	    16
#define CPU_MEMORY_IS_STALE 17

#endif
