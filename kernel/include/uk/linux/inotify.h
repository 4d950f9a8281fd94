/* SPDX-License-Identifier: BSD-3-Clause */
/* inotify(7) (uapi/linux/inotify.h). The events that files make are UK_NOTIFY_* of uk/notify.h. */
#ifndef UK_LINUX_INOTIFY_H
#define UK_LINUX_INOTIFY_H

#include <uk/types.h>

#define IN_ALL_EVENTS  0xfffu
#define IN_UNMOUNT     0x2000u
#define IN_Q_OVERFLOW  0x4000u
#define IN_IGNORED     0x8000u
#define IN_ONLYDIR     0x1000000u
#define IN_DONT_FOLLOW 0x2000000u
#define IN_EXCL_UNLINK 0x4000000u
#define IN_MASK_CREATE 0x10000000u
#define IN_MASK_ADD    0x20000000u
#define IN_ISDIR       0x40000000u
#define IN_ONESHOT     0x80000000u

struct inotify_event {
	s32 wd;
	u32 mask;
	u32 cookie;
	u32 len; /* of the name, including terminator and padding */
	char name[];
};

#endif
