/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of the machine's initialisation, up to ukboot. */
#include <uk/arch/regs_offsets.h>
#include <uk/assert.h>
#include <uk/cpu.h>

#include "platform.h"

/* Where compiled code expects its stack canary (gcc -mstack-protector-guard=global). */
extern u64 __stack_chk_guard;
u64 __stack_chk_guard = 0x595e9fbd94fda766;

void __stack_chk_fail(void) __noreturn;
void __stack_chk_fail(void)
{
	UK_PANIC("stack smashed");
}

/* This function's frame is set up before the guard changes, so it must not check it. */
__attribute__((no_stack_protector)) void platform_start(u32 start_info)
{
	struct uk_boot_info info = {0};
	u64 guard;

	uk_cpu_current()->frame = (struct __regs *)((u64)kernel_stack_top - REGS_SIZE - 8);
	console_init();
	report_channel_init();
	cpu_init();
	ukplat_entropy(&guard, sizeof(guard));
	/* A zero byte stops string functions from writing the canary. */
	__stack_chk_guard = guard & ~0xffUL;
	boot_memory_init(start_info, &info);
	apic_init();
	timer_init();
	uk_boot_main(&info);
}
