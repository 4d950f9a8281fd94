/* SPDX-License-Identifier: BSD-3-Clause */
/* Capabilities and securebits (uapi/linux/capability.h, uapi/linux/securebits.h). */
#ifndef UK_LINUX_CAPABILITY_H
#define UK_LINUX_CAPABILITY_H

#include <uk/types.h>

#define CAP_CHOWN	    0
#define CAP_DAC_OVERRIDE    1
#define CAP_DAC_READ_SEARCH 2
#define CAP_FOWNER	    3
#define CAP_FSETID	    4
#define CAP_KILL	    5
#define CAP_SETGID	    6
#define CAP_SETUID	    7
#define CAP_SETPCAP	    8
#define CAP_IPC_LOCK	    14
#define CAP_IPC_OWNER	    15
#define CAP_SYS_CHROOT	    18
#define CAP_SYS_PTRACE	    19
#define CAP_SYS_ADMIN	    21
#define CAP_SYS_NICE	    23
#define CAP_SYS_RESOURCE    24
#define CAP_SYS_TIME	    25
#define CAP_MKNOD	    27
#define CAP_LINUX_IMMUTABLE 9
#define CAP_MAC_OVERRIDE    32
#define CAP_LAST	    40 /* CAP_CHECKPOINT_RESTORE */
#define CAP_ALL		    ((1UL << (CAP_LAST + 1)) - 1)

#define SECBIT_NOROOT		    0x01u
#define SECBIT_NO_SETUID_FIXUP	    0x04u
#define SECBIT_KEEP_CAPS	    0x10u
#define SECBIT_KEEP_CAPS_LOCKED	    0x20u
#define SECBIT_NO_CAP_AMBIENT_RAISE 0x40u
#define SECURE_ALL_BITS		    0x55u
#define SECURE_ALL_LOCKS	    (SECURE_ALL_BITS << 1)

#define CAPABILITY_VERSION_1 0x19980330u
#define CAPABILITY_VERSION_2 0x20071026u
#define CAPABILITY_VERSION_3 0x20080522u

struct cap_user_header {
	u32 version;
	s32 pid;
};
struct cap_user_data {
	u32 effective, permitted, inheritable;
};

#endif
