/* SPDX-License-Identifier: BSD-3-Clause */
/* User and group numbers: credentials(7). The rules are those of Linux, kernel/sys.c. */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#define KEEP UINT32_MAX /* -1: leave the number as it is */

UK_SYSCALL_R_DEFINE(uid_t, getuid)
{
	return uk_credentials_current()->uid;
}

UK_SYSCALL_R_DEFINE(uid_t, geteuid)
{
	return uk_credentials_current()->euid;
}

UK_SYSCALL_R_DEFINE(gid_t, getgid)
{
	return uk_credentials_current()->gid;
}

UK_SYSCALL_R_DEFINE(gid_t, getegid)
{
	return uk_credentials_current()->egid;
}

static int put_three(u32 __user *first, u32 __user *second, u32 __user *third, u32 real,
		     u32 effective, u32 saved)
{
	if (copy_to_user(first, &real, sizeof(real)) ||
	    copy_to_user(second, &effective, sizeof(effective)) ||
	    copy_to_user(third, &saved, sizeof(saved)))
		return -EFAULT;
	return 0;
}

UK_SYSCALL_R_DEFINE(int, getresuid, uid_t *, ruid, uid_t *, euid, uid_t *, suid)
{
	const struct uk_credentials *own = uk_credentials_current();

	return put_three(ruid, euid, suid, own->uid, own->euid, own->suid);
}

UK_SYSCALL_R_DEFINE(int, getresgid, gid_t *, rgid, gid_t *, egid, gid_t *, sgid)
{
	const struct uk_credentials *own = uk_credentials_current();

	return put_three(rgid, egid, sgid, own->gid, own->egid, own->sgid);
}

/* Ends a change: 0, or -EPERM if it is not allowed. */
static int finish(struct uk_credentials *changed, bool allowed, bool is_user)
{
	if (!allowed) {
		uk_credentials_put(changed);
		return -EPERM;
	}
	if (is_user) {
		changed->fsuid = changed->euid;
		uk_credentials_fix_capabilities(changed, uk_credentials_current(), false);
	} else {
		changed->fsgid = changed->egid;
	}
	uk_credentials_commit(changed);
	return 0;
}

UK_SYSCALL_R_DEFINE(int, setuid, uid_t, uid)
{
	const struct uk_credentials *own = uk_credentials_current();
	struct uk_credentials *changed;
	bool privileged = uk_capable(CAP_SETUID);

	if (uid == KEEP)
		return -EINVAL;
	changed = uk_credentials_begin();
	if (!changed)
		return -ENOMEM;
	changed->euid = uid;
	if (privileged)
		changed->uid = changed->suid = uid;
	return finish(changed, privileged || uid == own->uid || uid == own->suid, true);
}

UK_SYSCALL_R_DEFINE(int, setgid, gid_t, gid)
{
	const struct uk_credentials *own = uk_credentials_current();
	struct uk_credentials *changed;
	bool privileged = uk_capable(CAP_SETGID);

	if (gid == KEEP)
		return -EINVAL;
	changed = uk_credentials_begin();
	if (!changed)
		return -ENOMEM;
	changed->egid = gid;
	if (privileged)
		changed->gid = changed->sgid = gid;
	return finish(changed, privileged || gid == own->gid || gid == own->sgid, false);
}

UK_SYSCALL_R_DEFINE(int, setreuid, uid_t, ruid, uid_t, euid)
{
	const struct uk_credentials *own = uk_credentials_current();
	struct uk_credentials *changed = uk_credentials_begin();
	bool allowed = uk_capable(CAP_SETUID);

	if (!changed)
		return -ENOMEM;
	allowed |= (ruid == KEEP || ruid == own->uid || ruid == own->euid) &&
		   (euid == KEEP || euid == own->uid || euid == own->euid || euid == own->suid);
	if (ruid != KEEP)
		changed->uid = ruid;
	if (euid != KEEP)
		changed->euid = euid;
	if (ruid != KEEP || (euid != KEEP && euid != own->uid))
		changed->suid = changed->euid;
	return finish(changed, allowed, true);
}

UK_SYSCALL_R_DEFINE(int, setregid, gid_t, rgid, gid_t, egid)
{
	const struct uk_credentials *own = uk_credentials_current();
	struct uk_credentials *changed = uk_credentials_begin();
	bool allowed = uk_capable(CAP_SETGID);

	if (!changed)
		return -ENOMEM;
	allowed |= (rgid == KEEP || rgid == own->gid || rgid == own->egid) &&
		   (egid == KEEP || egid == own->gid || egid == own->egid || egid == own->sgid);
	if (rgid != KEEP)
		changed->gid = rgid;
	if (egid != KEEP)
		changed->egid = egid;
	if (rgid != KEEP || (egid != KEEP && egid != own->gid))
		changed->sgid = changed->egid;
	return finish(changed, allowed, false);
}

