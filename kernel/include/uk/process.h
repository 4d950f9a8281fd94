/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts about the one process. */
#ifndef UK_PROCESS_H
#define UK_PROCESS_H

#include <uk/essentials.h>
#include <uk/linux/resource.h>
#include <uk/process_timers.h>
#include <uk/thread.h>

struct uk_file;
struct uk_vma;

/* Where the loader put what /proc/self tells: addresses of the program, 0 before it is loaded. */
struct uk_process_memory {
	uintptr_t arguments, arguments_end;	/* argv's strings */
	uintptr_t environment, environment_end; /* envp's */
	uintptr_t auxiliary, auxiliary_end;	/* the auxiliary vector */
	uintptr_t entry;			/* of the program, not of its interpreter */
	uintptr_t stack;			/* the first stack pointer */
};

struct uk_process {
	struct uk_file *executable; /* with a reference; NULL before it is loaded */
	struct uk_process_memory memory;
	struct rlimit limits[RLIM_NLIMITS];
	struct uk_process_timers timers;
	bool no_new_privs;
	int dumpable;		    /* PR_GET_DUMPABLE */
	bool membarrier_registered; /* MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED */
	int oom_score_adj;	    /* proc_pid_oom_score_adj(5) */
};
extern struct uk_process uk_process;

/* The file that is executed, which gets a reference; the last component of the path it was executed
 * by is the name. */
void uk_process_set_executable(struct uk_file *file, const char *path);
/* The first thread's name; what fits of it is kept. */
void uk_process_set_name(const char *name);

/* A line of /proc/self/maps (proc_pid_maps(5)) with its newline, not terminated; its length. The
 * buffer has UK_PROCESS_MAPPING_MAX bytes: for a path of PATH_MAX whose every byte is escaped. */
#define UK_PROCESS_MAPPING_MAX (4 * (4096 + 16) + 128)
size_t uk_process_mapping_line(const struct uk_vma *vma, char *buffer);

#endif
