/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host's signals. SIGSYS: the program executed a `syscall` (Syscall User Dispatch); it
 * continues in the entry, outside the handler. The others are faults: a page on demand, a fix-up, a
 * signal of the program, or the end of the kernel. Handlers run on a separate stack.
 */
#include <uk/arch/extended_state.h>
#include <uk/assert.h>
#include <uk/bits/contract.h>
#include <uk/cpu.h>
#include <uk/cpu_features.h>
#include <uk/crash.h>
#include <uk/errno.h>
#include <uk/leave.h>
#include <uk/mm.h>
#include <uk/print.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "host.h"
#include "platform.h"
#include "space.h"

#define PR_SET_SYSCALL_USER_DISPATCH  59
#define PR_SYS_DISPATCH_ON	      1
#define SYSCALL_DISPATCH_FILTER_BLOCK 1

#define SYS_SECCOMP	  1
#define SYS_USER_DISPATCH 2
#define AUDIT_ARCH_X86_64 0xc000003eu
#define SYSCALL_SIZE	  2 /* bytes: `syscall`, `int $0x80` */

/* Bits of the flags register. */
#define FLAGS_TRAP	0x100UL
#define FLAGS_ALIGNMENT 0x40000UL

#define VECTOR_GP   13
#define VECTOR_PAGE 14
/* Page fault error code, Intel SDM vol. 3, figure 4-12. */
#define PAGE_WRITE  2u
#define PAGE_FETCH  16u
#define PAGE_KEY    32u

/* Ctrl-C, Ctrl-\, and a change of its size. Ctrl-Z stops this process. */
#define TERMINAL_SIGNALS (uk_signal_bit(SIGINT) | uk_signal_bit(SIGQUIT) | uk_signal_bit(SIGWINCH))
/* The launcher forwards these too; SIGCONT ends ukplat_stop(). */
#define FORWARDED_SIGNALS                                                                          \
	(TERMINAL_SIGNALS | uk_signal_bit(SIGHUP) | uk_signal_bit(SIGTERM) |                       \
	 uk_signal_bit(SIGUSR1) | uk_signal_bit(SIGCONT))

struct fixup {
	u64 fault, resume;
};
extern const struct fixup fixup_table_start[], fixup_table_end[];

/* Read by the host's kernel at each system call outside this library. */
static u8 dispatch_selector = SYSCALL_DISPATCH_FILTER_BLOCK;

/* The running thread's registers while it is in the kernel. */
static struct __regs *frame(void)
{
	return uk_cpu_current()->frame;
}

static bool in_kernel(u64 rip)
{
	return rip >= (u64)kernel_start && rip < (u64)kernel_text_end;
}

static void take_registers(struct __regs *regs, const struct sigcontext *context)
{
	*regs = (struct __regs){
		.r15 = context->r15,
		.r14 = context->r14,
		.r13 = context->r13,
		.r12 = context->r12,
		.rbp = context->rbp,
		.rbx = context->rbx,
		.r11 = context->r11,
		.r10 = context->r10,
		.r9 = context->r9,
		.r8 = context->r8,
		.rax = context->rax,
		.rcx = context->rcx,
		.rdx = context->rdx,
		.rsi = context->rsi,
		.rdi = context->rdi,
		.orig_rax = ~0UL,
		.rip = context->rip,
		.cs = context->cs,
		.eflags = context->eflags,
		.rsp = context->rsp,
		.ss = context->ss,
	};
}

static void put_registers(struct sigcontext *context, const struct __regs *regs)
{
	context->r15 = regs->r15;
	context->r14 = regs->r14;
	context->r13 = regs->r13;
	context->r12 = regs->r12;
	context->rbp = regs->rbp;
	context->rbx = regs->rbx;
	context->r11 = regs->r11;
	context->r10 = regs->r10;
	context->r9 = regs->r9;
	context->r8 = regs->r8;
	context->rax = regs->rax;
	context->rcx = regs->rcx;
	context->rdx = regs->rdx;
	context->rsi = regs->rsi;
	context->rdi = regs->rdi;
	context->rip = regs->rip;
	context->eflags = regs->eflags;
	context->rsp = regs->rsp;
}

/* The contents of siginfo for SIGSYS (uapi asm-generic/siginfo.h, _sigsys). */
struct syscall_information {
	u64 address; /* after the instruction */
	s32 number;
	u32 architecture; /* AUDIT_ARCH_* */
};

static u16 program_cs; /* the host's selector of 64-bit code */

