/* SPDX-License-Identifier: BSD-3-Clause */
/* From the files to a running program. */
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
#include <uk/process.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "executable.h"

static struct uk_program program;

/* Ends the run with the message and the status that a shell has for an errno of execve(2). */
static void __noreturn refuse(const char *name, int error, const char *problem)
{
	int status = UK_STATUS_NOT_EXECUTABLE;

	if (error == -ENOENT || error == -ENOTDIR)
		status = UK_STATUS_NOT_FOUND;
	if (problem)
		uk_pr_err("%s: %s\n", name, problem);
	else if (status == UK_STATUS_NOT_FOUND)
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
	uk_process_exit(status, 0);
}

/* `/` and the last component of argv[0], as if the program were in the root directory. */
static char *default_executable(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	const char *name = slash ? slash + 1 : argv0;
	char *path = uk_malloc(strlen(name) + 2);

	if (!path)
		refuse(argv0, -ENOMEM, NULL);
	path[0] = '/';
	memcpy(path + 1, name, strlen(name) + 1);
	return path;
}

/* Makes the initial ramdisk the root's content: an archive, or a single program. */
static void unpack(const struct uk_boot_info *info, struct uk_start_arguments *arguments)
{
	char entry[UK_INITRD_ENTRY_SIZE];
	const char *problem;
	int error;

	uk_pr_debug("Image at 0x%lx, %lu bytes\n", (uintptr_t)info->initrd, info->initrd_size);
	if (!uk_initrd_is_archive(info->initrd, info->initrd_size)) {
		if (!arguments->executable)
			arguments->executable = default_executable(arguments->argv[0]);
		error = uk_initrd_add_program(arguments->executable, info->initrd,
					      info->initrd_size);
		if (error)
			refuse(arguments->executable, error, NULL);
		return;
	}
	problem = uk_initrd_unpack(info->initrd, info->initrd_size, entry);
	if (problem) {
		uk_pr_err("initial ramdisk: %.100s%s%s\n", entry, *entry ? ": " : "", problem);
		uk_process_exit(UK_STATUS_KERNEL, 0);
	}
}

static void change_directory(const char *path)
{
	struct uk_path place;
	int error = uk_path_lookup(&uk_paths_current()->current, path,
				   UK_LOOKUP_FOLLOW | UK_LOOKUP_DIRECTORY, &place);

	if (error) {
		uk_pr_err("%s: working directory not found (errno %d)\n", path, -error);
		uk_process_exit(UK_STATUS_KERNEL, 0);
	}
	uk_path_put(&uk_paths_current()->current);
	uk_paths_current()->current = place;
}

/* Lets a program find its own file where there is no procfs. */
static void link_executable(const struct uk_file *file)
{
	char *buffer, *path;

	if (uk_vfs_mkdir(&uk_paths_current()->root, "/proc/self", 0555))
		return;
	buffer = uk_malloc(PATH_MAX);
	path = buffer ? uk_path_text(&file->path, &uk_paths_current()->root, buffer, PATH_MAX, NULL,
				     NULL)
		      : NULL;
	if (path)
		uk_vfs_symlink(path, &uk_paths_current()->root, "/proc/self/exe");
	uk_free(buffer);
}

static void read_object(struct uk_elf_object *object)
{
	int error = uk_elf_read(object);

	if (error)
		refuse(object->name, error,
		       error == -ENOEXEC ? uk_elf_reason_message(object->reason) : NULL);
}

static void open_interpreter(struct uk_elf_object *main, struct uk_elf_object *interpreter)
{
	char *path;
	int error = uk_elf_read_interpreter(main, &path);

	if (error)
		refuse(main->name, error,
		       error == -ENOEXEC ? uk_elf_reason_message(main->reason) : NULL);
	interpreter->name = path;
	interpreter->file = uk_vfs_open_executable(&uk_paths_current()->current, path, &error);
	if (interpreter->file) {
		read_object(interpreter);
		return;
	}
	uk_pr_err("%s: its interpreter %s %s\n", main->name, path,
		  error == -ENOENT || error == -ENOTDIR ? "is not in the root file system"
							: "is not executable");
	uk_process_exit(error == -ENOENT || error == -ENOTDIR ? UK_STATUS_NOT_FOUND
							      : UK_STATUS_NOT_EXECUTABLE,
			0);
}

static void find_program(const struct uk_boot_info *info, struct uk_start_arguments *arguments)
{
	struct executable executable;
	int error;

	uk_pr_debug("Searching for image...\n");
	if (info->initrd)
		unpack(info, arguments);
	ukplat_boot_phase_done(UKPLAT_BOOT_ROOT);
	if (arguments->directory)
		change_directory(arguments->directory);
	error = executable_open(arguments, &executable);
	/* Nothing was mounted over the first root, which is therefore empty. */
	if (error == -ENOENT && !info->initrd && !uk_paths_current()->root.mount->parent) {
		uk_pr_err("No image found (initrd parameter missing?)\n");
		uk_process_exit(UK_STATUS_NOT_FOUND, 0);
	}
	if (error)
		refuse(executable.name, error, executable.problem);
	uk_process_set_executable(uk_process_current(), executable.file, arguments->execfn);
	link_executable(executable.file);
	executable.file->vnode->executed++;
	program.main.name = executable.name;
	program.main.file = executable.file;
}

void uk_loader_run(const struct uk_boot_info *info, struct uk_start_arguments *arguments)
{
	int error;

	find_program(info, arguments);
	uk_pr_debug("Load image...\n");
	read_object(&program.main);
	if (program.main.facts.interpreter_size)
		open_interpreter(&program.main, &program.interpreter);
	error = uk_elf_map_stack(&program);
	if (!error)
		error = uk_elf_load(&program);
	if (error)
		refuse(program.main.name, error,
		       error == -EEXIST ? "linked at addresses that are already in use" : NULL);
	error = uk_elf_build_stack(&program, arguments);
	if (error)
		refuse(program.main.name, error,
		       error == -E2BIG ? "argument list too long" : "no memory for the stack");
	ukplat_boot_phase_done(UKPLAT_BOOT_LOAD);
#ifdef CONFIG_LIBCHANNEL
	uk_channel_tell_start();
#endif
	uk_elf_start(&program);
}
