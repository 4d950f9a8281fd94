/* SPDX-License-Identifier: BSD-3-Clause */
/* From the name of a program to its first instruction. */
#ifndef UK_LOADER_H
#define UK_LOADER_H

#include <uk/elf_loader.h>
#include <uk/plat.h>

/* The reason why a program cannot be executed, in addition to the errno: for a message. */
struct uk_loader_failure {
	const char *name;	 /* the program as given by the user, or a script's interpreter */
	const char *problem;	 /* details that the errno does not express; NULL: none */
	const char *interpreter; /* the PT_INTERP path, if opening it failed; else NULL */
};

/*
 * Finds a program as described at executable_open(), and checks it and its interpreter, without
 * changing the process. Returns 0, with a program that has one reference; or an errno of execve(2)
 * with *failure set (failure NULL: not wanted).
 */
int uk_loader_find(struct uk_start_arguments *arguments, struct uk_program **result,
		   struct uk_loader_failure *failure);
/* Makes it the program of the current process, whose address space has no mappings: maps it and its
 * interpreter, and builds the stack. Takes over the reference, also if it fails: 0, or an errno as
 * above, after which the process cannot go on. */
int uk_loader_map(struct uk_program *program, const struct uk_start_arguments *arguments,
		  struct uk_loader_failure *failure);
/* Bytes that the strings of argv and envp may take, each with a pointer; whether they do, after
 * scripts have added theirs (execve(2), E2BIG). */
size_t uk_loader_arguments_limit(void);
bool uk_loader_arguments_fit(const struct uk_start_arguments *arguments);
/* Frees what uk_loader_find() allocated for the arguments. */
void uk_loader_free(struct uk_start_arguments *arguments);

/* The boot step that starts the first program: fills the root from the initial ramdisk, then loads
 * and starts the program. Ends the machine with status 127 if the program or its interpreter does
 * not exist, and 126 if it cannot be executed. */
void uk_loader_run(const struct uk_boot_info *info,
		   struct uk_start_arguments *arguments) __noreturn;

#endif
