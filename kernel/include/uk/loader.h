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
 * Loads a program into the current process, which has no mappings: finds it as described at
 * executable_open(), checks it and its interpreter, maps both, and builds the stack. Returns 0,
 * with the program for uk_elf_start(); or an errno of execve(2) with *failure set. In that case
 * nothing in the process has changed, unless *result is set too.
 */
int uk_loader_load(struct uk_start_arguments *arguments, const struct uk_program **result,
		   struct uk_loader_failure *failure);

/* The boot step that starts the first program: fills the root from the initial ramdisk, then loads
 * and starts the program. Ends the machine with status 127 if the program or its interpreter does
 * not exist, and 126 if it cannot be executed. */
void uk_loader_run(const struct uk_boot_info *info,
		   struct uk_start_arguments *arguments) __noreturn;

#endif
