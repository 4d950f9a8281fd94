/* SPDX-License-Identifier: BSD-3-Clause */
/* capget(2), capset(2), and the requests of prctl(2) for capabilities. */
#include <uk/credentials.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "capabilities.h"

#define PR_CAP_AMBIENT_IS_SET	 1
#define PR_CAP_AMBIENT_RAISE	 2
#define PR_CAP_AMBIENT_LOWER	 3
#define PR_CAP_AMBIENT_CLEAR_ALL 4

/* Linux, cap_validate_magic(): *words is the number of struct cap_user_data. With an unknown
 * version the preferred one is written back: -EINVAL. */
static int read_header(struct cap_user_header *header, struct cap_user_header __user *user,
		       unsigned int *words)
{
	const u32 preferred = CAPABILITY_VERSION_3;

	if (copy_from_user(header, user, sizeof(*header)))
		return -EFAULT;
	switch (header->version) {
	case CAPABILITY_VERSION_1:
		*words = 1;
		return 0;
	case CAPABILITY_VERSION_2:
	case CAPABILITY_VERSION_3:
		*words = 2;
		return 0;
	}
	if (copy_to_user((u32 __user *)user, &preferred, sizeof(preferred)))
		return -EFAULT;
	return -EINVAL;
}

UK_LLSYSCALL_R_DEFINE(int, capget, struct cap_user_header *, hdrp, struct cap_user_data *, datap)
{
	const struct uk_thread *thread = uk_thread_current();
	const struct uk_credentials *shown;
	struct cap_user_data data[2] = {0};
	struct cap_user_header header;
	unsigned int words;
	int error = read_header(&header, hdrp, &words);

	/* This is how programs ask for the preferred version. */
	if (error)
		return error == -EINVAL && !datap ? 0 : error;
	if (!datap)
		return 0;
	if (header.pid < 0)
		return -EINVAL;
	if (header.pid)
		thread = uk_thread_find(header.pid);
	if (!thread)
		return -ESRCH;
	shown = thread->credentials;
	for (unsigned int i = 0; i < words; i++) {
		data[i].effective = (u32)(shown->effective >> 32 * i);
		data[i].permitted = (u32)(shown->permitted >> 32 * i);
		data[i].inheritable = (u32)(shown->inheritable >> 32 * i);
	}
	return copy_to_user(datap, data, words * sizeof(data[0]));
}

static u64 join(u32 low, u32 high)
{
	return (low | (u64)high << 32) & CAP_ALL;
}

UK_LLSYSCALL_R_DEFINE(int, capset, struct cap_user_header *, hdrp, const struct cap_user_data *,
		      data)
{
	const struct uk_credentials *own = uk_credentials_current();
	struct cap_user_data copy[2] = {0};
	struct uk_credentials *changed;
	struct cap_user_header header;
	u64 effective, permitted, inheritable;
	unsigned int words;
	int error = read_header(&header, hdrp, &words);

	if (error)
		return error;
	if (header.pid && header.pid != uk_thread_current()->tid)
		return -EPERM;
	if (copy_from_user(copy, data, words * sizeof(copy[0])))
		return -EFAULT;
	effective = join(copy[0].effective, copy[1].effective);
	permitted = join(copy[0].permitted, copy[1].permitted);
	inheritable = join(copy[0].inheritable, copy[1].inheritable);
	/* Linux, cap_capset(). */
	if ((!uk_capable(CAP_SETPCAP) && inheritable & ~(own->inheritable | own->permitted)) ||
	    inheritable & ~(own->inheritable | own->bounding) || permitted & ~own->permitted ||
	    effective & ~permitted)
		return -EPERM;
	changed = uk_credentials_begin();
	if (!changed)
		return -ENOMEM;
	changed->effective = effective;
	changed->permitted = permitted;
	changed->inheritable = inheritable;
	changed->ambient &= permitted & inheritable;
	uk_credentials_commit(changed);
	return 0;
}

