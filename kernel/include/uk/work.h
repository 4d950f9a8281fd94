/* SPDX-License-Identifier: BSD-3-Clause */
/* Work due before the guest runs on: one word that the way out of a system call tests. */
#ifndef UK_WORK_H
#define UK_WORK_H

#include <uk/types.h>

#define UK_WORK_SIGNAL 1u /* an unblocked signal may be pending */
#define UK_WORK_RESUME                                                                             \
	2u /* the call set the whole state (rt_sigreturn): leave with exactly that                 \
	    */
#define UK_WORK_BAD_FRAME 4u  /* rt_sigreturn found no frame */
#define UK_WORK_YIELD	  8u  /* another thread's turn (uk/sched.h) */
#define UK_WORK_WAITERS	  16u /* threads wait for what this one may do */
#define UK_WORK_END	  32u /* the thread ends */
#define UK_WORK_SWITCHED                                                                           \
	64u /* others ran during the call, who may have changed the program's code */

/* Owned by sched; libraries set and clear their bit. */
extern u8 uk_work_pending;

#endif
