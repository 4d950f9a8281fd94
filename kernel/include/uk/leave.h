/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way from the kernel back to the program (lib/leave): the work that is due before it runs
 * on, signals that are delivered to it, and its end. Only platforms, the system call shim, handlers
 * and boot call these; everything else is below.
 */
#ifndef UK_LEAVE_H
#define UK_LEAVE_H

#include <uk/signal.h>

/* Does what the work word (uk/work.h) says before the program goes on with regs: the end of the
 * thread, other threads' turns, then signals, which may change regs. Does not return when the
 * thread or the process ends. */
void uk_leave_work(struct __regs *regs);
/* Leaves a system call, whose result is in regs->rret0, with the whole state. */
void uk_syscall_leave(struct __regs *regs) __attribute__((noreturn));
/* The kernel stack of a new thread begins here (uk/context.h). */
void uk_leave_begin(struct __regs *regs) __attribute__((noreturn));

/*
 * Delivers pending signals: runs default actions, builds frames, changes regs. regs->orig_rax is
 * the number of the interrupted call, whose result is in regs->rax, or -1 when no call was
 * interrupted.
 */
void uk_signal_deliver(struct __regs *regs);
/*
 * A fault in the program's code. Delivered at once; when it is blocked or ignored it ends the
 * process, as on Linux. regs is the faulting state; on return it is the handler's entry state, or
 * uk_leave_work() is due, which does not return.
 */
void uk_signal_fault(struct __regs *regs, const struct uk_fault *fault);
/* The same where no handler can run: the process ends, with a report, in uk_leave_work(). */
void uk_signal_end(const struct __regs *regs, const struct uk_fault *fault);
/* rt_sigreturn(2): takes regs back from the frame. 0, or -EFAULT for a bad frame: then the caller
 * sets UK_WORK_BAD_FRAME, else UK_WORK_RESUME. */
int uk_signal_return(struct __regs *regs);

/* execve(2): makes the running thread go on at the entry of its new program, with the registers
 * that the psABI (3.4.1) requires, as the result of the system call whose registers regs are. */
void uk_leave_execute(struct __regs *regs, uintptr_t entry, uintptr_t stack);

/* Ends the machine: with its first process; or boot failed, the program broke out, the host wants
 * it. status: 0-255 as a shell reports it; signal: 0, or the signal that ended the process. */
void uk_machine_exit(int status, int signal) __attribute__((noreturn));

#endif