/* The work is done on the thread's kernel stack, with its extended state in the processor: another
 * thread may run before this one continues, if it does. */
static void work_on_kernel_stack(struct sigcontext *context)
{
	context->rip = (u64)resume_again;
	context->cs = program_cs;
	context->eflags &= ~FLAGS_SPECIAL;
}

/* A 32-bit system call, or a host call that the cage refuses: made by the program's code, even if
 * it jumped to this library's. */
static void refuse_call(const siginfo_t *information, struct sigcontext *context)
{
	const struct uk_fault fault = {.signal = SIGSEGV, .code = SI_KERNEL, .vector = VECTOR_GP};
	struct syscall_information call;

	memcpy(&call, information->fields, sizeof(call));
	if (information->si_code == SYS_SECCOMP) {
		static bool refused;

		/* The program may have changed our data too, and reporting it may be refused as
		 * well. */
		if (refused)
			linux_stop(UK_STATUS_SIGNAL + SIGSYS);
		refused = true;
		uk_pr_crit("The program tried the host's system call %d and was ended\n",
			   call.number);
		uk_machine_exit(UK_STATUS_SIGNAL + SIGSYS, SIGSYS);
	}
	take_registers(frame(), context);
	frame()->rip -= SYSCALL_SIZE;
	uk_signal_end(frame(), &fault);
	work_on_kernel_stack(context);
}

/* The host's kernel leaves alignment checks on in a handler if the program has them on: this
 * library is not compiled for them. */
static inline void allow_unaligned(void)
{
	__builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~FLAGS_ALIGNMENT);
}

/* A signal that somebody on the host sent, to end the program. */
static void look_outside(int signal, const siginfo_t *information)
{
	/* As SI_FROMUSER in uapi asm-generic/siginfo.h. */
	if (information->si_code > 0)
		return;
	uk_pr_crit("The host sent signal %d; the program was ended\n", signal);
	uk_machine_exit(UK_STATUS_SIGNAL + signal, signal);
}

static void handle_syscall(int signal, siginfo_t *information, struct ucontext *context)
{
	struct sigcontext *registers = &context->context;
	struct syscall_information call;

	allow_unaligned();
	look_outside(signal, information);
	memcpy(&call, information->fields, sizeof(call));
	if (information->si_code != SYS_USER_DISPATCH || call.architecture != AUDIT_ARCH_X86_64) {
		refuse_call(information, registers);
		return;
	}
	/* A `syscall` overwrites both. */
	registers->r11 = registers->rip;
	registers->rcx = patches_try(registers->rip - SYSCALL_SIZE, registers->rax);
	registers->rip = (u64)syscall_entry;
	space_sync();
}

static u32 access_of(u64 error)
{
	if (error & PAGE_FETCH)
		return UK_PROT_EXEC;
	return error & PAGE_WRITE ? UK_PROT_WRITE : UK_PROT_READ;
}

/* Maps the page; otherwise returns the error of uk_mm_fault(). */
static int settle_page(u64 address, u64 error)
{
	u64 changes = space_current->host_changes;
	int result;

	if (address >= UK_GUEST_END)
		return -EFAULT;
	/* The host may not have this change yet. */
	if (uk_cpu_current()->memory_is_stale) {
		space_sync();
		return 0;
	}
	if (space_allows(address, access_of(error))) {
		space_show(ALIGN_DOWN(address, UK_PAGE_SIZE));
		return 0;
	}
	result = uk_mm_fault(uk_mm_current(), address, access_of(error));
	space_sync();
	if (result == 0 && space_current->host_changes == changes)
		space_show(ALIGN_DOWN(address, UK_PAGE_SIZE));
	return result;
}

static void __noreturn unexpected(int signal, const struct sigcontext *context)
{
	static bool reported;
	struct __regs regs;

	/* A fault during the report must not be reported again. */
	if (!reported) {
		reported = true;
		take_registers(&regs, context);
		uk_print("\nThe kernel at the fault:\n");
		uk_crash_print_registers(&regs);
	}
	UK_PANIC("signal %d (vector %lu, error code 0x%lx, address 0x%lx) in the kernel at 0x%lx",
		 signal, context->trapno, context->err, context->cr2, context->rip);
}

static void fault_in_kernel(int signal, struct sigcontext *context)
{
	/* A program that single-steps itself entered by a jump: stop stepping here. */
	if (signal == SIGTRAP && context->eflags & FLAGS_TRAP) {
		context->eflags &= ~FLAGS_TRAP;
		return;
	}
	for (const struct fixup *fixup = fixup_table_start; fixup < fixup_table_end; fixup++) {
		if (fixup->fault != context->rip)
			continue;
		if (signal != SIGSEGV || context->trapno != VECTOR_PAGE ||
		    settle_page(context->cr2, context->err) != 0)
			context->rip = fixup->resume;
		return;
	}
	unexpected(signal, context);
}

