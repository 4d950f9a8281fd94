/* SPDX-License-Identifier: BSD-3-Clause */
/* uname(2), sysinfo(2), getrandom(2) (uapi/linux/utsname.h, sysinfo.h, random.h). */
#ifndef UK_LINUX_SYSTEM_H
#define UK_LINUX_SYSTEM_H

#include <uk/types.h>

#define UTS_LENGTH 65

struct utsname {
	char sysname[UTS_LENGTH];
	char nodename[UTS_LENGTH];
	char release[UTS_LENGTH];
	char version[UTS_LENGTH];
	char machine[UTS_LENGTH];
	char domainname[UTS_LENGTH];
};

struct sysinfo {
	s64 uptime; /* seconds */
	u64 loads[3];
	u64 totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	u16 procs, padding;
	u64 totalhigh, freehigh;
	u32 mem_unit;
};
_Static_assert(sizeof(struct sysinfo) == 112, "uapi/linux/sysinfo.h");

#define GRND_NONBLOCK 1u
#define GRND_RANDOM   2u
#define GRND_INSECURE 4u

#endif
