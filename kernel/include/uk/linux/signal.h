/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals of Linux's x86-64 ABI (uapi/asm-generic/siginfo.h, asm/signal.h, asm/sigcontext.h,
 * asm/ucontext.h). */
#ifndef UK_LINUX_SIGNAL_H
#define UK_LINUX_SIGNAL_H

#include <uk/types.h>

#define SIGHUP	  1
#define SIGINT	  2
#define SIGQUIT	  3
#define SIGILL	  4
#define SIGTRAP	  5
#define SIGABRT	  6
#define SIGBUS	  7
#define SIGFPE	  8
#define SIGKILL	  9
#define SIGUSR1	  10
#define SIGSEGV	  11
#define SIGUSR2	  12
#define SIGPIPE	  13
#define SIGALRM	  14
#define SIGTERM	  15
#define SIGSTKFLT 16
#define SIGCHLD	  17
#define SIGCONT	  18
#define SIGSTOP	  19
#define SIGTSTP	  20
#define SIGTTIN	  21
#define SIGTTOU	  22
#define SIGURG	  23
#define SIGXCPU	  24
#define SIGXFSZ	  25
#define SIGVTALRM 26
#define SIGPROF	  27
#define SIGWINCH  28
#define SIGIO	  29
#define SIGPWR	  30
#define SIGSYS	  31
#define SIGRTMIN  32
#define _NSIG	  64

#define SIG_DFL ((uintptr_t)0)
#define SIG_IGN ((uintptr_t)1)

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SA_NOCLDSTOP 0x00000001UL
#define SA_NOCLDWAIT 0x00000002UL
#define SA_SIGINFO   0x00000004UL
#define SA_RESTORER  0x04000000UL
#define SA_ONSTACK   0x08000000UL
#define SA_RESTART   0x10000000UL
#define SA_NODEFER   0x40000000UL
#define SA_RESETHAND 0x80000000UL
/* What sigaction(2) keeps (UAPI_SA_FLAGS, and SA_RESTORER). */
#define SA_KNOWN                                                                                   \
	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_RESTORER | SA_ONSTACK | SA_RESTART |        \
	 SA_NODEFER | SA_RESETHAND)

#define SS_ONSTACK    1
#define SS_DISABLE    2
#define SS_AUTODISARM (1u << 31)
#define MINSIGSTKSZ   2048

/* si_code */
#define SI_USER	      0
#define SI_KERNEL     0x80
#define SI_QUEUE      -1
#define SI_TIMER      -2
#define SI_TKILL      -6
#define ILL_ILLOPN    2
#define FPE_INTDIV    1
#define FPE_INTOVF    2
#define FPE_FLTDIV    3
#define FPE_FLTOVF    4
#define FPE_FLTUND    5
#define FPE_FLTRES    6
#define FPE_FLTINV    7
#define SEGV_MAPERR   1
#define SEGV_ACCERR   2
#define BUS_ADRERR    2
#define BUS_ADRALN    1
#define TRAP_BRKPT    1
#define CLD_EXITED    1
#define CLD_KILLED    2
#define CLD_DUMPED    3
#define CLD_STOPPED   5
#define CLD_CONTINUED 6

typedef struct {
	int si_signo;
	int si_errno;
	int si_code;
	int padding;
	union {
		struct {
			union {
				pid_t si_pid;
				int si_timerid;
			};
			union {
				uid_t si_uid;
				u32 si_overrun;
			};
			union {
				u64 si_value;
				int si_status; /* of SIGCHLD */
			};
			s64 si_utime, si_stime; /* clock ticks */
		};
		u64 si_addr;
		u8 fields[112];
	};
} siginfo_t;
_Static_assert(sizeof(siginfo_t) == 128, "uapi SI_MAX_SIZE");

#define SIGEV_SIGNAL	0
#define SIGEV_NONE	1
#define SIGEV_THREAD	2
#define SIGEV_THREAD_ID 4

struct sigevent {
	u64 sigev_value;
	int sigev_signo;
	int sigev_notify;
	pid_t sigev_notify_thread_id;
	u8 fields[44];
};
_Static_assert(sizeof(struct sigevent) == 64, "uapi asm-generic/siginfo.h");

typedef struct {
	void __user *ss_sp;
	int ss_flags;
	size_t ss_size;
} stack_t;
_Static_assert(sizeof(stack_t) == 24, "uapi asm/signal.h");

/* What rt_sigaction(2) takes; handler first, unlike libc's. */
struct kernel_sigaction {
	uintptr_t handler;
	u64 flags;
	uintptr_t restorer;
	u64 mask;
};
_Static_assert(sizeof(struct kernel_sigaction) == 32, "uapi asm/signal.h");

struct sigcontext {
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u64 rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
	u16 cs, gs, fs, ss;
	u64 err, trapno, oldmask, cr2;
	u64 fpstate;
	u64 reserved[8];
};
_Static_assert(sizeof(struct sigcontext) == 256, "uapi asm/sigcontext.h");

struct ucontext {
	u64 flags;
	u64 link;
	stack_t stack;
	struct sigcontext context;
	u64 mask;
};

#define UC_FP_XSTATE	     1
#define UC_SIGCONTEXT_SS     2
#define UC_STRICT_RESTORE_SS 4

/* In the reserved bytes of the FXSAVE area, at offset 464. */
#define FP_XSTATE_MAGIC1 0x46505853u
#define FP_XSTATE_MAGIC2 0x46505845u
struct fpx_software_bytes {
	u32 magic1;
	u32 extended_size; /* of the whole area with the trailing magic */
	u64 features;
	u32 xstate_size;
	u32 padding[7];
};
#define FPX_SOFTWARE_OFFSET 464

/* What a handler finds at its stack pointer. */
struct rt_sigframe {
	u64 return_address; /* the restorer */
	struct ucontext context;
	siginfo_t information;
};

#endif
