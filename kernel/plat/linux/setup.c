/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of the process's initialisation, up to ukboot. */
#include <uk/arch/regs_offsets.h>
#include <uk/assert.h>
#include <uk/cpu.h>
#include <uk/essentials.h>
#include <uk/string.h>

#include "clock.h"
#include "host.h"
#include "platform.h"
#include "report.h"

#define AT_HWCAP2 26

/* Where compiled code expects its stack canary (gcc -mstack-protector-guard=global). */
extern u64 __stack_chk_guard;
u64 __stack_chk_guard = 0x595e9fbd94fda766;

void __stack_chk_fail(void) __noreturn;
void __stack_chk_fail(void)
{
	UK_PANIC("stack smashed");
}

struct cage cage = {
	.memory = -1, .image = -1, .report = -1, .bell = -1, .terminal = -1, .inputs = -1};

/* The vector follows the environment (psABI 3.4.1). */
u64 linux_auxiliary(const u64 *stack, u64 type)
{
	const u64 *word = stack + 1 + stack[0] + 1;

	while (*word++)
		;
	for (; word[0]; word += 2) {
		if (word[0] == type)
			return word[1];
	}
	return 0;
}

/* A closed stream's descriptor must not be reused for the memory's file, which the program would
 * then read and write as its stream. */
static void hold_streams(void)
{
	const struct host_timespec now = {0, 0};
	struct host_pollfd streams[3] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};
	bool is_closed = HOST(ppoll, streams, 3, &now, NULL, 8) < 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(streams); i++)
		is_closed |= streams[i].revents & HOST_POLLNVAL;
	while (is_closed) {
		long descriptor = HOST(open, "/", HOST_O_PATH, 0);

		if (descriptor < 0)
			return;
		if (descriptor > 2) {
			HOST(close, descriptor);
			return;
		}
		cage.closed_streams |= 1u << descriptor;
	}
}

/* Variables are on a few pages, nearly all of which are used: one call instead of a fault for each.
 * Older hosts refuse it, and supply the pages at faults. */
static void supply_variables(void)
{
	HOST(madvise, kernel_rodata_end, kernel_variables_end - kernel_rodata_end,
	     HOST_MADV_POPULATE_WRITE);
}

void linux_start(u64 *stack) __noreturn;
/* This function's frame is set up before the guard changes, so it must not check it. */
__attribute__((no_stack_protector)) void linux_start(u64 *stack)
{
	struct options options = {.standalone = -1, .report = -1, .channel = -1, .bell = -1};
	struct uk_boot_info info = {0};
	u64 guard;

	supply_variables();
	uk_cpu_current()->frame = (struct __regs *)((u64)kernel_stack_top - REGS_SIZE - 8);
	ukplat_entropy(&guard, sizeof(guard));
	/* A zero byte stops string functions from writing the canary. */
	__stack_chk_guard = guard & ~0xffUL;
	hold_streams();
	if (!standalone_read(stack, &options))
		options_read((char **)stack + 1, &options);
	options.hwcap2 = linux_auxiliary(stack, AT_HWCAP2);
	cpu_init(&options);
	if (options.list) {
		cage_list(&cage);
		linux_stop(0);
	}
	exit_init(&options);
	memory_init(&options, &info);
	channel_init(&options);
	shares_init(&options);
	clock_start(boot_tsc);
	signals_init();
	cage.report = options.report;
	cage.bell = options.bell;
	memcpy(cage.shares, options.shares, sizeof(cage.shares));
	cage.no_network = options.no_network;
	info.command_line = options.command_line;
	uk_boot_main(&info);
}

bool ukplat_parameter(const char *word)
{
	return false;
}
