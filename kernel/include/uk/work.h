/* SPDX-License-Identifier: BSD-3-Clause */
/* Work due before the guest continues: one word, tested at the end of each system call. */
#ifndef UK_WORK_H
#define UK_WORK_H

#include <uk/types.h>

#define UK_WORK_SIGNAL	  1u /* an unblocked signal may be pending */
/* the call set the whole state (rt_sigreturn): leave with exactly that */
#define UK_WORK_RESUME	  2u
#define UK_WORK_BAD_FRAME 4u  /* rt_sigreturn found no valid frame */
#define UK_WORK_YIELD	  8u  /* another thread's turn (uk/sched.h) */
#define UK_WORK_WAITERS	  16u /* threads wait for an event that this one may cause */
#define UK_WORK_END	  32u /* the thread ends */
/* others ran during the call and may have changed the program's code */
#define UK_WORK_SWITCHED  64u

/* Owned by syscall_shim; libraries set and clear their bit. */
extern u8 uk_work_pending;

/* Leaves a system call, whose result is in regs->rret0, by restoring the whole state, which the
 * delivery of a signal may change. */
struct __regs;
void uk_syscall_leave(struct __regs *regs) __attribute__((noreturn));

#endif
