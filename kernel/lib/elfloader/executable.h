/* SPDX-License-Identifier: BSD-3-Clause */
/* From what a person types to the ELF file that runs: PATH, and scripts. */
#ifndef ELFLOADER_EXECUTABLE_H
#define ELFLOADER_EXECUTABLE_H

#include <uk/elf_loader.h>

struct executable {
	struct uk_file *file;
	/* What went wrong, terminated: a path; and why, when the errno does not say it. */
	const char *name;
	const char *problem;
};

/*
 * Finds the file that arguments->executable or argv[0] names, as a shell does: what has no slash is
 * looked for in PATH. Sets execfn. Then follows `#!` lines, each of which changes argv, as
 * execve(2) does. 0, or an errno of execve(2) with name and problem.
 */
int executable_open(struct uk_start_arguments *arguments, struct executable *executable);

#endif
