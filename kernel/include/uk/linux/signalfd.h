/* SPDX-License-Identifier: BSD-3-Clause */
/* signalfd(2) (uapi/linux/signalfd.h). */
#ifndef UK_LINUX_SIGNALFD_H
#define UK_LINUX_SIGNALFD_H

#include <uk/types.h>

struct signalfd_siginfo {
	u32 ssi_signo;
	s32 ssi_errno;
	s32 ssi_code;
	u32 ssi_pid, ssi_uid;
	s32 ssi_fd;
	u32 ssi_tid, ssi_band, ssi_overrun, ssi_trapno;
	s32 ssi_status, ssi_int;
	u64 ssi_ptr, ssi_utime, ssi_stime, ssi_addr;
	u8 padding[48];
};
_Static_assert(sizeof(struct signalfd_siginfo) == 128, "uapi/linux/signalfd.h");

#endif
