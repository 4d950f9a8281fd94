/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/errno.h>
#include <uk/permission.h>

/* Linux, acl_permission_check() and generic_permission(). */
int uk_vnode_check_access(const struct uk_vnode *vnode, u32 may)
{
	const struct uk_credentials *credentials = uk_credentials_current();
	bool is_directory = (vnode->mode & S_IFMT) == S_IFDIR;
	u32 mode = vnode->mode;

	if (credentials->fsuid == vnode->uid)
		mode >>= 6;
	else if (uk_credentials_in_group(credentials, vnode->gid))
		mode >>= 3;
	if (!(may & ~mode))
		return 0;
	if (!(may & UK_MAY_WRITE) && (is_directory || may == UK_MAY_READ) &&
	    uk_capable(CAP_DAC_READ_SEARCH))
		return 0;
	if ((is_directory || !(may & UK_MAY_EXECUTE) || vnode->mode & S_IXUGO) &&
	    uk_capable(CAP_DAC_OVERRIDE))
		return 0;
	return vnode->operations->permission ? vnode->operations->permission(vnode, may) : -EACCES;
}

int uk_vnode_check_removal(const struct uk_vnode *directory, const struct uk_vnode *vnode)
{
	uid_t user = uk_credentials_current()->fsuid;
	int error = uk_vnode_permission(directory, UK_MAY_WRITE | UK_MAY_EXECUTE);

	if (error)
		return error;
	if (directory->mode & S_ISVTX && user != vnode->uid && user != directory->uid &&
	    !uk_capable(CAP_FOWNER))
		return -EPERM;
	return 0;
}

/* Linux, inode_init_owner(), mode_strip_sgid(). */
void uk_vnode_set_owner(struct uk_vnode *vnode, const struct uk_vnode *directory)
{
	const struct uk_credentials *credentials = uk_credentials_current();

	vnode->uid = credentials->fsuid;
	vnode->gid = credentials->fsgid;
	if (!directory || !(directory->mode & S_ISGID))
		return;
	vnode->gid = directory->gid;
	if ((vnode->mode & S_IFMT) == S_IFDIR)
		vnode->mode |= S_ISGID;
	else if ((vnode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
		 !uk_credentials_in_group(credentials, vnode->gid) && !uk_capable(CAP_FSETID))
		vnode->mode &= ~(u32)S_ISGID;
}

/* Linux, setattr_should_drop_suidgid(). */
u32 uk_vnode_written_mode(const struct uk_vnode *vnode)
{
	u32 dropped = vnode->mode & S_ISUID;

	if (vnode->mode & S_ISGID &&
	    (vnode->mode & S_IXGRP ||
	     !uk_credentials_in_group(uk_credentials_current(), vnode->gid)))
		dropped |= S_ISGID;
	if (!dropped || (vnode->mode & S_IFMT) != S_IFREG || uk_capable(CAP_FSETID))
		return vnode->mode;
	return vnode->mode & ~dropped;
}

/* Linux, setattr_prepare() and may_setattr(). */
int uk_vnode_check_change(const struct uk_vnode *vnode, struct uk_vnode_attributes *attributes)
{
	const struct uk_credentials *credentials = uk_credentials_current();
	bool is_owner = credentials->fsuid == vnode->uid;
	u32 valid = attributes->valid, times = UK_ATTRIBUTE_ATIME | UK_ATTRIBUTE_MTIME;
	gid_t group = valid & UK_ATTRIBUTE_GID ? attributes->gid : vnode->gid;
	bool is_owner_change = valid & (UK_ATTRIBUTE_UID | UK_ATTRIBUTE_GID);

	if (valid & UK_ATTRIBUTE_UID && !(is_owner && attributes->uid == vnode->uid) &&
	    !uk_capable(CAP_CHOWN))
		return -EPERM;
	if (valid & UK_ATTRIBUTE_GID &&
	    !(is_owner && (uk_credentials_in_group(credentials, attributes->gid) ||
			   attributes->gid == vnode->gid)) &&
	    !uk_capable(CAP_CHOWN))
		return -EPERM;
	/* A new mode that chown(2) has computed needs no permission. */
	if (valid & UK_ATTRIBUTE_MODE && !is_owner_change) {
		if (!uk_vnode_is_owned(vnode))
			return -EPERM;
		if (!uk_credentials_in_group(credentials, group) && !uk_capable(CAP_FSETID))
			attributes->mode &= ~(u32)S_ISGID;
	}
	if (valid & times && !uk_vnode_is_owned(vnode)) {
		if (!(valid & UK_ATTRIBUTE_NOW))
			return -EPERM;
		return uk_vnode_permission(vnode, UK_MAY_WRITE);
	}
	return 0;
}
