/* SPDX-License-Identifier: BSD-3-Clause */
/* From the name of a program to its first instruction. */
#ifndef UK_LOADER_H
#define UK_LOADER_H

#include <uk/elf_loader.h>
#include <uk/plat.h>

/* Why a program cannot be executed, beside the errno: for a message. */
struct uk_loader_failure {
	const char *name;	 /* the program, as it was named, or a script's interpreter */
	const char *problem;	 /* what the errno does not say; NULL: nothing */
	const char *interpreter; /* PT_INTERP, which cannot be opened; NULL: not the reason */
};

/*
 * Loads a program into the current process, which has no mappings: finds it as executable_open()
 * says, checks it and its interpreter, maps both, builds the stack. 0, with the program for
 * uk_elf_start(); or an errno of execve(2) with *failure set. Unless *result is set too, nothing of
 * the process has changed then.
 */
int uk_loader_load(struct uk_start_arguments *arguments, const struct uk_program **result,
		   struct uk_loader_failure *failure);

/* Boot's step to the first program: fills the root from the initial ramdisk, loads the program and
 * starts it. Ends the machine with status 127 if the program or its interpreter does not exist, and
 * 126 if it cannot be executed. */
void uk_loader_run(const struct uk_boot_info *info,
		   struct uk_start_arguments *arguments) __noreturn;

#endif
