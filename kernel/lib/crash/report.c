/* SPDX-License-Identifier: BSD-3-Clause */
/* The report for users when a fault ends the program: cause, location, registers, backtrace. */
#include <uk/assert.h>
#include <uk/crash.h>
#include <uk/elf_symbols.h>
#include <uk/init.h>
#include <uk/linux/signal.h>
#include <uk/mm.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#include "crash.h"

#define BACKTRACE_FRAMES_MAX 32
#define SCAN_WORDS_MAX	     256 /* of the stack, searched for likely return addresses */

#define LIBRARY_SIZE 256 /* of a path */

#define VECTOR_PROTECTION 13 /* Intel SDM vol. 3, table 6-1 */
#define USER32_CS	  0x23u

static const char *fault_name(int signal, int code)
{
	switch (signal) {
	case SIGSEGV:
		return "segmentation fault";
	case SIGILL:
		return "illegal instruction";
	case SIGFPE:
		return code == FPE_INTDIV ? "division by zero or overflow"
					  : "floating point exception";
	case SIGBUS:
		return "bus error";
	case SIGTRAP:
		return "trap";
	case SIGABRT:
		return "abort";
	case SIGSYS:
		return "bad system call";
	default:
		return "fatal signal";
	}
}

/* Prints the second half of the sentence "segmentation fault: ...". */
static void print_cause(const struct uk_fault *fault)
{
	uintptr_t address = fault->address;
	const struct uk_vma *vma = uk_mm_find(uk_mm_current(), address);

	if (fault->signal != SIGSEGV || (fault->code != SEGV_MAPERR && fault->code != SEGV_ACCERR))
		return;
	if (vma && vma->kind == UK_VMA_GUARD)
		uk_print(": stack overflow (address 0x%lx)", address);
	else if (address < UK_PAGE_SIZE)
		uk_print(": null pointer (address 0x%lx)", address);
	else if (fault->code == SEGV_ACCERR)
		uk_print(": no permission at address 0x%lx", address);
	else
		uk_print(": nothing mapped at address 0x%lx", address);
}

static void print_address(uintptr_t address)
{
	struct uk_elf_place place;
	char library[LIBRARY_SIZE];

	uk_print("0x%lx", address);
	if (!uk_elf_symbolize(address, &place))
		return;
	if (*place.name)
		uk_print(" %s+0x%lx", place.name, place.offset);
	if (place.library && uk_file_name(place.library, library, sizeof(library)) >= 0)
		uk_print(" (%s+0x%lx)", library, place.offset_in_file);
}

void uk_crash_print_registers(const struct __regs *r)
{
	uk_print("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", r->rax, r->rbx, r->rcx,
		 r->rdx);
	uk_print("  rsi %016lx  rdi %016lx  rbp %016lx  rsp %016lx\n", r->rsi, r->rdi, r->rbp,
		 r->rsp);
	uk_print("  r8  %016lx  r9  %016lx  r10 %016lx  r11 %016lx\n", r->r8, r->r9, r->r10,
		 r->r11);
	uk_print("  r12 %016lx  r13 %016lx  r14 %016lx  r15 %016lx\n", r->r12, r->r13, r->r14,
		 r->r15);
	uk_print("  rip %016lx  eflags %lx\n", r->rip, r->eflags);
}

static bool is_code(uintptr_t address)
{
	const struct uk_vma *vma = uk_mm_find(uk_mm_current(), address);

	return vma && vma->prot & UK_PROT_EXEC;
}

/* Whether a call instruction ends at address: e8 rel32, or ff /2 with 0, 1, 4 or 5 bytes after the
 * ModRM byte (Intel SDM vol. 2, CALL). */
static bool follows_call(uintptr_t address)
{
	static const u8 indirect_lengths[] = {2, 3, 6, 7};
	u8 bytes[8];

	if (!is_code(address) || copy_from_user(bytes, (const void *)(address - 8), sizeof(bytes)))
		return false;
	if (bytes[8 - 5] == 0xe8)
		return true;
	for (unsigned int i = 0; i < ARRAY_SIZE(indirect_lengths); i++) {
		const u8 *call = bytes + 8 - indirect_lengths[i];

		if (call[0] == 0xff && (call[1] >> 3 & 7) == 2)
			return true;
	}
	return false;
}

