/* SPDX-License-Identifier: BSD-3-Clause */
/* From the initial ramdisk to the running program. */
#include <uk/alloc.h>
#include <uk/bits/config.h>
#include <uk/elf_loader.h>
#include <uk/errno.h>
#include <uk/initrd.h>
#include <uk/loader.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/vfs.h>

static struct uk_program program;

#ifdef CONFIG_LIBINITRD
/* The whole file in one piece of memory. */
static void read_program(struct uk_file *file)
{
	size_t size = file->vnode->size;
	char *memory = uk_malloc(ALIGN_UP(size, UK_PAGE_SIZE));
	ssize_t got = memory ? uk_file_read_kernel(file, memory, size, 0) : -ENOMEM;

	if (got != (ssize_t)size) {
		uk_pr_err("%s: no memory to load it\n", program.name);
		uk_process_exit(UK_STATUS_NOT_EXECUTABLE, 0);
	}
	memset(memory + size, 0, ALIGN_UP(size, UK_PAGE_SIZE) - size);
	program.image = memory;
	program.image_size = size;
}

/* The program from the archive: argv[0] when that is a path. */
static void open_archive(const struct uk_boot_info *info,
			 const struct uk_start_arguments *arguments)
{
	const char *path = strchr(program.name, '/') ? program.name : arguments->execfn;
	char entry[UK_INITRD_ENTRY_SIZE];
	const char *problem = uk_initrd_unpack(info->initrd, info->initrd_size, entry);
	struct uk_file *file;
	int error;

	if (problem) {
		uk_pr_err("initial ramdisk: %.100s%s%s\n", entry, *entry ? ": " : "", problem);
		uk_process_exit(UK_STATUS_KERNEL, 0);
	}
	uk_process_set_executable(path);
	file = uk_vfs_open_executable(&uk_process_paths.current, path, &error);
	if (!file) {
		uk_pr_err("%s: %s\n", path,
			  error == -EACCES ? "not executable"
					   : "no such file in the initial ramdisk");
		uk_process_exit(error == -EACCES ? UK_STATUS_NOT_EXECUTABLE : UK_STATUS_NOT_FOUND,
				0);
	}
	read_program(file);
	uk_file_put(file);
}
#endif

static void find_program(const struct uk_boot_info *info,
			 const struct uk_start_arguments *arguments)
{
	program.name = arguments->argv[0];
	program.image = info->initrd;
	program.image_size = info->initrd_size;
#ifdef CONFIG_LIBINITRD
	if (uk_initrd_is_archive(info->initrd, info->initrd_size))
		open_archive(info, arguments);
	else
		uk_initrd_add_program(arguments->execfn, info->initrd, info->initrd_size);
#endif
}

void uk_loader_run(const struct uk_boot_info *info, const struct uk_start_arguments *arguments)
{
	enum uk_elf_reason reason;
	int error;

	uk_pr_debug("Searching for image...\n");
	if (!info->initrd) {
		uk_pr_err("No image found (initrd parameter missing?)\n");
		uk_process_exit(UK_STATUS_NOT_FOUND, 0);
	}
	find_program(info, arguments);
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
