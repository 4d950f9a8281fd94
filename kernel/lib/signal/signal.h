/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef SIGNAL_SIGNAL_H
#define SIGNAL_SIGNAL_H

#include <uk/signal.h>

struct kernel_sigaction *signal_action(int signal);
/* Whether the signal's action, default or chosen, is to ignore it. */
bool signal_is_ignored(int signal);

/* Builds the handler's frame and enters it. 0, or -EFAULT if the stack has no room. */
int signal_build_frame(struct __regs *regs, const struct kernel_sigaction *action,
		       const siginfo_t *information, const struct uk_fault *fault, u64 mask);

/* Extended state (x87, SSE, AVX ...). The number of bytes that a frame needs for it. */
size_t fpu_frame_size(void);
/* Writes it to guest memory. 0, -EFAULT, -ENOMEM. */
int fpu_save(void __user *frame);
/* Reads it from guest memory; NULL: the initial state. 0, or -EFAULT, also for a forged one. */
int fpu_restore(const void __user *frame);

#endif
