/* SPDX-License-Identifier: BSD-3-Clause */
/* From the platform's entry to the program: parameters, constructors, banner, loader. */
#include <uk/assert.h>
#include <uk/console.h>
#include <uk/init.h>
#include <uk/loader.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/process.h>
#include <uk/random.h>

#include "boot.h"

/* From the linker script. */
extern const uk_init_function uk_inittab_start[], uk_inittab_end[];

static void run_constructors(void)
{
	for (const uk_init_function *entry = uk_inittab_start; entry < uk_inittab_end; entry++) {
		int result;

		uk_pr_debug("Call constructor: %p()...\n", (void *)*entry);
		result = (*entry)();
		if (result)
			UK_PANIC("constructor %p failed: %d", (void *)*entry, result);
	}
}

static struct parameters parameters;

static int seed_random(void)
{
	uk_random_seed(parameters.has_seed ? &parameters.seed : NULL);
	return 0;
}
UK_INIT(UK_INIT_CLASS_EARLY, seed_random);

void uk_boot_main(const struct uk_boot_info *info)
{
	ukplat_boot_phase_done(UKPLAT_BOOT_SETUP);
	uk_process_init();
	parameters_read(info->command_line, &parameters);
	run_constructors();
	ukplat_boot_phase_done(UKPLAT_BOOT_CONSTRUCTORS);
	root_mount(&parameters, info->initrd);
	uk_console_open();
	if (!parameters.quiet)
		banner_print();
	uk_loader_run(info, &parameters.start);
}
