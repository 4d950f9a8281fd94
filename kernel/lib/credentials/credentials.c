/* SPDX-License-Identifier: BSD-3-Clause */
/* Credentials: copies, changes, and what execve(2) does to them. */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/errno.h>
#include <uk/linux/stat.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/vnode.h>

/* Capabilities for file system operations: Linux, CAP_FS_SET. */
#define CAPABILITIES_OF_FILES                                                                      \
	(1UL << CAP_CHOWN | 1UL << CAP_MKNOD | 1UL << CAP_DAC_OVERRIDE |                           \
	 1UL << CAP_DAC_READ_SEARCH | 1UL << CAP_FOWNER | 1UL << CAP_FSETID |                      \
	 1UL << CAP_LINUX_IMMUTABLE | 1UL << CAP_MAC_OVERRIDE)

struct uk_credentials *uk_credentials_create(void)
{
	struct uk_credentials *credentials = uk_zalloc(sizeof(*credentials));

	if (!credentials)
		return NULL;
	credentials->references = 1;
	credentials->permitted = credentials->effective = credentials->bounding = CAP_ALL;
	return credentials;
}

static void put_groups(struct uk_groups *groups)
{
	if (groups && --groups->references == 0)
		uk_free(groups);
}

void uk_credentials_put(struct uk_credentials *credentials)
{
	if (--credentials->references)
		return;
	put_groups(credentials->groups);
	uk_free(credentials);
}

struct uk_credentials *uk_credentials_begin(void)
{
	struct uk_credentials *copy = uk_malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *uk_credentials_current();
	copy->references = 1;
	if (copy->groups)
		copy->groups->references++;
	return copy;
}

void uk_credentials_commit(struct uk_credentials *changed)
{
	struct uk_thread *thread = uk_thread_current();
	struct uk_credentials *old = thread->credentials;

	/* Linux, commit_creds(): nobody else may look into a process that has changed its user or
	 * gained rights. */
	if (changed->euid != old->euid || changed->egid != old->egid ||
	    changed->fsuid != old->fsuid || changed->fsgid != old->fsgid ||
	    changed->permitted & ~old->permitted) {
		thread->process->dumpable = 0;
		thread->process->death_signal = 0;
	}
	thread->credentials = changed;
	uk_credentials_put(old);
}

static void sort(gid_t *groups, u32 count)
{
	/* By insertion: they are few, and most lists are sorted already. */
	for (u32 i = 1; i < count; i++) {
		gid_t group = groups[i];
		u32 at = i;

		for (; at > 0 && groups[at - 1] > group; at--)
			groups[at] = groups[at - 1];
		groups[at] = group;
	}
}

int uk_credentials_set_groups(struct uk_credentials *changed, const gid_t *groups, u32 count)
{
	struct uk_groups *new = NULL;

	if (count) {
		new = uk_malloc(sizeof(*new) + count * sizeof(*groups));
		if (!new)
			return -ENOMEM;
		new->references = 1;
		new->count = count;
		memcpy(new->of, groups, count * sizeof(*groups));
		sort(new->of, count);
	}
	put_groups(changed->groups);
	changed->groups = new;
	return 0;
}

static bool is_supplementary(const struct uk_credentials *credentials, gid_t group)
{
	const struct uk_groups *groups = credentials->groups;
	u32 low = 0, high = groups ? groups->count : 0;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (groups->of[middle] == group)
			return true;
		if (groups->of[middle] < group)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool uk_credentials_in_group(const struct uk_credentials *credentials, gid_t group)
{
	return group == credentials->fsgid || is_supplementary(credentials, group);
}

bool uk_credentials_in_effective_group(const struct uk_credentials *credentials, gid_t group)
{
	return group == credentials->egid || is_supplementary(credentials, group);
}

/* Linux, cap_task_fix_setuid() and cap_emulate_setxuid(). */
void uk_credentials_fix_capabilities(struct uk_credentials *changed,
				     const struct uk_credentials *old, bool fs)
{
	bool had_root = !old->uid || !old->euid || !old->suid;
	bool has_root = !changed->uid || !changed->euid || !changed->suid;

	if (changed->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (fs) {
		if (!old->fsuid && changed->fsuid)
			changed->effective &= ~CAPABILITIES_OF_FILES;
		if (old->fsuid && !changed->fsuid)
			changed->effective |= changed->permitted & CAPABILITIES_OF_FILES;
		return;
	}
	if (had_root && !has_root) {
		if (!(changed->securebits & SECBIT_KEEP_CAPS))
			changed->permitted = changed->effective = 0;
		changed->ambient = 0;
	}
	if (!old->euid && changed->euid)
		changed->effective = 0;
	if (old->euid && !changed->euid)
		changed->effective = changed->permitted;
}

struct uk_credentials *uk_credentials_execute(const struct uk_vnode *file, bool *is_secure)
{
	struct uk_credentials *new = uk_credentials_begin();
	bool is_effective = false, is_changed;

	if (!new)
		return NULL;
	if (file && file->mode & S_ISUID)
		new->euid = file->uid;
	if (file && (file->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		new->egid = file->gid;
	is_changed = new->euid != new->uid || new->egid != new->gid;
	/* capabilities(7), "Transformation of capabilities during execve()", for files without
	 * capabilities of their own. */
	new->permitted = 0;
	if (!(new->securebits &SECBIT_NOROOT)) {
		if (!new->euid || !new->uid)
			new->permitted = new->bounding | new->inheritable;
		is_effective = !new->euid;
	}
	if (is_changed)
		new->ambient = 0;
	new->permitted |= new->ambient;
	new->effective = is_effective ? new->permitted : new->ambient;
	new->suid = new->fsuid = new->euid;
	new->sgid = new->fsgid = new->egid;
	new->securebits &= ~SECBIT_KEEP_CAPS;
	*is_secure = is_changed || (new->uid && (is_effective || new->permitted & ~new->ambient));
	return new;
}

/* Linux, kill_ok_by_cred(), check_kill_permission(). */
bool uk_credentials_may_signal(const struct uk_process *target, int signal)
{
	const struct uk_credentials *own = uk_credentials_current();
	const struct uk_credentials *other = target->threads->credentials;

	if (target == uk_process_current() || own->euid == other->suid || own->euid == other->uid ||
	    own->uid == other->suid || own->uid == other->uid || uk_capable(CAP_KILL))
		return true;
	return signal == SIGCONT && target->session == uk_process_current()->session;
}

/* Linux, __ptrace_may_access() with PTRACE_MODE_REALCREDS. */
bool uk_credentials_may_attach(const struct uk_process *target)
{
	const struct uk_credentials *own = uk_credentials_current();
	const struct uk_credentials *other = target->threads->credentials;

	if (target == uk_process_current() || uk_capable(CAP_SYS_PTRACE))
		return true;
	return own->uid == other->euid && own->uid == other->suid && own->uid == other->uid &&
	       own->gid == other->egid && own->gid == other->sgid && own->gid == other->gid &&
	       target->dumpable == 1 && !(other->permitted & ~own->permitted);
}
