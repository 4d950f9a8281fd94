/* SPDX-License-Identifier: BSD-3-Clause */
/* From the name of a program to a process that is ready to run it. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/loader.h>
#include <uk/paths.h>
#include <uk/print.h>
#include <uk/vfs.h>

#include "executable.h"

static int fail(struct uk_loader_failure *failure, const char *name, const char *problem, int error)
{
	failure->name = name;
	failure->problem = problem;
	return error;
}

static int fail_object(struct uk_loader_failure *failure, const struct uk_elf_object *object,
		       int error)
{
	return fail(failure, object->name,
		    error == -ENOEXEC ? uk_elf_reason_message(object->reason) : NULL, error);
}

static int read_object(struct uk_elf_object *object, struct uk_loader_failure *failure)
{
	int error = uk_elf_read(object);

	return error ? fail_object(failure, object, error) : 0;
}

static int read_interpreter(struct uk_program *program, struct uk_loader_failure *failure)
{
	struct uk_elf_object *interpreter = &program->interpreter;
	char *path;
	int error = uk_elf_read_interpreter(&program->main, &path);

	if (error)
		return fail_object(failure, &program->main, error);
	interpreter->name = path;
	interpreter->file = uk_vfs_open_executable(&uk_paths_current()->current, path, &error);
	if (interpreter->file)
		return read_object(interpreter, failure);
	failure->interpreter = path;
	return fail(failure, program->main.name, NULL, error);
}

/* Checks everything that can be checked without changing the process. */
static int read_program(struct uk_start_arguments *arguments, struct uk_program *program,
			struct uk_loader_failure *failure)
{
	struct executable executable;
	int error = executable_open(arguments, &executable);

	if (error)
		return fail(failure, executable.name, executable.problem, error);
	uk_pr_debug("Load image...\n");
	program->main.name = executable.name;
	program->main.file = executable.file;
	error = read_object(&program->main, failure);
	if (!error && program->main.facts.interpreter_size)
		error = read_interpreter(program, failure);
	return error;
}

static int map_program(const struct uk_start_arguments *arguments, struct uk_program *program,
		       struct uk_loader_failure *failure)
{
	int error = uk_elf_map_stack(program);

	if (!error)
		error = uk_elf_load(program);
	if (error)
		return fail(failure, program->main.name,
			    error == -EEXIST ? "linked at addresses that are already in use" : NULL,
			    error);
	error = uk_elf_build_stack(program, arguments);
	if (error)
		return fail(failure, program->main.name,
			    error == -E2BIG ? "argument list too long" : "no memory for the stack",
			    error);
	return 0;
}

/* What the messages name stays allocated. */
static void put_object(struct uk_elf_object *object)
{
	if (object->file)
		uk_file_put(object->file);
	uk_free(object->segments);
}

int uk_loader_load(struct uk_start_arguments *arguments, const struct uk_program **result,
		   struct uk_loader_failure *failure)
{
	struct uk_program *program = uk_zalloc(sizeof(*program));
	int error;

	*failure = (struct uk_loader_failure){0};
	if (!program)
		return fail(failure, arguments->argv[0], NULL, -ENOMEM);
	error = read_program(arguments, program, failure);
	if (error) {
		put_object(&program->main);
		put_object(&program->interpreter);
		uk_free(program);
		return error;
	}
	/* The point of no return (execve(2)): from here on the process is another one. */
	uk_process_set_executable(uk_process_current(), program->main.file, arguments->execfn);
	program->main.file->vnode->executed++;
	*result = program;
	return map_program(arguments, program, failure);
}
