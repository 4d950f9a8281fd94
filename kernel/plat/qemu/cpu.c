/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptor tables, the system call MSRs and the control registers that the guest's code relies
 * on. */
#include <uk/arch/extended_state.h>
#include <uk/arch/regs_offsets.h>
#include <uk/cpu.h>
#include <uk/cpu_features.h>

#include "platform.h"

_Static_assert(offsetof(struct __regs, rbx) == REGS_RBX, "regs_offsets.h");
_Static_assert(offsetof(struct __regs, rdi) == REGS_RDI, "regs_offsets.h");
_Static_assert(offsetof(struct __regs, rip) == REGS_RIP, "regs_offsets.h");
_Static_assert(offsetof(struct __regs, ss) == REGS_SS, "regs_offsets.h");
_Static_assert(sizeof(struct __regs) == REGS_SIZE, "regs_offsets.h");

#define MSR_STAR    0xc0000081
#define MSR_LSTAR   0xc0000082
#define MSR_FMASK   0xc0000084
#define MSR_FS_BASE 0xc0000100
#define MSR_GS_BASE 0xc0000101

/* TF, IF, DF, IOPL, NT, AC: Linux masks the same flags. */
#define SYSCALL_FLAGS_MASK 0x47700

#define CR4_FSGSBASE (1u << 16)
#define CR4_OSXSAVE  (1u << 18)

/* CPUID leaf 1. */
#define ECX_XSAVE    (1u << 26)
/* CPUID leaf 7. */
#define EBX_FSGSBASE (1u << 0)

/* Interrupts on; bit 1 is always set. */
#define EFLAGS_INITIAL 0x202

/* Linux's AT_HWCAP2 (uapi/asm/hwcap2.h). */
#define HWCAP2_FSGSBASE (1u << 1)

/* Intel SDM vol. 3, figure 7-11. */
struct task_state {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7]; /* ist[0] is IST1 */
	u64 reserved2;
	u16 reserved3;
	u16 io_map;
} __packed;

struct gate {
	u16 offset_low;
	u16 selector;
	u8 ist;
	u8 type;
	u16 offset_middle;
	u32 offset_high;
	u32 reserved;
} __packed;

struct table_pointer {
	u16 limit;
	u64 base;
} __packed;

#define GATE_INTERRUPT 0x8e /* present, 64-bit interrupt gate: interrupts off */
#define IST_EXCEPTION  1
#define IST_FATAL      2

#define VECTOR_NMI	     2
#define VECTOR_DOUBLE_FAULT  8
#define VECTOR_MACHINE_CHECK 18

extern u64 gdt[];
extern char gdt_end[];

static struct task_state task_state;
static struct gate idt[VECTOR_COUNT] __aligned_to(16);
static struct uk_cpu_features features;

const struct uk_cpu_features *uk_cpu_features(void)
{
	return &features;
}

static void load_task_state(void)
{
	u64 base = (u64)&task_state;
	u64 limit = sizeof(task_state) - 1;

	task_state.ist[IST_EXCEPTION - 1] = (u64)exception_stack_top;
	task_state.ist[IST_FATAL - 1] = (u64)fatal_stack_top;
	task_state.io_map = sizeof(task_state);
	/* Available 64-bit TSS, SDM vol. 3 figure 7-4. */
	gdt[KERNEL_TSS / 8] =
		limit | (base & 0xffffff) << 16 | 0x89UL << 40 | (base >> 24 & 0xff) << 56;
	gdt[KERNEL_TSS / 8 + 1] = base >> 32;
	struct table_pointer pointer = {(u16)(gdt_end - (char *)gdt - 1), (u64)gdt};

	__asm__ volatile("lgdt %0" : : "m"(pointer));
	__asm__ volatile("ltr %w0" : : "r"(KERNEL_TSS));
}

static void load_interrupt_table(void)
{
	struct table_pointer pointer = {sizeof(idt) - 1, (u64)idt};

	for (unsigned int vector = 0; vector < VECTOR_COUNT; vector++) {
		u64 stub = (u64)exception_stubs + vector * EXCEPTION_STUB_SIZE;
		bool fatal = vector == VECTOR_NMI || vector == VECTOR_DOUBLE_FAULT ||
			     vector == VECTOR_MACHINE_CHECK;

		idt[vector] = (struct gate){
			.offset_low = (u16)stub,
			.offset_middle = (u16)(stub >> 16),
			.offset_high = (u32)(stub >> 32),
			.selector = KERNEL_CS,
			.ist = fatal ? IST_FATAL : IST_EXCEPTION,
			.type = GATE_INTERRUPT,
		};
	}
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

/* Enables the processor's features for the guest: FSGSBASE, AVX and later through XSAVE. */
static void enable_features(void)
{
	struct cpuid leaf1 = cpuid(1, 0);
	u64 cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	if (cpuid(0, 0).eax >= 7 && cpuid(7, 0).ebx & EBX_FSGSBASE) {
		cr4 |= CR4_FSGSBASE;
		features.hwcap2 |= HWCAP2_FSGSBASE;
		features.fsgsbase = true;
	}
	if (leaf1.ecx & ECX_XSAVE)
		cr4 |= CR4_OSXSAVE;
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
	features.hwcap = leaf1.edx;
	if (leaf1.ecx & ECX_XSAVE) {
		struct cpuid state = cpuid(LEAF_EXTENDED_STATE, 0);

		features.xsave_mask = ((u64)state.edx << 32 | state.eax) & ~EXTENDED_STATE_AMX;
		__asm__ volatile("xsetbv"
				 :
				 : "c"(0), "a"((u32)features.xsave_mask),
				   "d"((u32)(features.xsave_mask >> 32)));
	}
	features.xsave_size = extended_state_size(features.xsave_mask, features.xsave_mask, cpuid);
}

void cpu_init(void)
{
	load_task_state();
	load_interrupt_table();
	enable_features();
	wrmsr(MSR_STAR, (u64)KERNEL_CS << 32);
	wrmsr(MSR_LSTAR, (u64)syscall_entry);
	wrmsr(MSR_FMASK, SYSCALL_FLAGS_MASK);
}

void ukplat_set_fs_base(u64 address)
{
	if (features.fsgsbase)
		__asm__ volatile("wrfsbase %0" : : "r"(address));
	else
		wrmsr(MSR_FS_BASE, address);
}

u64 ukplat_get_fs_base(void)
{
	return rdmsr(MSR_FS_BASE);
}

void ukplat_set_gs_base(u64 address)
{
	wrmsr(MSR_GS_BASE, address);
}

u64 ukplat_get_gs_base(void)
{
	return rdmsr(MSR_GS_BASE);
}

struct __regs *ukplat_guest_regs(void)
{
	return uk_cpu_current()->frame;
}

void ukplat_start_program(uintptr_t entry, uintptr_t stack)
{
	/* Not in the thread's frame: this function still runs on that part of the stack. */
	static struct __regs regs = {
		.cs = KERNEL_CS,
		.ss = KERNEL_DS,
		.eflags = EFLAGS_INITIAL,
	};

	/* System calls do not store these. The boot code's data here is no longer needed. */
	uk_cpu_current()->frame->cs = KERNEL_CS;
	uk_cpu_current()->frame->ss = KERNEL_DS;
	regs.rip = entry;
	regs.rsp = stack;
	ukplat_boot_phase_done(UKPLAT_BOOT_START);
	ukarch_resume(&regs);
}