/* The handler's frame holds the program's extended state; code that reads it from the processor
 * must find it there. */
static void load_extended_state(const struct sigcontext *context)
{
	const char *state = (const char *)context->fpstate;
	u32 magic;

	memcpy(&magic, state + FPX_SOFTWARE_OFFSET, sizeof(magic));
	extended_state_restore(state,
			       magic == FP_XSTATE_MAGIC1 ? uk_cpu_features()->xsave_mask : 0);
}

/* Continues the program with the state in the frame, after the work that is due. */
static void leave_to_program(struct sigcontext *context)
{
	if (uk_cpu_current()->work) {
		work_on_kernel_stack(context);
		return;
	}
	linux_resume_at(frame());
	put_registers(context, frame());
}

/* Stores the interrupted program's state in the thread's frame, as if there were no patches. False:
 * the program made a far jump to 32-bit code; none of its handlers could return there, and it
 * ends. */
static bool take_program(const struct sigcontext *context, const struct uk_fault *fault)
{
	take_registers(frame(), context);
	frame()->rip = patches_to_original(context->rip);
	if (context->cs == program_cs)
		return true;
	uk_signal_end(frame(), fault);
	return false;
}

/* Ends the program, which has no more memory. */
static void end_without_memory(struct sigcontext *context)
{
	const struct uk_fault none = {.signal = SIGKILL, .code = SI_KERNEL};

	uk_pr_crit("Out of memory: the program was ended (SIGKILL); set a larger --memory\n");
	take_program(context, &none);
	uk_signal_end_process(uk_process_current(), 0, SIGKILL);
	work_on_kernel_stack(context);
}

static void fault_in_program(int signal, const siginfo_t *information, struct sigcontext *context)
{
	struct uk_fault fault = {
		.signal = signal,
		.code = information->si_code,
		.address = information->si_addr,
		.vector = context->trapno,
		.error = context->err,
	};

	if (signal == SIGSEGV && context->trapno == VECTOR_PAGE) {
		int result;

		/* The program has locked itself out by WRPKRU. Keys cannot be allocated here
		 * (pkey_alloc(2) is not provided), and with its PKRU not even this library could go
		 * on: no handler runs.
		 */
		if (context->err & PAGE_KEY) {
			take_program(context, &fault);
			uk_signal_end(frame(), &fault);
			work_on_kernel_stack(context);
			return;
		}
		result = settle_page(context->cr2, context->err);
		if (result == 0)
			return;
		if (result == -ENOMEM) {
			end_without_memory(context);
			return;
		}
		fault.signal = uk_mm_fault_signal(result, &fault.code);
		fault.address = context->cr2;
	}
	if (take_program(context, &fault)) {
		load_extended_state(context);
		uk_signal_fault(frame(), &fault);
	}
	leave_to_program(context);
}

static void handle_fault(int signal, siginfo_t *information, struct ucontext *context)
{
	allow_unaligned();
	look_outside(signal, information);
	if (in_kernel(context->context.rip))
		fault_in_kernel(signal, &context->context);
	else
		fault_in_program(signal, information, &context->context);
}

/* An uninterruptible sequence is restarted (syscall.S). */
static void interrupt_kernel(struct sigcontext *context)
{
	static const struct {
		const char *start, *end, *again;
	} ranges[] = {
		{syscall_exit, syscall_exit_end, syscall_exit_again},
		{resume_start, resume_end, resume_again},
		{host_wait_start, host_wait_end, host_wait_again},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(ranges); i++) {
		if (context->rip < (u64)ranges[i].start || context->rip >= (u64)ranges[i].end)
			continue;
		context->rip = (u64)ranges[i].again;
		context->eflags &= ~FLAGS_SPECIAL;
	}
}

/* The timer has fired, or it is to look as if it had. */
static void interrupt(struct sigcontext *registers)
{
	const struct uk_fault none = {.signal = SIGSEGV, .code = SI_KERNEL};

	uk_cpu_current()->timer_fired = true;
	if (in_kernel(registers->rip)) {
		interrupt_kernel(registers);
		return;
	}
	uk_timer_run();
	if (!uk_cpu_current()->work)
		return;
	take_program(registers, &none);
	work_on_kernel_stack(registers);
}

