/* SPDX-License-Identifier: BSD-3-Clause */
/* execve(2), execveat(2). */
#include <uk/alloc.h>
#include <uk/fd_table.h>
#include <uk/futex.h>
#include <uk/leave.h>
#include <uk/loader.h>
#include <uk/mm.h>
#include <uk/paths.h>
#include <uk/permission.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#define STRING_MAX    (32 * UK_PAGE_SIZE) /* bytes: Linux, MAX_ARG_STRLEN */
#define STRINGS_MAX   0x7fffffff	  /* MAX_ARG_STRINGS */
#define POINTERS_STEP 64

/* Strings of the program, copied. */
struct strings {
	char **of; /* count + 1, the last one NULL */
	int count, room;
};

static void free_strings(struct strings *strings)
{
	for (int i = 0; i < strings->count; i++)
		uk_free(strings->of[i]);
	uk_free(strings->of);
}

/* Copies a string: 0, -EFAULT, -E2BIG, -ENOMEM. *left: bytes that all strings may still take. */
static int copy_string(char **copy, const char __user *from, size_t *left)
{
	char first[256], *text = first;
	size_t size = sizeof(first);
	int error = 0;

	for (;;) {
		ssize_t length = strncpy_from_user(text, from, size);

		if (length < 0)
			error = -EFAULT;
		else if ((size_t)length < size)
			size = (size_t)length + 1;
		else if (size < STRING_MAX)
			length = -1;
		else
			error = -E2BIG;
		if (error || length >= 0)
			break;
		size = MIN(size * 16, STRING_MAX);
		if (text != first)
			uk_free(text);
		text = uk_malloc(size);
		if (!text)
			return -ENOMEM;
	}
	if (!error && size + sizeof(u64) > *left)
		error = -E2BIG;
	*copy = error ? NULL : uk_malloc(size);
	if (!error && !*copy)
		error = -ENOMEM;
	if (!error) {
		memcpy(*copy, text, size);
		*left -= size + sizeof(u64);
	}
	if (text != first)
		uk_free(text);
	return error;
}

