/* SPDX-License-Identifier: BSD-3-Clause */
/* The data of the one processor, and checks of their offsets. */
#include <uk/arch/cpu_offsets.h>
#include <uk/cpu.h>

_Static_assert(offsetof(struct uk_cpu, frame) == CPU_FRAME, "cpu_offsets.h");
_Static_assert(offsetof(struct uk_cpu, guest_rsp) == CPU_GUEST_RSP, "cpu_offsets.h");
_Static_assert(offsetof(struct uk_cpu, timer_fired) == CPU_TIMER_FIRED, "cpu_offsets.h");
_Static_assert(offsetof(struct uk_cpu, memory_is_stale) == CPU_MEMORY_IS_STALE, "cpu_offsets.h");

struct uk_cpu uk_cpu;
