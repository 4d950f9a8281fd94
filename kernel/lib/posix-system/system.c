/* SPDX-License-Identifier: BSD-3-Clause */
/* uname(2), sysinfo(2), getrandom(2). */
#include <uk/linux/time.h>
#include <uk/page.h>
#include <uk/plat.h>
#include <uk/random.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/system.h>
#include <uk/uaccess.h>

#define RANDOM_PART 256 /* bytes generated at a time */

UK_SYSCALL_R_DEFINE(int, uname, struct utsname *, buf)
{
	return copy_to_user(buf, &uk_system_name, sizeof(uk_system_name));
}

UK_SYSCALL_PARTIAL(sysinfo, "load averages, shared and buffered memory are 0");
UK_SYSCALL_R_DEFINE(int, sysinfo, struct sysinfo *, info)
{
	struct uk_page_statistics pages = uk_page_statistics();
	const struct sysinfo result = {
		.uptime = (s64)(ukplat_monotonic_ns() / NS_PER_SECOND),
		.totalram = pages.total << UK_PAGE_SHIFT,
		.freeram = pages.free << UK_PAGE_SHIFT,
		.procs = 1,
		.mem_unit = 1,
	};

	return copy_to_user(info, &result, sizeof(result));
}

UK_SYSCALL_R_DEFINE(ssize_t, getrandom, void *, buf, size_t, buflen, unsigned int, flags)
{
	char part[RANDOM_PART];

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE) ||
	    (flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	buflen = MIN(buflen, (size_t)INT32_MAX);
	for (size_t done = 0; done < buflen; done += sizeof(part)) {
		size_t size = MIN(sizeof(part), buflen - done), missing;

		uk_random_bytes(part, size);
		missing = copy_to_user_partial((char *)buf + done, part, size);
		if (missing) {
			done += size - missing;
			return done ? (ssize_t)done : -EFAULT;
		}
	}
	return (ssize_t)buflen;
}
