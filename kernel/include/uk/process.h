/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest process. */
#ifndef UK_PROCESS_H
#define UK_PROCESS_H

#include <uk/essentials.h>
#include <uk/linux/resource.h>
#include <uk/process_timers.h>
#include <uk/thread.h>

struct uk_file;
struct uk_vma;

/* Where the loader placed what /proc/self shows: addresses of the program, 0 before it is
 * loaded. */
struct uk_process_memory {
	uintptr_t arguments, arguments_end;	/* argv's strings */
	uintptr_t environment, environment_end; /* envp's strings */
	uintptr_t auxiliary, auxiliary_end;	/* the auxiliary vector */
	uintptr_t entry;			/* of the program, not of its interpreter */
	uintptr_t stack;			/* the initial stack pointer */
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

/* Sets the executed file, which gets a reference; the last component of the path by which it was
 * executed becomes the name. */
void uk_process_set_executable(struct uk_file *file, const char *path);
/* Sets the first thread's name, truncated to what fits. */
void uk_process_set_name(const char *name);

/* Writes a line of /proc/self/maps (proc_pid_maps(5)), including its newline, not terminated.
 * Returns its length. The buffer has UK_PROCESS_MAPPING_MAX bytes: enough for a path of PATH_MAX
 * with every byte escaped. */
#define UK_PROCESS_MAPPING_MAX (4 * (4096 + 16) + 128)
size_t uk_process_mapping_line(const struct uk_vma *vma, char *buffer);

#endif
