/* SPDX-License-Identifier: BSD-3-Clause */
/* Handles exceptions: a page on demand, a fix-up, a signal, or the end of the kernel. */
#include <uk/assert.h>
#include <uk/cpu.h>
#include <uk/crash.h>
#include <uk/errno.h>
#include <uk/leave.h>
#include <uk/mm.h>
#include <uk/print.h>
#include <uk/uaccess.h>

#include "platform.h"
#include "terminal.h"
#include "virtio.h"

/* Intel SDM vol. 3, table 6-1. */
enum vector {
	VECTOR_DIVIDE = 0,
	VECTOR_DEBUG = 1,
	VECTOR_NMI = 2,
	VECTOR_BREAKPOINT = 3,
	VECTOR_OVERFLOW = 4,
	VECTOR_BOUND = 5,
	VECTOR_INVALID_OPCODE = 6,
	VECTOR_NO_DEVICE = 7,
	VECTOR_DOUBLE = 8,
	VECTOR_SEGMENT = 11,
	VECTOR_STACK = 12,
	VECTOR_PROTECTION = 13,
	VECTOR_PAGE = 14,
	VECTOR_X87 = 16,
	VECTOR_ALIGNMENT = 17,
	VECTOR_MACHINE = 18,
	VECTOR_SIMD = 19,
	VECTOR_FIRST_INTERRUPT = 32,
};

/* Page fault error code, SDM vol. 3, figure 4-12. */
#define PAGE_WRITE 2u
#define PAGE_FETCH 16u

struct fixup {
	u64 fault, resume;
};
extern const struct fixup fixup_table_start[], fixup_table_end[];

static u64 fault_address(void)
{
	u64 address;

	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	return address;
}

static u32 fault_access(u64 error)
{
	if (error & PAGE_FETCH)
		return UK_PROT_EXEC;
	return error & PAGE_WRITE ? UK_PROT_WRITE : UK_PROT_READ;
}

static void __noreturn unexpected(const struct __regs *regs, u64 vector, u64 error)
{
	static bool reported;

	/* An exception during the report must not be reported again. */
	if (!reported) {
		reported = true;
		uk_print("\nThe kernel at the exception:\n");
		uk_crash_print_registers(regs);
	}
	UK_PANIC("exception %lu (error code 0x%lx, cr2 0x%lx) in the kernel at 0x%lx", vector,
		 error, fault_address(), regs->rip);
}

static void handle_kernel(struct __regs *regs, u64 vector, u64 error)
{
	const struct fixup *fixup;

	if (vector != VECTOR_PAGE && vector != VECTOR_PROTECTION)
		unexpected(regs, vector, error);
	for (fixup = fixup_table_start; fixup < fixup_table_end; fixup++) {
		if (fixup->fault != regs->rip)
			continue;
		/* A non-canonical guest address is #GP; uk/uaccess.h keeps these out. */
		if (vector != VECTOR_PAGE || fault_address() >= UK_GUEST_END ||
		    uk_mm_fault(uk_mm_current(), fault_address(), fault_access(error)) != 0)
			regs->rip = fixup->resume;
		return;
	}
	unexpected(regs, vector, error);
}

/* Maps the page, or describes the program's fault in *fault. False if there is no fault: the page
 * was mapped, or the program ends. */
static bool page_fault(u64 error, struct uk_fault *fault)
{
	u64 address = fault_address();
	int result = address < UK_GUEST_END
			     ? uk_mm_fault(uk_mm_current(), address, fault_access(error))
			     : -EFAULT;

	if (result == 0)
		return false;
	if (result == -ENOMEM) {
		uk_pr_crit(
			"Out of memory: the program was ended (SIGKILL); set a larger --memory\n");
		uk_signal_end_process(uk_process_current(), 0, SIGKILL);
		return false;
	}
	fault->signal = uk_mm_fault_signal(result, &fault->code);
	fault->address = address;
	return true;
}

/* The si_code of SIGFPE, from the unmasked exception flags (SDM vol. 1, 8.1.3 and 10.2.3: both
 * registers have the flags in the same low six bits). */
static int floating_point_code(u32 flags)
{
	if (flags & 1)
		return FPE_FLTINV;
	if (flags & 4)
		return FPE_FLTDIV;
	if (flags & 8)
		return FPE_FLTOVF;
	if (flags & (2 | 16))
		return FPE_FLTUND;
	return flags & 32 ? FPE_FLTRES : 0;
}

static int simd_code(void)
{
	u32 mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	return floating_point_code(mxcsr & ~(mxcsr >> 7));
}

static int x87_code(void)
{
	u16 control, status;

	__asm__ volatile("fnstcw %0" : "=m"(control));
	__asm__ volatile("fnstsw %0" : "=m"(status));
	return floating_point_code(status & ~control);
}

/* Signals and codes as on Linux (arch/x86/kernel/traps.c). */
static void handle_guest(struct __regs *regs, u64 vector, u64 error)
{
	struct uk_fault fault = {
		.signal = SIGSEGV,
		.code = SI_KERNEL,
		.vector = vector,
		.error = error,
	};

	switch (vector) {
	case VECTOR_PAGE:
		if (!page_fault(error, &fault))
			return;
		break;
	case VECTOR_DIVIDE:
		fault.signal = SIGFPE;
		fault.code = FPE_INTDIV;
		fault.address = regs->rip;
		break;
	case VECTOR_DEBUG:
		fault.signal = SIGTRAP;
		fault.code = TRAP_BRKPT;
		fault.address = regs->rip;
		break;
	case VECTOR_BREAKPOINT:
		fault.signal = SIGTRAP;
		break;
	case VECTOR_INVALID_OPCODE:
		fault.signal = SIGILL;
		fault.code = ILL_ILLOPN;
		fault.address = regs->rip;
		break;
	case VECTOR_X87:
	case VECTOR_SIMD:
		fault.signal = SIGFPE;
		fault.code = vector == VECTOR_X87 ? x87_code() : simd_code();
		fault.address = regs->rip;
		break;
	case VECTOR_ALIGNMENT:
		fault.signal = SIGBUS;
		fault.code = BUS_ADRALN;
		break;
	case VECTOR_SEGMENT:
	case VECTOR_STACK:
		fault.signal = SIGBUS;
		break;
	case VECTOR_NMI:
	case VECTOR_DOUBLE:
	case VECTOR_MACHINE:
	case VECTOR_NO_DEVICE:
		unexpected(regs, vector, error);
	default:
		break;
	}
	uk_signal_fault(regs, &fault);
}

static bool from_kernel(const struct __regs *regs)
{
	return regs->rip >= (u64)kernel_start && regs->rip < (u64)kernel_text_end;
}

static void handle_interrupt(u64 vector)
{
	/* A device's interrupt only wakes the processor, which then asks the sources of events. */
	if (vector == VECTOR_TIMER)
		timer_fire();
	if (vector == VECTOR_DEVICE) {
		virtio_interrupt();
		terminal_receive();
	}
	if (vector != VECTOR_SPURIOUS)
		apic_end_of_interrupt();
}

/* Called by exception.S with the interrupted state; returns to it, as modified. */
void exception_handle(struct __regs *regs, u64 vector, u64 error);
void exception_handle(struct __regs *regs, u64 vector, u64 error)
{
	if (vector >= VECTOR_FIRST_INTERRUPT)
		handle_interrupt(vector);
	else if (from_kernel(regs))
		handle_kernel(regs, vector, error);
	else
		handle_guest(regs, vector, error);
	if (from_kernel(regs))
		return;
	if (unlikely(uk_cpu_current()->work))
		uk_leave_work(regs);
}
