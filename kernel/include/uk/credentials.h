/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who a thread acts for: user and group numbers and capabilities (credentials(7), capabilities(7)).
 * Threads share objects that never change: a change makes a copy.
 */
#ifndef UK_CREDENTIALS_H
#define UK_CREDENTIALS_H

#include <uk/linux/capability.h>
#include <uk/thread.h>
#include <uk/types.h>

#define UK_GROUPS_MAX 65536 /* NGROUPS_MAX */

/* Supplementary groups, ascending; shared by credentials. */
struct uk_groups {
	u32 references;
	u32 count;
	gid_t of[];
};

struct uk_credentials {
	u32 references;
	uid_t uid, euid, suid, fsuid;
	gid_t gid, egid, sgid, fsgid;
	struct uk_groups *groups;				  /* NULL: none */
	u64 inheritable, permitted, effective, bounding, ambient; /* sets of capabilities */
	u32 securebits;
};

struct uk_process;
struct uk_vnode;

static inline const struct uk_credentials *uk_credentials_current(void)
{
	return uk_thread_current()->credentials;
}

static inline bool uk_credentials_have(const struct uk_credentials *credentials, int capability)
{
	return credentials->effective >> capability & 1;
}

/* Whether the running thread has a capability. */
static inline bool uk_capable(int capability)
{
	return uk_credentials_have(uk_credentials_current(), capability);
}

/* Root's credentials, with one reference; NULL without memory. */
struct uk_credentials *uk_credentials_create(void);
static inline struct uk_credentials *uk_credentials_get(struct uk_credentials *credentials)
{
	credentials->references++;
	return credentials;
}
void uk_credentials_put(struct uk_credentials *credentials);

/* A copy of the running thread's for a change, which commit makes the thread's own, or put drops.
 * NULL: no memory. */
struct uk_credentials *uk_credentials_begin(void);
void uk_credentials_commit(struct uk_credentials *changed);
/* Replaces the groups by copies of count numbers of kernel memory, which are sorted. 0 or -ENOMEM.
 */
int uk_credentials_set_groups(struct uk_credentials *changed, const gid_t *groups, u32 count);
/* Whether the group is the file system group or a supplementary one; of the effective one. */
bool uk_credentials_in_group(const struct uk_credentials *credentials, gid_t group);
bool uk_credentials_in_effective_group(const struct uk_credentials *credentials, gid_t group);

/* setuid(2) and its relatives have changed the user numbers: adjusts the capabilities
 * (capabilities(7), "Effect of user ID changes on capabilities"). fs: setfsuid(2). */
void uk_credentials_fix_capabilities(struct uk_credentials *changed,
				     const struct uk_credentials *old, bool fs);
/* execve(2) of a file, NULL for one whose set-ID bits do not count: the credentials of the new
 * program. *is_secure: it has more rights than its caller (AT_SECURE). NULL: no memory. */
struct uk_credentials *uk_credentials_execute(const struct uk_vnode *file, bool *is_secure);

/* kill(2): whether the running thread may send a signal to the process. */
bool uk_credentials_may_signal(const struct uk_process *target, int signal);

/* Whether it may look into the process and change it (ptrace(2), "Ptrace access mode checking"). */
bool uk_credentials_may_attach(const struct uk_process *target);

#endif
