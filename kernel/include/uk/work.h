/* SPDX-License-Identifier: BSD-3-Clause */
/* Work due before the program continues: the bits of one byte, tested at the end of each system
 * call. */
#ifndef UK_WORK_H
#define UK_WORK_H

/* An unblocked signal may be pending. */
#define UK_WORK_SIGNAL	  1u
/* The call set the whole state (rt_sigreturn): leave with exactly that. */
#define UK_WORK_RESUME	  2u
/* rt_sigreturn found no valid frame. */
#define UK_WORK_BAD_FRAME 4u
/* Another thread's turn (uk/sched.h). */
#define UK_WORK_YIELD	  8u
/* The thread ends. */
#define UK_WORK_END	  16u
/* Other threads ran during the call and may have changed the program's code. */
#define UK_WORK_SWITCHED  32u
/* The timer may have fired: uk_timer_check() is due. For platforms whose system call exit does not
 * look at timer_fired of struct uk_cpu itself. */
#define UK_WORK_TIMER	  64u

#endif
