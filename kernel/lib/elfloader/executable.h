/* SPDX-License-Identifier: BSD-3-Clause */
/* From what a person types to the ELF file that runs: PATH, and scripts. */
#ifndef ELFLOADER_EXECUTABLE_H
#define ELFLOADER_EXECUTABLE_H

#include <uk/elf_loader.h>

struct executable {
	struct uk_file *file;
	const char *name;    /* for messages: what was typed, or a script's interpreter */
	const char *problem; /* why not, when the errno does not say it */
};

/*
 * Finds the file that arguments->executable or argv[0] names, as a shell does: what has no slash is
 * looked for in PATH. Sets execfn. Then follows `#!` lines, each of which changes argv, as
 * execve(2) does. 0, or an errno of execve(2), with name and problem in both cases.
 */
int executable_open(struct uk_start_arguments *arguments, struct executable *executable);

#endif
