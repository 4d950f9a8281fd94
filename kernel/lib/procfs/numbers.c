/* SPDX-License-Identifier: BSD-3-Clause */
/* Directories whose names are numbers: the root, of processes, and task/, of a process's threads.
 */
#include <uk/errno.h>
#include <uk/process.h>
#include <uk/string.h>

#include "procfs.h"

#define DIGITS_MAX   10
#define NUMBER_MAX   4194304 /* Linux, PID_MAX_LIMIT on 64 bits; fits into INO_NUMBER_BITS */
#define FIRST_OFFSET 256     /* of a number in a listing, after the table: FIRST_PROCESS_ENTRY */

static const struct entry process_directory = {"", S_IFDIR | 0555,
					       .entries = process_directory_entries};
/* A thread's directory has the same entries except the first one, task. */
static const struct entry thread_directory = {"", S_IFDIR | 0555,
					      .entries = process_directory_entries + 1};

struct uk_thread *node_thread(const struct node *node)
{
	const struct uk_process *process = uk_process_find(node->pid);
	struct uk_thread *thread = process ? uk_thread_next(process, node->tid) : NULL;

	return thread && thread->tid == node->tid ? thread : NULL;
}

int parse_number(const char *name)
{
	int number = 0;

	if (*name == '0' && name[1])
		return -1;
	for (; *name; name++) {
		if (*name < '0' || *name > '9' || number > NUMBER_MAX)
			return -1;
		number = number * 10 + (*name - '0');
	}
	return number;
}

/* Returns the lowest number in the directory that is not below lowest, or 0. */
static pid_t next_number(const struct node *directory, pid_t lowest)
{
	const struct uk_process *process;
	const struct uk_thread *thread;

	if (!directory->pid) {
		process = uk_process_next(lowest);
		return process ? process->pid : 0;
	}
	process = uk_process_find(directory->pid);
	thread = process ? uk_thread_next(process, lowest) : NULL;
	return thread ? thread->tid : 0;
}

static u64 number_ino(const struct node *directory, pid_t number)
{
	return (directory->pid ? INO_THREADS : INO_PROCESSES) << INO_NUMBER_BITS | (u64)number;
}

static int numbers_lookup(struct uk_vnode *vnode, struct uk_dentry *dentry)
{
	const struct node *directory = node_of(vnode);
	pid_t number = parse_number(dentry->name);
	struct node *node;

	if (number <= 0 || next_number(directory, number) != number)
		return table_lookup(vnode, dentry);
	node = node_new(dentry, directory->pid ? &thread_directory : &process_directory,
			number_ino(directory, number));
	if (!node)
		return -ENOMEM;
	node->pid = directory->pid ? directory->pid : number;
	node->tid = number;
	node_set_owner(node);
	return 0;
}

/* A number is looked up again when its process or thread has ended, because another one may have it
 * by then. All cached names exist: a lookup that fails caches none. */
static int numbers_revalidate(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	struct node *node = node_of(dentry->vnode);

	if (node_has_ended(node))
		return 0;
	if (node->pid)
		node_set_owner(node);
	return 1;
}

static int numbers_getattr(struct uk_vnode *vnode)
{
	const struct node *directory = node_of(vnode);

	vnode->nlink = table_links(directory->entry->entries);
	for (pid_t number = 0; (number = next_number(directory, number + 1));)
		vnode->nlink++;
	return 0;
}

static int numbers_list(struct uk_file *file, struct uk_listing *listing)
{
	const struct node *directory = node_of(file->vnode);
	char name[DIGITS_MAX + 1];
	pid_t number;

	if (node_has_ended(directory))
		return -ENOENT;
	if (!table_add(file, listing))
		return 0;
	for (s64 lowest = MAX(file->offset - FIRST_OFFSET, (s64)1);
	     lowest <= NUMBER_MAX && (number = next_number(directory, (pid_t)lowest));
	     lowest = number + 1) {
		s64 next = FIRST_OFFSET + number + 1;
		int length = uk_snprintf(name, sizeof(name), "%d", number);

		if (!uk_listing_add(listing, name, (size_t)length, number_ino(directory, number),
				    S_IFDIR, next))
			break;
		file->offset = next;
	}
	return 0;
}

const struct uk_vnode_operations numbers_operations = {
	.lookup = numbers_lookup,
	.revalidate = numbers_revalidate,
	.getattr = numbers_getattr,
	.setattr = node_setattr,
};
const struct uk_file_operations open_numbers_operations = {
	.read = directory_read,
	.list = numbers_list,
};
