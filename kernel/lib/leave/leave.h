/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef LEAVE_LEAVE_H
#define LEAVE_LEAVE_H

#include <uk/leave.h>

/* frame.c: builds the handler's frame and enters it. 0, or -EFAULT when the stack cannot take it.
 */
int leave_build_frame(struct __regs *regs, const struct kernel_sigaction *action,
		      const siginfo_t *information, const struct uk_fault *fault, u64 mask);
/* frame.c: rt_sigreturn(2) found a bad frame. */
void leave_bad_frame(struct __regs *regs);

/* fpu.c: extended state (x87, SSE, AVX ...). Bytes that a frame needs for it. */
size_t fpu_frame_size(void);
/* Writes it to guest memory. 0, -EFAULT, -ENOMEM. */
int fpu_save(void __user *frame);
/* Takes it from guest memory; NULL: the initial state. 0, or -EFAULT also for a forged one. */
int fpu_restore(const void __user *frame);

#endif