static void print_frame(unsigned int number, uintptr_t address, const char *note)
{
	uk_print("  #%-2u ", number);
	print_address(address);
	uk_print("%s\n", note);
}

static void print_backtrace(const struct __regs *regs)
{
	struct {
		uintptr_t frame, return_address;
	} saved; /* what %rbp points to in code with frame pointers */
	uintptr_t frame = regs->rbp, lowest = regs->rsp, word;
	unsigned int number = 0;

	print_frame(number++, regs->rip, "");
	while (number < BACKTRACE_FRAMES_MAX && frame >= lowest && IS_ALIGNED(frame, 8) &&
	       copy_from_user(&saved, (const void *)frame, sizeof(saved)) == 0 &&
	       follows_call(saved.return_address)) {
		print_frame(number++, saved.return_address, "");
		lowest = frame + sizeof(saved);
		frame = saved.frame;
	}
	if (number > 1)
		return;
	/* No frame pointers: show likely return addresses. */
	for (unsigned int i = 0; i < SCAN_WORDS_MAX && number < BACKTRACE_FRAMES_MAX; i++) {
		if (copy_from_user(&word, (const void *)(regs->rsp + i * 8), sizeof(word)))
			return;
		if (follows_call(word))
			print_frame(number++, word, " ?");
	}
}

/* The entries to 32-bit code, which a program may try because Linux can be built without them. */
static void print_32_bit_entry(const struct __regs *regs, const struct uk_fault *fault)
{
	u8 code[2];

	/* Linux's __USER32_CS (asm/segment.h), as in the error code of #GP; or the program is in
	 * 32-bit code already, if the host supports it. */
	if (regs->cs == USER32_CS ||
	    (fault->vector == VECTOR_PROTECTION && fault->error == (USER32_CS & ~3u))) {
		uk_print("\n  32-bit code is not supported (segment 0x%x)", USER32_CS);
		return;
	}
	if ((fault->signal != SIGSEGV && fault->signal != SIGILL) ||
	    copy_from_user(code, (const void *)regs->rip, sizeof(code)))
		return;
	if (code[0] == 0xcd && code[1] == 0x80)
		uk_print("\n  32-bit system calls are not supported (int 0x80, number %d)",
			 (int)regs->rax);
	else if (code[0] == 0x0f && code[1] == 0x34)
		uk_print("\n  32-bit system calls are not supported (sysenter, number %d)",
			 (int)regs->rax);
}

/* The signal was caused by an instruction, not by a sender. */
static bool is_fault(int signal)
{
	return uk_signal_bit(signal) & (uk_signal_bit(SIGSEGV) | uk_signal_bit(SIGBUS) |
					uk_signal_bit(SIGILL) | uk_signal_bit(SIGFPE));
}

void uk_crash_report(const struct __regs *regs, const struct uk_fault *fault)
{
	uk_print("\nThe program was ended by signal %d: %s", fault->signal,
		 fault_name(fault->signal, fault->code));
	print_cause(fault);
	print_32_bit_entry(regs, fault);
	uk_print("\n  at ");
	print_address(regs->rip);
	if (uk_process_is_threaded(uk_process_current()))
		uk_print("\n  in thread %d (%s)", uk_thread_current()->tid,
			 uk_thread_current()->name);
	uk_print("\n");
	if (is_fault(fault->signal))
		crash_print_code(regs->rip);
	uk_print("Registers:\n");
	uk_crash_print_registers(regs);
	uk_print("Backtrace:\n");
	print_backtrace(regs);
}

static void print_guest_state(void)
{
	uk_print("The guest's registers at its last entry:\n");
	uk_crash_print_registers(ukplat_guest_regs());
}

static int set_panic_report(void)
{
	uk_panic_report = print_guest_state;
	return 0;
}
UK_INIT(UK_INIT_CLASS_EARLY, set_panic_report);