/* Makes room for another pointer and the NULL at the end. */
static int grow(struct strings *strings)
{
	int room = strings->room ? strings->room * 2 : POINTERS_STEP;
	char **larger;

	if (strings->count + 1 < strings->room)
		return 0;
	larger = uk_malloc((size_t)room * sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	if (strings->count)
		memcpy(larger, strings->of, (size_t)strings->count * sizeof(*larger));
	uk_free(strings->of);
	strings->of = larger;
	strings->room = room;
	return 0;
}

/* Copies an array of strings; NULL is an empty one. */
static int copy_strings(struct strings *strings, const u64 __user *from, size_t *left)
{
	int error;

	for (;;) {
		u64 string = 0;

		error = grow(strings);
		if (!error && from &&
		    copy_from_user(&string, from + strings->count, sizeof(string)))
			error = -EFAULT;
		if (error || !string)
			break;
		error = copy_string(&strings->of[strings->count], (const char *)string, left);
		if (error)
			break;
		strings->count++;
	}
	if (!error)
		strings->of[strings->count] = NULL;
	return error;
}

/* As Linux, which gives a program without arguments one empty argument. */
static int add_empty(struct strings *arguments)
{
	char *empty = uk_zalloc(1);

	if (!empty)
		return -ENOMEM;
	arguments->of[0] = empty;
	arguments->of[1] = NULL;
	arguments->count = 1;
	return 0;
}

/* The file of (dirfd, path). NULL and *error if it cannot be executed. *hidden: the new program
 * cannot open it by its name, which its close-on-exec descriptor has. */
static struct uk_file *open_file(int dirfd, const char *path, int flags, bool *hidden, int *error)
{
	u32 open_flags = flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
	struct uk_file *directory, *file = NULL;

	*hidden = false;
	if (dirfd == AT_FDCWD || *path == '/')
		return uk_vfs_open_executable(&uk_paths_current()->current, path, open_flags,
					      error);
	directory = uk_fd_get_any(dirfd);
	*error = -EBADF;
	if (!directory)
		return NULL;
	*hidden = uk_fd_flags(dirfd) > 0;
	*error = -ENOTDIR;
	if (!*path && flags & AT_EMPTY_PATH)
		file = uk_vfs_reopen_executable(directory, error);
	else if (!*path)
		*error = -ENOENT;
	else if (directory->path.mount)
		file = uk_vfs_open_executable(&directory->path, path, open_flags, error);
	uk_file_put(directory);
	return file;
}

/* What execve(2) needs before the point of no return. */
struct replacement {
	struct uk_program *program;
	struct uk_mm *mm;
	struct uk_fd_table *files;	   /* NULL: the process keeps its own */
	struct uk_signal_actions *actions; /* the same */
	struct uk_credentials *credentials;
	bool is_secure; /* AT_SECURE */
};

static void put_replacement(const struct replacement *replacement)
{
	if (replacement->program)
		replacement->program->put(replacement->program);
	if (replacement->mm)
		uk_mm_put(replacement->mm);
	if (replacement->files)
		uk_fd_table_put(replacement->files, NULL);
	if (replacement->actions)
		uk_signal_actions_put(replacement->actions);
	if (replacement->credentials)
		uk_credentials_put(replacement->credentials);
}

/* The file whose set-user-ID and set-group-ID bits count; NULL: those of the program do not. */
static const struct uk_vnode *set_id_file(const struct uk_program *program)
{
	const struct uk_file *file = program->main.file;

	if (uk_process_current()->no_new_privs ||
	    (file->path.mount && file->path.mount->flags & MS_NOSUID))
		return NULL;
	return file->vnode;
}

static int prepare(struct uk_start_arguments *arguments, struct replacement *replacement)
{
	const struct uk_process *self = uk_process_current();
	int error = uk_loader_find(arguments, &replacement->program, NULL);

	if (error)
		return error;
	if (!uk_loader_arguments_fit(arguments))
		return -E2BIG;
	replacement->credentials =
		uk_credentials_execute(set_id_file(replacement->program), &replacement->is_secure);
	if (!replacement->credentials)
		return -ENOMEM;
	replacement->mm = uk_mm_create();
	if (!replacement->mm)
		return -ENOMEM;
	if (self->files->references > 1) {
		replacement->files = uk_fd_table_fork(self->files);
		if (!replacement->files)
			return -ENOMEM;
	}
	if (self->signal_actions->references > 1) {
		replacement->actions = uk_signal_actions_fork(self->signal_actions);
		if (!replacement->actions)
			return -ENOMEM;
	}
	return uk_process_end_other_threads();
}

/* What a new program does not inherit: execve(2), "Effect on process attributes". */
static void become(const struct replacement *replacement)
{
	struct uk_process *self = uk_process_current();
	const struct uk_vnode *file = replacement->program->main.file->vnode;

	uk_futex_thread_ends();
	uk_process_set_mm(replacement->mm);
	uk_process_release_parent(self);
	uk_posix_timers_delete_all(self);
	if (replacement->files) {
		uk_fd_table_put(self->files, self);
		self->files = replacement->files;
	}
	uk_fd_close_on_exec();
	if (replacement->actions) {
		uk_signal_actions_put(self->signal_actions);
		self->signal_actions = replacement->actions;
	}
	uk_signal_actions_reset(self->signal_actions);
	self->dumpable = 1;
	uk_credentials_commit(replacement->credentials);
	/* Linux, begin_new_exec(). */
	if (replacement->is_secure || uk_vnode_permission(file, UK_MAY_READ))
		self->dumpable = 0;
	self->is_secure = replacement->is_secure;
	self->membarrier_registered = false;
	self->exit_signal = SIGCHLD;
	self->has_executed = true;
}

static long execute(struct __regs *regs, struct uk_start_arguments *arguments)
{
	struct replacement replacement = {0};
	int error = prepare(arguments, &replacement);

	if (error) {
		put_replacement(&replacement);
		return error;
	}
	become(&replacement);
	if (uk_loader_map(replacement.program, arguments, NULL))
		/* As Linux: the old program is gone, the new one cannot run. */
		uk_signal_end_process(uk_process_current(), 0, SIGSEGV);
	else
		uk_leave_execute(regs, replacement.program->entry, replacement.program->stack);
	return 0;
}

/* The name that the program and its scripts see: execveat(2). */
static void put_name(char *name, size_t size, int dirfd, const char *path)
{
	if (dirfd == AT_FDCWD || *path == '/')
		uk_snprintf(name, size, "%s", path);
	else if (*path)
		uk_snprintf(name, size, "/dev/fd/%d/%s", dirfd, path);
	else
		uk_snprintf(name, size, "/dev/fd/%d", dirfd);
}

static long exec_strings(struct __regs *regs, int dirfd, const char *path, int flags,
			 const void __user *argv, const void __user *envp)
{
	struct strings words = {0}, environment = {0};
	struct uk_start_arguments arguments = {0};
	size_t left = uk_loader_arguments_limit(), size = strlen(path) + 24;
	char *name = uk_malloc(size);
	long result = name ? 0 : -ENOMEM;
	int error = 0;

	if (!result) {
		put_name(name, size, dirfd, path);
		arguments.is_by_descriptor = !*path;
		arguments.executable = name;
		arguments.file = open_file(dirfd, path, flags, &arguments.is_hidden, &error);
		result = arguments.file ? 0 : error;
	}
	if (!result)
		result = copy_strings(&words, argv, &left);
	if (!result && !words.count)
		result = add_empty(&words);
	if (!result)
		result = copy_strings(&environment, envp, &left);
	if (!result) {
		arguments.argc = words.count;
		arguments.argv = words.of;
		arguments.envc = environment.count;
		arguments.envp = environment.of;
		result = execute(regs, &arguments);
	} else if (arguments.file) {
		uk_file_put(arguments.file);
	}
	uk_loader_free(&arguments);
	free_strings(&words);
	free_strings(&environment);
	uk_free(name);
	return result;
}

static long exec(struct __regs *regs, int dirfd, const char __user *user_path, int flags,
		 const void __user *argv, const void __user *envp)
{
	char *path;
	ssize_t length;
	long result;

	path = uk_malloc(PATH_MAX);
	if (!path)
		return -ENOMEM;
	length = strncpy_from_user(path, user_path, PATH_MAX);
	if (length < 0)
		result = -EFAULT;
	else if (length == PATH_MAX)
		result = -ENAMETOOLONG;
	else if (!length && !(flags & AT_EMPTY_PATH))
		result = -ENOENT;
	else if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		result = -EINVAL;
	else
		result = exec_strings(regs, dirfd, path, flags, argv, envp);
	uk_free(path);
	return result;
}

UK_LLSYSCALL_R_E_DEFINE(long, execve, const char *, pathname, const void *, argv, const void *,
			envp)
{
	return exec(execenv, AT_FDCWD, pathname, 0, argv, envp);
}

UK_LLSYSCALL_R_E_DEFINE(long, execveat, int, dirfd, const char *, pathname, const void *, argv,
			const void *, envp, int, flags)
{
	return exec(execenv, dirfd, pathname, flags, argv, envp);
}
