/* SPDX-License-Identifier: BSD-3-Clause */
/* rename(2), renameat2(2). */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/notify.h>
#include <uk/permission.h>

#include "names.h"

static bool is_directory(const struct uk_dentry *dentry)
{
	return uk_vnode_is(dentry->vnode, S_IFDIR);
}

static int check(const struct names_place *old, const struct names_place *new, u32 flags)
{
	const struct uk_dentry *from = old->dentry, *to = new->dentry;
	bool exchange = flags & RENAME_EXCHANGE;

	if (to->vnode && flags & RENAME_NOREPLACE)
		return -EEXIST;
	if (!to->vnode && exchange)
		return -ENOENT;
	/* A trailing slash after a name that is not a directory. */
	if (!is_directory(from) && (old->last.slashes || (!exchange && new->last.slashes)))
		return -ENOTDIR;
	if (exchange && !is_directory(to) && new->last.slashes)
		return -ENOTDIR;
	/* Into itself, and over one of its own ancestors. */
	if (uk_dentry_is_below(new->parent.dentry, from))
		return -EINVAL;
	if (uk_dentry_is_below(old->parent.dentry, to))
		return exchange ? -EINVAL : -ENOTEMPTY;
	if (new->parent.dentry->flags & UK_DENTRY_DELETED)
		return -ENOENT;
	if (to->vnode && !exchange && is_directory(from) != is_directory(to))
		return is_directory(from) ? -ENOTDIR : -EISDIR;
	if ((from->flags | to->flags) & UK_DENTRY_MOUNTED)
		return -EBUSY;
	return 0;
}

/* Linux, vfs_rename(): both names are removed or created, and a directory that moves gets another
 * "..". */
static int check_rights(const struct names_place *old, const struct names_place *new, u32 flags)
{
	const struct uk_vnode *from = old->parent.dentry->vnode, *to = new->parent.dentry->vnode;
	int error = uk_vnode_check_removal(from, old->dentry->vnode);

	if (!error && new->dentry->vnode)
		error = uk_vnode_check_removal(to, new->dentry->vnode);
	else if (!error)
		error = uk_vnode_permission(to, UK_MAY_WRITE | UK_MAY_EXECUTE);
	if (!error && from != to && is_directory(old->dentry))
		error = uk_vnode_permission(old->dentry->vnode, UK_MAY_WRITE);
	if (!error && from != to && flags & RENAME_EXCHANGE && is_directory(new->dentry))
		error = uk_vnode_permission(new->dentry->vnode, UK_MAY_WRITE);
	return error;
}

static void tell(struct uk_dentry *dentry, struct uk_vnode *vnode, u32 event, u32 cookie)
{
	if (uk_notify_listener)
		uk_notify_listener(dentry, vnode, event, cookie);
}

static int move(const struct names_place *old, const struct names_place *new, u32 flags)
{
	static u32 cookie;
	struct uk_vnode *old_directory = old->parent.dentry->vnode;
	struct uk_vnode *new_directory = new->parent.dentry->vnode;
	struct uk_dentry *from = old->dentry, *to = new->dentry;
	struct uk_vnode *replaced = flags & RENAME_EXCHANGE ? NULL : to->vnode;
	char *name = NULL;
	int error;

	/* Two names of one file: no effect (rename(2)). */
	if (from->vnode == to->vnode)
		return 0;
	error = check(old, new, flags);
	if (error)
		return error;
	error = check_rights(old, new, flags);
	if (error)
		return error;
	if (!old_directory->operations->rename)
		return -EPERM;
	if (!(flags & RENAME_EXCHANGE))
		error = dentry_prepare_move(to, &name);
	if (error)
		return error;
	error = old_directory->operations->rename(old_directory, from, new_directory, to, flags);
	if (error) {
		uk_free(name);
		return error;
	}
	tell(from, from->vnode, UK_NOTIFY_MOVED_FROM, ++cookie);
	dentry_move(from, to, name, flags & RENAME_EXCHANGE);
	tell(from, from->vnode, UK_NOTIFY_MOVED_TO, cookie);
	if (replaced)
		uk_notify(NULL, replaced, UK_NOTIFY_ATTRIB); /* its link count changed */
	uk_notify(NULL, from->vnode, UK_NOTIFY_MOVE_SELF);
	if (replaced)
		vfs_tell_deleted(replaced);
	if (flags & RENAME_EXCHANGE) {
		/* The other file came from where the first one is now. */
		tell(from, to->vnode, UK_NOTIFY_MOVED_FROM, ++cookie);
		tell(to, to->vnode, UK_NOTIFY_MOVED_TO, cookie);
		uk_notify(NULL, to->vnode, UK_NOTIFY_MOVE_SELF);
	}
	return 0;
}

int uk_vfs_rename(const struct uk_path *old_start, const char *old_path,
		  const struct uk_path *new_start, const char *new_path, u32 flags)
{
	struct names_place old = {0}, new = {0};
	int error;

	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE) ||
	    flags == (RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	error = names_begin(&old, old_start, old_path);
	if (error)
		return error;
	error = names_begin(&new, new_start, new_path);
	if (error) {
		names_end(&old);
		return error;
	}
	if (old.parent.mount != new.parent.mount)
		error = -EXDEV;
	else if (old.last.kind != UK_LAST_NAME)
		error = -EBUSY;
	else if (new.last.kind != UK_LAST_NAME)
		error = flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	else
		error = uk_mount_check_write(old.parent.mount);
	if (!error)
		error = names_find(&old, false);
	if (!error)
		error = names_find(&new, true);
	if (!error)
		error = move(&old, &new, flags);
	names_end(&new);
	names_end(&old);
	return error;
}
