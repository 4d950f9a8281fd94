/* SPDX-License-Identifier: BSD-3-Clause */
/* From the name that a user types to the ELF file that runs: PATH, and scripts. */
#ifndef ELFLOADER_EXECUTABLE_H
#define ELFLOADER_EXECUTABLE_H

#include <uk/elf_loader.h>

struct executable {
	struct uk_file *file;
	const char *name;    /* for messages: the name as typed, or a script's interpreter */
	const char *problem; /* why it failed, if the errno does not say it */
};

/*
 * Finds the file that arguments->executable or argv[0] names, as a shell does: a name without a
 * slash is searched for in PATH. Sets execfn. Then follows `#!` lines, each of which changes argv,
 * as execve(2) does. Returns 0 or an errno of execve(2); name and problem are set in both cases.
 */
int executable_open(struct uk_start_arguments *arguments, struct executable *executable);

#endif