static int drop_bounding(unsigned long capability)
{
	struct uk_credentials *changed;

	if (!uk_capable(CAP_SETPCAP))
		return -EPERM;
	if (capability > CAP_LAST)
		return -EINVAL;
	changed = uk_credentials_begin();
	if (!changed)
		return -ENOMEM;
	changed->bounding &= ~(1UL << capability);
	uk_credentials_commit(changed);
	return 0;
}

static int change_ambient(unsigned long operation, unsigned long capability)
{
	const struct uk_credentials *own = uk_credentials_current();
	u64 bit = 1UL << capability;
	struct uk_credentials *changed;

	if (operation == PR_CAP_AMBIENT_CLEAR_ALL) {
		if (capability)
			return -EINVAL;
		bit = CAP_ALL;
	} else if (operation < PR_CAP_AMBIENT_IS_SET || operation > PR_CAP_AMBIENT_LOWER ||
		   capability > CAP_LAST) {
		return -EINVAL;
	}
	if (operation == PR_CAP_AMBIENT_IS_SET)
		return (own->ambient & bit) != 0;
	if (operation == PR_CAP_AMBIENT_RAISE && (!(own->permitted & own->inheritable & bit) ||
						  own->securebits & SECBIT_NO_CAP_AMBIENT_RAISE))
		return -EPERM;
	changed = uk_credentials_begin();
	if (!changed)
		return -ENOMEM;
	if (operation == PR_CAP_AMBIENT_RAISE)
		changed->ambient |= bit;
	else
		changed->ambient &= ~bit;
	uk_credentials_commit(changed);
	return 0;
}

/* Linux, cap_task_prctl(). */
static int set_securebits(unsigned long wanted)
{
	const struct uk_credentials *own = uk_credentials_current();
	u32 old = own->securebits, locks = old & SECURE_ALL_LOCKS;
	struct uk_credentials *changed;

	if ((locks >> 1 & (old ^ (u32)wanted)) || locks & ~(u32)wanted ||
	    wanted & ~(unsigned long)(SECURE_ALL_LOCKS | SECURE_ALL_BITS) ||
	    !uk_capable(CAP_SETPCAP))
		return -EPERM;
	changed = uk_credentials_begin();
	if (!changed)
		return -ENOMEM;
	changed->securebits = (u32)wanted;
	uk_credentials_commit(changed);
	return 0;
}

static int set_keep(unsigned long keep)
{
	struct uk_credentials *changed;

	if (keep > 1)
		return -EINVAL;
	if (uk_credentials_current()->securebits & SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	changed = uk_credentials_begin();
	if (!changed)
		return -ENOMEM;
	changed->securebits &= ~SECBIT_KEEP_CAPS;
	changed->securebits |= keep ? SECBIT_KEEP_CAPS : 0;
	uk_credentials_commit(changed);
	return 0;
}

bool capabilities_control(int operation, const unsigned long arguments[4], int *result)
{
	const struct uk_credentials *own = uk_credentials_current();

	switch (operation) {
	case PR_CAPBSET_READ:
		*result = arguments[0] > CAP_LAST ? -EINVAL
						  : (int)(own->bounding >> arguments[0] & 1);
		return true;
	case PR_CAPBSET_DROP:
		*result = drop_bounding(arguments[0]);
		return true;
	case PR_GET_SECUREBITS:
		*result = (int)own->securebits;
		return true;
	case PR_SET_SECUREBITS:
		*result = set_securebits(arguments[0]);
		return true;
	case PR_GET_KEEPCAPS:
		*result = (own->securebits & SECBIT_KEEP_CAPS) != 0;
		return true;
	case PR_SET_KEEPCAPS:
		*result = set_keep(arguments[0]);
		return true;
	case PR_CAP_AMBIENT:
		*result = arguments[2] || arguments[3] ? -EINVAL
						       : change_ambient(arguments[0], arguments[1]);
		return true;
	default:
		return false;
	}
}