static void handle_timer(int signal, siginfo_t *information, struct ucontext *context)
{
	allow_unaligned();
	look_outside(signal, information);
	interrupt(&context->context);
}

static u64 terminal_signals; /* sent by the terminal and not yet taken */
static bool launcher_sends;

/* The launcher is in the same process group: it gets the terminal's signals too, and others that
 * are meant for the run, and forwards them all. So the terminal's own would be a second one. */
static void handle_terminal(int signal, siginfo_t *information, struct ucontext *context)
{
	allow_unaligned();
	if (signal >= UK_SIGNAL_FORWARDED)
		signal -= UK_SIGNAL_FORWARDED;
	else if (launcher_sends && information->si_code > 0 && signal != SIGIO)
		return;
	terminal_signals |= uk_signal_bit(signal);
	interrupt(&context->context);
}

bool signals_are_waiting(void)
{
	return *(volatile u64 *)&terminal_signals;
}

/* Also in the handler of a signal, which blocks the one that is awaited. */
void ukplat_stop(void)
{
	static const char request[] = {UK_REPORT_STOP};
	struct host_pollfd none = {.fd = -1};
	const u64 awaited_signal = uk_signal_bit(SIGCONT), open = 0;

	if (cage.report < 0)
		return;
	__atomic_fetch_and(&terminal_signals, ~awaited_signal, __ATOMIC_RELAXED);
	host_write_all((u64)cage.report, request, sizeof(request));
	while (!(__atomic_load_n(&terminal_signals, __ATOMIC_RELAXED) & awaited_signal))
		host_wait(SYS_ppoll, (u64)&none, 1, 0, (u64)&open, sizeof(open));
	__atomic_fetch_and(&terminal_signals, ~awaited_signal, __ATOMIC_RELAXED);
}

u64 ukplat_take_signals(void)
{
	return __atomic_exchange_n(&terminal_signals, 0, __ATOMIC_RELAXED);
}

static void set_handler(int signal, void (*handler)(int, siginfo_t *, struct ucontext *))
{
	const struct kernel_sigaction action = {
		.handler = (uintptr_t)handler,
		/* A handler that accesses the program's memory may fault again. */
		.flags = SA_SIGINFO | SA_ONSTACK | SA_RESTORER | SA_NODEFER,
		.restorer = (uintptr_t)host_signal_return,
		/* They are handled when the program continues. */
		.mask = uk_signal_bit(SIGALRM) | uk_signal_bit(SIGIO) | TERMINAL_SIGNALS |
			FORWARDED_SIGNALS << UK_SIGNAL_FORWARDED,
	};

	HOST(rt_sigaction, signal, &action, NULL, 8);
}

void signals_init(void)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
	const stack_t stack = {
		.ss_sp = signal_stack,
		.ss_size = SIGNAL_STACK_SIZE,
	};
	const struct kernel_sigaction ignore = {.handler = SIG_IGN};

	__asm__("mov %%cs, %0" : "=r"(program_cs));
	HOST(sigaltstack, &stack, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(faults); i++)
		set_handler(faults[i], handle_fault);
	set_handler(SIGSYS, handle_syscall);
	set_handler(SIGALRM, handle_timer);
	for (int signal = 1; signal <= SIGWINCH; signal++) {
		if (FORWARDED_SIGNALS & uk_signal_bit(signal))
			set_handler(signal + UK_SIGNAL_FORWARDED, handle_terminal);
	}
	/* Writing to a closed pipe returns an error, and sends the program a signal. */
	HOST(rt_sigaction, SIGPIPE, &ignore, NULL, 8);
	if (HOST(prctl, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, kernel_start,
		 kernel_text_end - kernel_start, &dispatch_selector) < 0)
		linux_refuse("the host's kernel lacks Syscall User Dispatch (Linux 5.11 and "
			     "later); use --platform qemu");
}

void signals_of_input(void)
{
	set_handler(SIGIO, handle_terminal);
}

/* A signal that was ignored when the run began stays ignored (nohup(1)). */
void signals_of_terminal(bool has_launcher)
{
	struct kernel_sigaction action;

	launcher_sends = has_launcher;
	for (int signal = 1; signal <= SIGWINCH; signal++) {
		if (!(TERMINAL_SIGNALS & uk_signal_bit(signal)))
			continue;
		if (HOST(rt_sigaction, signal, NULL, &action, 8) == 0 && action.handler == SIG_DFL)
			set_handler(signal, handle_terminal);
	}
}
