/* SPDX-License-Identifier: BSD-3-Clause */
/* From the initial ramdisk to the running program. */
#include <uk/elf_loader.h>
#include <uk/errno.h>
#include <uk/loader.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/signal.h>

static struct uk_program program;

void uk_loader_run(const struct uk_boot_info *info, const struct uk_start_arguments *arguments)
{
	enum uk_elf_reason reason;
	int error;

	uk_pr_debug("Searching for image...\n");
	if (!info->initrd) {
		uk_pr_err("No image found (initrd parameter missing?)\n");
		uk_process_exit(UK_STATUS_NOT_FOUND, 0);
	}
	program.name = arguments->argv[0];
	program.image = info->initrd;
	program.image_size = info->initrd_size;
	uk_pr_debug("Image at 0x%lx, %lu bytes\n", (uintptr_t)info->initrd, info->initrd_size);
	uk_pr_debug("Load image...\n");
	reason = uk_elf_load(&program);
	if (reason != UK_ELF_OK) {
		uk_pr_err("%s: %s\n", program.name, uk_elf_reason_message(reason));
		uk_process_exit(UK_STATUS_NOT_EXECUTABLE, 0);
	}
	error = uk_elf_build_stack(&program, arguments);
	if (error) {
		uk_pr_err("%s: %s\n", program.name,
			  error == -E2BIG ? "argument list too long" : "no memory for the stack");
		uk_process_exit(UK_STATUS_NOT_EXECUTABLE, 0);
	}
	uk_elf_start(&program);
}
