/* SPDX-License-Identifier: BSD-3-Clause */
/* Options of wait4(2) and waitid(2) (uapi/linux/wait.h). */
#ifndef UK_LINUX_WAIT_H
#define UK_LINUX_WAIT_H

#define WNOHANG	   1
#define WUNTRACED  2
#define WSTOPPED   WUNTRACED
#define WEXITED	   4
#define WCONTINUED 8
#define WNOWAIT	   0x01000000
#define WNOTHREAD  0x20000000u
#define WALL	   0x40000000u
#define WCLONE	   0x80000000u

#define P_ALL	0
#define P_PID	1
#define P_PGID	2
#define P_PIDFD 3

#endif
