/* SPDX-License-Identifier: BSD-3-Clause */
/* Operations of arch_prctl(2) (uapi asm/prctl.h). */
#ifndef UK_LINUX_PRCTL_H
#define UK_LINUX_PRCTL_H

#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
#define ARCH_GET_GS 0x1004

#endif
