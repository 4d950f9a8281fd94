/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * File systems that show the kernel's data. Their trees are tables of entries; a vnode is created
 * when a name is looked up, and text is generated when it is read.
 */
#ifndef PROCFS_PROCFS_H
#define PROCFS_PROCFS_H

#include <uk/vfs.h>

#include "text.h"

struct node;
struct uk_thread;

struct entry {
	const char *name; /* NULL ends a table */
	u32 mode;	  /* type and permission bits */

	/* At most one of these, except that a directory may have a table and operations. */
	const struct entry *entries; /* of a directory */
	/* the single line of a regular file, or the target of a symbolic link */
	const char *contents;
	/*
	 * Writes the part of the text that begins at `part`, and returns the value of `part` for
	 * the next call: 0 at first, and 0 again after the last part. So a text of any length needs
	 * only enough memory for one part. thread: node_thread(), NULL for a file of the machine.
	 */
	u64 (*show)(const struct node *node, struct uk_thread *thread, struct text *text, u64 part);
	/* of a link, or of a directory with other names than its table's */
	const struct uk_vnode_operations *operations;

	/* With operations: of a directory. */
	const struct uk_file_operations *file_operations;
	u32 flags; /* UK_VNODE_* */
	/* write(2) to a regular file: 0 or a negative errno. The text is terminated. */
	int (*store)(struct uk_thread *thread, const char *text);
};

struct node {
	struct uk_vnode vnode;
	const struct entry *entry;
	/* Below the directory of a process: its number, and that of the thread whose data are
	 * shown, which is the first one outside of task/. 0 elsewhere. Not pointers, because a node
	 * may outlive its process. */
	pid_t pid, tid;
	int fd; /* in fd/ and fdinfo/: the descriptor */
};
static inline struct node *node_of(const struct uk_vnode *vnode)
{
	return container_of(vnode, struct node, vnode);
}

/* Inode numbers: an entry of a table appends 6 bits to its directory's number, a descriptor 17, so
 * that each number is unique. The directories of processes and of threads append their number to
 * that of one of two entries that no root has. */
#define INO_ROOT	    1
#define INO_ENTRY_BITS	    6
#define INO_DESCRIPTOR_BITS 17
#define INO_NUMBER_BITS	    23
#define INO_PROCESSES	    (INO_ROOT << INO_ENTRY_BITS | 0UL)
#define INO_THREADS	    (INO_ROOT << INO_ENTRY_BITS | 63UL)

/* Creates a node for an entry and sets it in the dentry. It shows the same thread as the dentry's
 * parent. NULL: no memory. */
struct node *node_new(struct uk_dentry *dentry, const struct entry *entry, u64 ino);
/* Gives the node of a process the process's effective user, or, unless everybody may look, root if
 * the process is not dumpable: proc(5). */
void node_set_owner(struct node *node);
/* The thread whose data the node shows. NULL: it has ended, or the node shows the machine. */
struct uk_thread *node_thread(const struct node *node);
/* Whether the thread whose data the node shows has ended. Then names are not found (ENOENT), and
 * text cannot be read or written (ESRCH), as on Linux. */
static inline bool node_has_ended(const struct node *node)
{
	return node->pid && !node_thread(node);
}
/* `mount` of a file system type: creates a tree. */
int tree_mount(const struct uk_filesystem_type *type, const struct entry *root, u64 magic,
	       struct uk_superblock **superblock);
/* Used by the operations of all nodes, and of open directories. */
int node_setattr(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);
ssize_t directory_read(struct uk_file *file, void *buffer, size_t length, s64 offset);

/* For directories with other names than their table's (entries NULL: no table). `nlink`: 2 plus the
 * number of subdirectories in the table. Adding the table to a listing: false when it is full. */
u32 table_links(const struct entry *entries);
int table_lookup(struct uk_vnode *directory, struct uk_dentry *dentry);
bool table_add(struct uk_file *file, struct uk_listing *listing);
/* The number that a name is, in decimal and without leading zeroes, or -1. */
int parse_number(const char *name);
/* Copies the target of a link to the buffer of readlink; returns its length. */
ssize_t copy_target(const char *target, char *buffer, size_t size);

extern const struct uk_file_operations text_file_operations;

/* The tables, and the files in them. */
extern const struct entry sysctl_entries[];
extern const struct entry process_directory_entries[];
extern const struct uk_vnode_operations links_directory_operations,
	information_directory_operations;
extern const struct uk_file_operations open_descriptors_operations;
extern const struct uk_vnode_operations executable_operations, current_operations, root_operations;
extern const struct uk_vnode_operations self_operations, thread_self_operations;
/* of a directory of processes, which is a root, or of threads */
extern const struct uk_vnode_operations numbers_operations;
extern const struct uk_file_operations open_numbers_operations;

#define SHOW(name)                                                                                 \
	u64 name(const struct node *node, struct uk_thread *thread, struct text *text, u64 part)
SHOW(show_cpuinfo);
SHOW(show_meminfo);
SHOW(show_uptime);
SHOW(show_loadavg);
SHOW(show_version);
SHOW(show_machine_stat);
SHOW(show_filesystems);
SHOW(show_command_line);
SHOW(show_devices);
SHOW(show_stat);
SHOW(show_statm);
SHOW(show_status);
SHOW(show_limits);
SHOW(show_maps);
SHOW(show_smaps);
SHOW(show_mounts);
SHOW(show_mountinfo);
SHOW(show_arguments);
SHOW(show_environment);
SHOW(show_auxiliary);

/* Writes the names of the processor's features, for those that Linux names, each after a space. */
void put_cpu_flags(struct text *text);

#endif
