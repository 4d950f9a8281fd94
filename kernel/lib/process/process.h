/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef PROCESS_PROCESS_H
#define PROCESS_PROCESS_H

#include <uk/process.h>
#include <uk/thread.h>

#define for_each_process(process)                                                                  \
	for (struct uk_process *process = uk_process_after(NULL); process;                         \
	     process = uk_process_after(process))

/* process.c: adds a process to the list of all, or removes it. */
void process_add(struct uk_process *process);
void process_remove(struct uk_process *process);

/* children.c: makes a process the last child of another one, or no one's child. */
void children_add(struct uk_process *parent, struct uk_process *child);
void children_remove(struct uk_process *child);
/* Tells the parent of a zombie about its end. */
void children_tell_end(struct uk_process *process);
/* Gives the children of a process that ends to another parent. */
void children_give_away(struct uk_process *process);

/* pidfd.c: the process has become a zombie; its parent has waited for it. */
void pidfd_wake(struct uk_process *process);
void pidfd_process_gone(struct uk_process *process);

/* group.c: the process ends, or gives a child away: groups that this makes orphaned, and that have
 * a stopped process, are hung up (setpgid(2)). */
void group_hang_up_orphans(const struct uk_process *process);
/* The value of uk_signal_group_is_orphaned. */
bool group_is_orphaned(pid_t group);

#endif
