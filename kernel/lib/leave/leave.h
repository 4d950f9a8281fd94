/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef LEAVE_LEAVE_H
#define LEAVE_LEAVE_H

#include <uk/leave.h>

/* frame.c: builds the handler's frame and enters it. 0, or -EFAULT if the stack has no room. */
int leave_build_frame(struct __regs *regs, const struct kernel_sigaction *action,
		      const siginfo_t *information, const struct uk_fault *fault, u64 mask);
/* frame.c: rt_sigreturn(2) found an invalid frame. */
void leave_bad_frame(struct __regs *regs);

/* fpu.c: extended state (x87, SSE, AVX ...). The number of bytes that a frame needs for it. */
size_t fpu_frame_size(void);
/* Writes it to guest memory. 0, -EFAULT, -ENOMEM. */
int fpu_save(void __user *frame);
/* Reads it from guest memory; NULL: the initial state. 0, or -EFAULT, also for a forged one. */
int fpu_restore(const void __user *frame);

#endif