static bool is_own_user(const struct uk_credentials *own, uid_t user)
{
	return user == KEEP || user == own->uid || user == own->euid || user == own->suid;
}

static bool is_own_group(const struct uk_credentials *own, gid_t group)
{
	return group == KEEP || group == own->gid || group == own->egid || group == own->sgid;
}

UK_SYSCALL_R_DEFINE(int, setresuid, uid_t, ruid, uid_t, euid, uid_t, suid)
{
	const struct uk_credentials *own = uk_credentials_current();
	struct uk_credentials *changed = uk_credentials_begin();

	if (!changed)
		return -ENOMEM;
	if (ruid != KEEP)
		changed->uid = ruid;
	if (euid != KEEP)
		changed->euid = euid;
	if (suid != KEEP)
		changed->suid = suid;
	return finish(changed,
		      uk_capable(CAP_SETUID) || (is_own_user(own, ruid) && is_own_user(own, euid) &&
						 is_own_user(own, suid)),
		      true);
}

UK_SYSCALL_R_DEFINE(int, setresgid, gid_t, rgid, gid_t, egid, gid_t, sgid)
{
	const struct uk_credentials *own = uk_credentials_current();
	struct uk_credentials *changed = uk_credentials_begin();

	if (!changed)
		return -ENOMEM;
	if (rgid != KEEP)
		changed->gid = rgid;
	if (egid != KEEP)
		changed->egid = egid;
	if (sgid != KEEP)
		changed->sgid = sgid;
	return finish(changed,
		      uk_capable(CAP_SETGID) ||
			      (is_own_group(own, rgid) && is_own_group(own, egid) &&
			       is_own_group(own, sgid)),
		      false);
}

/* The next two return the previous number, whether or not it was changed. */
UK_LLSYSCALL_R_DEFINE(int, setfsuid, uid_t, fsuid)
{
	const struct uk_credentials *own = uk_credentials_current();
	uid_t previous = own->fsuid;
	struct uk_credentials *changed;

	if (fsuid == KEEP || fsuid == previous ||
	    !(uk_capable(CAP_SETUID) || is_own_user(own, fsuid)))
		return (int)previous;
	changed = uk_credentials_begin();
	if (!changed)
		return (int)previous;
	changed->fsuid = fsuid;
	uk_credentials_fix_capabilities(changed, own, true);
	uk_credentials_commit(changed);
	return (int)previous;
}

UK_LLSYSCALL_R_DEFINE(int, setfsgid, gid_t, fsgid)
{
	const struct uk_credentials *own = uk_credentials_current();
	gid_t previous = own->fsgid;
	struct uk_credentials *changed;

	if (fsgid == KEEP || fsgid == previous ||
	    !(uk_capable(CAP_SETGID) || is_own_group(own, fsgid)))
		return (int)previous;
	changed = uk_credentials_begin();
	if (!changed)
		return (int)previous;
	changed->fsgid = fsgid;
	uk_credentials_commit(changed);
	return (int)previous;
}

UK_SYSCALL_R_DEFINE(int, getgroups, int, size, gid_t *, list)
{
	const struct uk_groups *groups = uk_credentials_current()->groups;
	int count = groups ? (int)groups->count : 0;

	if (size < 0)
		return -EINVAL;
	if (!size || !count)
		return count;
	if (size < count)
		return -EINVAL;
	return copy_to_user(list, groups->of, (size_t)count * sizeof(gid_t)) ? -EFAULT : count;
}

UK_LLSYSCALL_R_DEFINE(int, setgroups, int, size, const gid_t *, list)
{
	struct uk_credentials *changed;
	gid_t *groups = NULL;
	int error = 0;

	if (!uk_capable(CAP_SETGID))
		return -EPERM;
	if ((u32)size > UK_GROUPS_MAX)
		return -EINVAL;
	if (size)
		groups = uk_malloc((size_t)size * sizeof(*groups));
	changed = uk_credentials_begin();
	if ((size && !groups) || !changed)
		error = -ENOMEM;
	else if (size && copy_from_user(groups, list, (size_t)size * sizeof(*groups)))
		error = -EFAULT;
	else
		error = uk_credentials_set_groups(changed, groups, (u32)size);
	uk_free(groups);
	if (!error)
		uk_credentials_commit(changed);
	else if (changed)
		uk_credentials_put(changed);
	return error;
}
