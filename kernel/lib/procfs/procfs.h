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

struct entry {
	const char *name; /* NULL ends a table */
	u32 mode;	  /* type and permission bits */

	/* At most one of these. */
	const struct entry *entries; /* of a directory */
	/* the single line of a regular file, or the target of a symbolic link */
	const char *contents;
	/*
	 * Writes the part of the text that begins at `part`, and returns the value of `part` for
	 * the next call: 0 at first, and 0 again after the last part. So a text of any length needs
	 * only enough memory for one part.
	 */
	u64 (*show)(const struct node *node, struct text *text, u64 part);
	/* of a link, or of a directory without a table */
	const struct uk_vnode_operations *operations;

	/* With operations: of a directory. */
	const struct uk_file_operations *file_operations;
	u32 flags; /* UK_VNODE_* */
	/* write(2) to a regular file: 0 or a negative errno. The text is terminated. */
	int (*store)(const char *text);
};

struct node {
	struct uk_vnode vnode;
	const struct entry *entry;
	int fd; /* in fd/ and fdinfo/: the descriptor */
};
static inline struct node *node_of(const struct uk_vnode *vnode)
{
	return container_of(vnode, struct node, vnode);
}

/* Inode numbers: an entry of a table appends 6 bits to its directory's number, a descriptor 17, so
 * that each number is unique. */
#define INO_ROOT	    1
#define INO_ENTRY_BITS	    6
#define INO_DESCRIPTOR_BITS 17

/* Creates a vnode for an entry and sets it in the dentry. 0 or -ENOMEM. */
int node_new(struct uk_dentry *dentry, const struct entry *entry, u64 ino, int fd);
/* `mount` of a file system type: creates a tree. */
int tree_mount(const struct uk_filesystem_type *type, const struct entry *root, u64 magic,
	       struct uk_superblock **superblock);
/* Used by the operations of all nodes, and of open directories. */
int node_setattr(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);
ssize_t directory_read(struct uk_file *file, void *buffer, size_t length, s64 offset);

extern const struct uk_file_operations text_file_operations;

/* The tables, and the files in them. */
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

/* Writes the names of the processor's features, for those that Linux names, each after a space. */
void put_cpu_flags(struct text *text);

#endif
