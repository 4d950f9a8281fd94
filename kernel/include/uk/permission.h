/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the running thread may do something with a file: path_resolution(7), capabilities(7). */
#ifndef UK_PERMISSION_H
#define UK_PERMISSION_H

#include <uk/credentials.h>
#include <uk/linux/stat.h>
#include <uk/vnode.h>

/* As in a mode's bits for "others". */
#define UK_MAY_EXECUTE 1u /* for a directory: search it */
#define UK_MAY_WRITE   2u
#define UK_MAY_READ    4u

/* 0 or -EACCES, by the file system user, its groups, and capabilities. */
int uk_vnode_check_access(const struct uk_vnode *vnode, u32 may);
static inline int uk_vnode_permission(const struct uk_vnode *vnode, u32 may)
{
	if (likely(uk_capable(CAP_DAC_OVERRIDE)) &&
	    (!(may & UK_MAY_EXECUTE) || (vnode->mode & S_IFMT) == S_IFDIR))
		return 0;
	return uk_vnode_check_access(vnode, may);
}
/* Whether it is the owner, or may act as the owner. */
static inline bool uk_vnode_is_owned(const struct uk_vnode *vnode)
{
	return uk_credentials_current()->fsuid == vnode->uid || uk_capable(CAP_FOWNER);
}
/* Whether a name that leads to vnode may be removed from the directory: 0, -EACCES, or -EPERM (the
 * directory is sticky, and both belong to others). */
int uk_vnode_check_removal(const struct uk_vnode *directory, const struct uk_vnode *vnode);
/* Sets owner and group of a new node in a directory (inode(7)); the group, and for a directory
 * S_ISGID, are those of a directory with S_ISGID. */
void uk_vnode_set_owner(struct uk_vnode *vnode, const struct uk_vnode *directory);
/* The mode of a regular file after the running thread has written to it: without the set-ID bits
 * unless it has CAP_FSETID. */
u32 uk_vnode_written_mode(const struct uk_vnode *vnode);
/*
 * chmod(2), chown(2), utimensat(2): whether the attributes may be changed as requested; may remove
 * S_ISGID from a new mode. 0, -EPERM, or -EACCES (times set to "now").
 */
struct uk_vnode_attributes;
int uk_vnode_check_change(const struct uk_vnode *vnode, struct uk_vnode_attributes *attributes);

#endif
