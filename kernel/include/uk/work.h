/* SPDX-License-Identifier: BSD-3-Clause */
/* Work due before the program runs on: the bits of one byte that the way out of a call tests. */
#ifndef UK_WORK_H
#define UK_WORK_H

/* An unblocked signal may be pending. */
#define UK_WORK_SIGNAL	  1u
/* The call set the whole state (rt_sigreturn): leave with exactly that. */
#define UK_WORK_RESUME	  2u
/* rt_sigreturn found no frame. */
#define UK_WORK_BAD_FRAME 4u
/* Another thread's turn (uk/sched.h). */
#define UK_WORK_YIELD	  8u
/* Threads wait for what this one may do. */
#define UK_WORK_WAITERS	  16u
/* The thread ends. */
#define UK_WORK_END	  32u
/* Others ran during the call, which may have changed the program's code. */
#define UK_WORK_SWITCHED  64u

#endif
