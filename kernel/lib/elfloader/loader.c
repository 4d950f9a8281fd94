/* SPDX-License-Identifier: BSD-3-Clause */
/* From the name of a program to a process that is ready to run it. */
#include <uk/alloc.h>
#include <uk/dentry.h>
#include <uk/errno.h>
#include <uk/loader.h>
#include <uk/paths.h>
#include <uk/print.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "executable.h"

/* name and interpreter: uk_malloc()ed, for a message that is the last one. */
static int fail(struct uk_loader_failure *failure, const char *name, const char *problem, int error)
{
	if (failure) {
		failure->name = name;
		failure->problem = problem;
	}
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
	int error = uk_elf_read_interpreter(&program->main, &interpreter->name);

	if (error)
		return fail_object(failure, &program->main, error);
	interpreter->file =
		uk_vfs_open_executable(&uk_paths_current()->current, interpreter->name, 0, &error);
	if (interpreter->file)
		return read_object(interpreter, failure);
	if (failure)
		failure->interpreter = interpreter->name;
	return fail(failure, program->main.name, NULL, error);
}

/* Checks everything that can be checked without changing the process. */
static int read_program(struct uk_start_arguments *arguments, struct uk_program *program,
			struct uk_loader_failure *failure)
{
	struct executable executable;
	int error = executable_open(arguments, &executable);

	program->main.file = executable.file;
	if (error)
		return fail(failure, executable.name, executable.problem, error);
	uk_pr_debug("Load image...\n");
	program->main.name = uk_malloc(strlen(executable.name) + 1);
	if (!program->main.name)
		return fail(failure, executable.name, NULL, -ENOMEM);
	memcpy(program->main.name, executable.name, strlen(executable.name) + 1);
	error = read_object(&program->main, failure);
	if (!error && program->main.facts.interpreter_size)
		error = read_interpreter(program, failure);
	return error;
}

static void put_object(struct uk_elf_object *object)
{
	if (object->file)
		uk_file_put(object->file);
	uk_free(object->segments);
	uk_free(object->name);
}

static void put_program(struct uk_program *program)
{
	if (--program->references)
		return;
	put_object(&program->main);
	put_object(&program->interpreter);
	uk_free(program);
}

int uk_loader_find(struct uk_start_arguments *arguments, struct uk_program **result,
		   struct uk_loader_failure *failure)
{
	struct uk_program *program = uk_zalloc(sizeof(*program));
	int error;

	if (failure)
		*failure = (struct uk_loader_failure){0};
	if (!program)
		return fail(failure, arguments->argv[0], NULL, -ENOMEM);
	program->references = 1;
	program->put = put_program;
	error = read_program(arguments, program, failure);
	if (!error)
		*result = program;
	else if (!failure) /* otherwise the message names parts of it */
		put_program(program);
	return error;
}

int uk_loader_map(struct uk_program *program, const struct uk_start_arguments *arguments,
		  struct uk_loader_failure *failure)
{
	struct uk_process_program *place = &uk_process_current()->program;
	struct uk_file *file = program->main.file;
	int error;

	/* As Linux since 6.14 (bprm->comm_from_dentry). */
	uk_process_set_executable(uk_process_current(), file,
				  arguments->is_by_descriptor && file->path.dentry
					  ? file->path.dentry->name
					  : arguments->execfn);
	if (place->loaded)
		place->loaded->put(place->loaded);
	place->loaded = program;
	error = uk_elf_map_stack(program);
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
