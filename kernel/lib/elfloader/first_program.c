/* SPDX-License-Identifier: BSD-3-Clause */
/* The first program: from the initial ramdisk to its first instruction. */
#include <uk/alloc.h>
#include <uk/bits/config.h>
#include <uk/channel.h>
#include <uk/errno.h>
#include <uk/initrd.h>
#include <uk/leave.h>
#include <uk/loader.h>
#include <uk/paths.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "user.h"

static bool is_not_found(int error)
{
	return error == -ENOENT || error == -ENOTDIR;
}

static void print_failure(const struct uk_loader_failure *failure, int error)
{
	const char *name = failure->name;

	if (failure->interpreter)
		uk_pr_err("%s: its interpreter %s %s\n", name, failure->interpreter,
			  is_not_found(error) ? "is not in the root file system"
					      : "is not executable");
	else if (failure->problem)
		uk_pr_err("%s: %s\n", name, failure->problem);
	else if (is_not_found(error))
		uk_pr_err("%s: no such file in the root file system\n", name);
	else if (error == -EACCES)
		uk_pr_err("%s: not executable (not a regular file, or its mode or mount forbids "
			  "it)\n",
			  name);
	else if (error == -ELOOP)
		uk_pr_err("%s: too many symbolic links, or scripts nested too deeply\n", name);
	else if (error == -ENOMEM)
		uk_pr_err("%s: %s\n", name, uk_elf_reason_message(UK_ELF_TOO_LARGE));
	else
		uk_pr_err("%s: cannot load it (errno %d)\n", name, -error);
}

/* Ends the run with the message and the status that a shell has for an errno of execve(2). */
static void __noreturn refuse(const struct uk_loader_failure *failure, int error)
{
	print_failure(failure, error);
	uk_machine_exit(is_not_found(error) ? UK_STATUS_NOT_FOUND : UK_STATUS_NOT_EXECUTABLE, 0);
}

/* `/` and the last component of argv[0], as if the program were in the root directory. */
static char *default_executable(const char *argv0)
{
	const struct uk_loader_failure failure = {.name = argv0};
	const char *slash = strrchr(argv0, '/');
	const char *name = slash ? slash + 1 : argv0;
	char *path = uk_malloc(strlen(name) + 2);

	if (!path)
		refuse(&failure, -ENOMEM);
	path[0] = '/';
	memcpy(path + 1, name, strlen(name) + 1);
	return path;
}

static void add_program(const struct uk_boot_info *info, struct uk_start_arguments *arguments)
{
	struct uk_loader_failure failure = {0};
	int error;

	if (!arguments->executable)
		arguments->executable = default_executable(arguments->argv[0]);
	failure.name = arguments->executable;
	error = uk_initrd_add_program(arguments->executable, info->initrd, info->initrd_size);
	if (error)
		refuse(&failure, error);
}

/* Makes the initial ramdisk the root's content: an archive, or a single program. */
static void unpack(const struct uk_boot_info *info, struct uk_start_arguments *arguments)
{
	char entry[UK_INITRD_ENTRY_SIZE];
	const char *problem;

	uk_pr_debug("Image at 0x%lx, %lu bytes\n", (uintptr_t)info->initrd, info->initrd_size);
	if (!uk_initrd_is_archive(info->initrd, info->initrd_size)) {
		add_program(info, arguments);
		return;
	}
	problem = uk_initrd_unpack(info->initrd, info->initrd_size, entry);
	if (problem) {
		uk_pr_err("initial ramdisk: %.100s%s%s\n", entry, *entry ? ": " : "", problem);
		uk_machine_exit(UK_STATUS_KERNEL, 0);
	}
}

static void change_directory(const char *path)
{
	struct uk_path place;
	int error = uk_path_lookup(&uk_paths_current()->current, path,
				   UK_LOOKUP_FOLLOW | UK_LOOKUP_DIRECTORY, &place);

	if (error) {
		uk_pr_err("%s: working directory not found (errno %d)\n", path, -error);
		uk_machine_exit(UK_STATUS_KERNEL, 0);
	}
	uk_path_put(&uk_paths_current()->current);
	uk_paths_current()->current = place;
}

static void change_user(char *user)
{
	const char *problem = user_change(user);

	if (problem) {
		uk_pr_err("user %s: %s\n", user, problem);
		uk_machine_exit(UK_STATUS_KERNEL, 0);
	}
}

/* Lets a program find its own file where there is no procfs. */
static void link_executable(void)
{
	const struct uk_path *root = &uk_paths_current()->root;
	char *buffer, *path;

	if (uk_vfs_mkdir(root, "/proc/self", 0555))
		return;
	buffer = uk_malloc(PATH_MAX);
	path = buffer ? uk_path_text(&uk_process_current()->program.executable->path, root, buffer,
				     PATH_MAX, NULL, NULL)
		      : NULL;
	if (path)
		uk_vfs_symlink(path, root, "/proc/self/exe");
	uk_free(buffer);
}

void uk_loader_run(const struct uk_boot_info *info, struct uk_start_arguments *arguments)
{
	struct uk_loader_failure failure;
	struct uk_program *program;
	int error;

	uk_pr_debug("Searching for image...\n");
	if (info->initrd)
		unpack(info, arguments);
	ukplat_boot_phase_done(UKPLAT_BOOT_ROOT);
	if (arguments->user)
		change_user(arguments->user);
	if (arguments->directory)
		change_directory(arguments->directory);
	error = uk_loader_find(arguments, &program, &failure);
	/* Nothing was mounted over the first root, which is therefore empty. */
	if (error == -ENOENT && !info->initrd && !uk_paths_current()->root.mount->parent) {
		uk_pr_err("No image found (initrd parameter missing?)\n");
		uk_machine_exit(UK_STATUS_NOT_FOUND, 0);
	}
	if (!error)
		error = uk_loader_map(program, arguments, &failure);
	if (error)
		refuse(&failure, error);
	link_executable();
	ukplat_boot_phase_done(UKPLAT_BOOT_LOAD);
#ifdef CONFIG_LIBCHANNEL
	uk_channel_tell_start();
#endif
	uk_elf_start(program);
}
