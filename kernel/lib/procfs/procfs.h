/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * File systems that show what the kernel knows. Their trees are tables of entries; a vnode is made
 * when a name is looked up, and text when it is read.
 */
#ifndef PROCFS_PROCFS_H
#define PROCFS_PROCFS_H

#include <uk/vfs.h>

#include "text.h"

struct node;

struct entry {
	const char *name; /* NULL ends a table */
	u32 mode;	  /* type and permission bits */

	/* One of these. */
	const struct entry *entries; /* of a directory */
	const char *contents;	     /* a regular file's one line, or what a symbolic link says */
	/*
	 * Writes the part of the text that begins at `part`: 0 at first, then what the call before
	 * returned; 0 when it was the last. So a text of any length needs memory for a part only.
	 */
	u64 (*show)(const struct node *node, struct text *text, u64 part);
	const struct uk_vnode_operations *operations; /* of a link, of a directory without table */

	/* With operations, of a directory. */
	const struct uk_file_operations *file_operations;
	u32 flags; /* UK_VNODE_* */
	/* write(2) to a regular file: 0 or a negative errno. The text is terminated. */
	int (*store)(const char *text);
};

struct node {
	struct uk_vnode vnode;
	const struct entry *entry;
	int fd; /* in fd/ and fdinfo/: which */
};
static inline struct node *node_of(const struct uk_vnode *vnode)
{
	return container_of(vnode, struct node, vnode);
}

/* Numbers of nodes: one entry of a table has 6 bits behind the directory's, a descriptor 17; so
 * each has its own. */
#define INO_ROOT	    1
#define INO_ENTRY_BITS	    6
#define INO_DESCRIPTOR_BITS 17

/* A vnode for an entry, given to the dentry. 0 or -ENOMEM. */
int node_new(struct uk_dentry *dentry, const struct entry *entry, u64 ino, int fd);
/* `mount` of a file system type: a tree. */
int tree_mount(const struct uk_filesystem_type *type, const struct entry *root, u64 magic,
	       struct uk_superblock **superblock);
/* For the operations of all nodes, and of open directories. */
int node_setattr(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);
ssize_t directory_read(struct uk_file *file, void *buffer, size_t length, s64 offset);

extern const struct uk_file_operations text_file_operations;

/* The tables, and what stands in them. */
extern const struct entry sysctl_entries[];
extern const struct entry process_directory_entries[];
extern const struct uk_vnode_operations links_directory_operations,
	information_directory_operations;
extern const struct uk_file_operations open_descriptors_operations;
extern const struct uk_vnode_operations executable_operations, current_operations, root_operations;

#define SHOW(name) u64 name(const struct node *node, struct text *text, u64 part)
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

/* The names of the processor's features, of those that Linux names, with a space before each. */
void put_cpu_flags(struct text *text);

#endif
