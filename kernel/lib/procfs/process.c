/* SPDX-License-Identifier: BSD-3-Clause */
/* The directory of a process, and those of its files that are constants or single values:
 * proc_pid(5). */
#include <uk/errno.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/thread.h>

#include "procfs.h"

#define OOM_SCORE_ADJ_MAX 1000 /* and its negative: proc_pid_oom_score_adj(5) */

static SHOW(show_comm)
{
	text_print(text, "%s\n", thread->name);
	return 0;
}

/* Only of the writer's own process: Linux, fs/proc/base.c, comm_write(). */
static int store_comm(struct uk_thread *thread, const char *text)
{
	if (thread->process != uk_process_current())
		return -EINVAL;
	uk_thread_set_name(thread, text);
	return 0;
}

/* No process is killed when memory is exhausted: the value is only stored and shown. */
static SHOW(show_oom_score_adj)
{
	text_print(text, "%d\n", thread->process->oom_score_adj);
	return 0;
}

static int store_oom_score_adj(struct uk_thread *thread, const char *text)
{
	bool negative = *text == '-';
	u64 value;

	if (uk_parse_u64(text + negative, &text, &value) || value > OOM_SCORE_ADJ_MAX ||
	    (*text && *text != '\n'))
		return -EINVAL;
	thread->process->oom_score_adj = negative ? -(int)value : (int)value;
	return 0;
}

/* user_namespaces(7): the identity mapping. */
#define ID_MAP "         0          0 4294967295"

#define DESCRIPTORS(of)                                                                            \
	.operations = &(of), .file_operations = &open_descriptors_operations,                      \
	.flags = UK_VNODE_UNCACHED

const struct entry process_directory_entries[] = {
	{"task", S_IFDIR | 0555, .operations = &numbers_operations,
	 .file_operations = &open_numbers_operations},
	{"auxv", S_IFREG | 0400, .show = show_auxiliary},
	{"cgroup", S_IFREG | 0444, .contents = "0::/"},
	{"cmdline", S_IFREG | 0444, .show = show_arguments},
	{"comm", S_IFREG | 0644, .show = show_comm, .store = store_comm},
	{"cwd", S_IFLNK | 0777, .operations = &current_operations},
	{"environ", S_IFREG | 0400, .show = show_environment},
	{"exe", S_IFLNK | 0777, .operations = &executable_operations},
	{"fd", S_IFDIR | 0500, DESCRIPTORS(links_directory_operations)},
	{"fdinfo", S_IFDIR | 0555, DESCRIPTORS(information_directory_operations)},
	{"gid_map", S_IFREG | 0444, .contents = ID_MAP},
	{"limits", S_IFREG | 0444, .show = show_limits},
	{"maps", S_IFREG | 0444, .show = show_maps},
	{"mountinfo", S_IFREG | 0444, .show = show_mountinfo},
	{"mounts", S_IFREG | 0444, .show = show_mounts},
	{"oom_score", S_IFREG | 0444, .contents = "0"},
	{"oom_score_adj", S_IFREG | 0644, .show = show_oom_score_adj, .store = store_oom_score_adj},
	{"root", S_IFLNK | 0777, .operations = &root_operations},
	{"setgroups", S_IFREG | 0444, .contents = "allow"},
	{"smaps", S_IFREG | 0444, .show = show_smaps},
	{"stat", S_IFREG | 0444, .show = show_stat},
	{"statm", S_IFREG | 0444, .show = show_statm},
	{"status", S_IFREG | 0444, .show = show_status},
	{"uid_map", S_IFREG | 0444, .contents = ID_MAP},
	{0},
};
