/* SPDX-License-Identifier: BSD-3-Clause */
/* Loading a program and building its initial stack. */
#ifndef UK_ELF_LOADER_H
#define UK_ELF_LOADER_H

#include <uk/elf_check.h>
#include <uk/file.h>

/* The file of a program or of its interpreter. */
struct uk_elf_object {
	char *name;	      /* for messages; uk_malloc()ed */
	struct uk_file *file; /* open for reading; has pages to map */
	struct uk_elf_facts facts;
	enum uk_elf_reason reason; /* the reason, if reading it returned -ENOEXEC */
	struct elf_segment *segments;
	uintptr_t base; /* added to the file's addresses */
};

struct uk_program {
	u32 references;				 /* of the processes that execute it */
	void (*put)(struct uk_program *program); /* puts a reference; the last one frees it */
	struct uk_elf_object main, interpreter;	 /* interpreter.file is NULL for a static program */
	uintptr_t entry;  /* start address: the interpreter's, if there is one */
	uintptr_t stack;  /* initial stack pointer */
	uintptr_t random; /* the 16 bytes of AT_RANDOM */
};

struct uk_start_arguments {
	int argc, envc;
	char **argv, **envp;	/* kernel memory */
	const char *executable; /* the path to execute; NULL: argv[0] names it */
	struct uk_file *file;	/* that was opened already, with a reference; NULL: by the path */
	bool is_by_descriptor;	/* the path is not a name: the process gets that of the file */
	bool is_hidden; /* the path will lead nowhere: a script there cannot run (execveat(2)) */
	/* Memory that scripts needed, to be freed by uk_loader_free() when the stack is built. */
	struct uk_loader_memory *memory;
	const char *directory; /* working directory; NULL: the root */
	char *user;	       /* of the first program, USER[:GROUP]; NULL: root */
	const char *execfn;    /* AT_EXECFN: the path that was executed */
};

/* Reads and checks the headers of object->file. -ENOEXEC and object->reason, -ENOMEM, or the error
 * of reading. */
int uk_elf_read(struct uk_elf_object *object);
/* Stores the path in PT_INTERP, to be freed with uk_free(). Errors as uk_elf_read(). */
int uk_elf_read_interpreter(struct uk_elf_object *object, char **path);

/* Maps the objects that were read: ET_EXEC at its link address, others at a random address, the
 * interpreter among the mappings. Call it after mapping the stack. 0, -ENOMEM, -EEXIST (the address
 * is in use). */
int uk_elf_load(struct uk_program *program);

/* Reserves the stack and determines where mappings go. 0 or -ENOMEM. */
int uk_elf_map_stack(struct uk_program *program);
/* Writes argc, argv, envp and auxv to the stack (psABI 3.4.1). 0, -E2BIG (more than a quarter of
 * the stack, as execve(2)), -ENOMEM. */
int uk_elf_build_stack(struct uk_program *program, const struct uk_start_arguments *arguments);

/* AT_PHDR: the address of the program headers in memory; 0 if no segment contains them. */
uintptr_t uk_elf_headers_address(const struct uk_elf_object *object);

/* Jumps to the program. */
void uk_elf_start(const struct uk_program *program) __noreturn;

#endif
