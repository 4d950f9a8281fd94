/* SPDX-License-Identifier: BSD-3-Clause */
/* Loading a program and building its initial stack. */
#ifndef UK_ELF_LOADER_H
#define UK_ELF_LOADER_H

#include <uk/elf_check.h>

struct uk_program {
	const char *name;  /* for messages */
	const void *image; /* the file, page-aligned, its last page zero-filled */
	size_t image_size;
	struct uk_elf_facts facts;
	uintptr_t base; /* what is added to the file's addresses */
	uintptr_t entry;
	uintptr_t stack;  /* initial stack pointer */
	uintptr_t random; /* the 16 bytes of AT_RANDOM */
};

struct uk_start_arguments {
	int argc, envc;
	char **argv, **envp; /* kernel memory */
	const char *execfn;  /* AT_EXECFN: the path that was executed */
};

/* Checks and maps program->image at a random address; sets facts, base, entry. UK_ELF_OK, or why
 * not; UK_ELF_TOO_LARGE also when memory runs out. */
enum uk_elf_reason uk_elf_load(struct uk_program *program);

/* Makes the stack and writes argc, argv, envp and auxv to it (psABI 3.4.1). 0, -E2BIG (more than a
 * quarter of the stack, as execve(2)), -ENOMEM. */
int uk_elf_build_stack(struct uk_program *program, const struct uk_start_arguments *arguments);

/* AT_PHDR: where the program headers are in memory; 0 when no segment holds them. */
uintptr_t uk_elf_headers_address(const struct uk_program *program);

/* Jumps to the program. */
void uk_elf_start(const struct uk_program *program) __noreturn;

#endif
