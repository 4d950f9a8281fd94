/* SPDX-License-Identifier: BSD-3-Clause */
/* The processor's features, segment bases, and the start of the program. */
#include <uk/arch/extended_state.h>
#include <uk/arch/regs_offsets.h>
#include <uk/cpu.h>
#include <uk/cpu_features.h>
#include <uk/linux/prctl.h>

#include "host.h"
#include "platform.h"

_Static_assert(offsetof(struct __regs, rbx) == REGS_RBX, "regs_offsets.h");
_Static_assert(offsetof(struct __regs, rdi) == REGS_RDI, "regs_offsets.h");
_Static_assert(offsetof(struct __regs, rip) == REGS_RIP, "regs_offsets.h");
_Static_assert(offsetof(struct __regs, ss) == REGS_SS, "regs_offsets.h");
_Static_assert(sizeof(struct __regs) == REGS_SIZE, "regs_offsets.h");

#define ECX_XSAVE	(1u << 26) /* CPUID leaf 1 */
#define ECX_OSXSAVE	(1u << 27)
#define HWCAP2_FSGSBASE (1u << 1) /* Linux's AT_HWCAP2 (uapi/asm/hwcap2.h) */
#define EFLAGS_INITIAL	0x202	  /* interrupts on; bit 1 is always set */

static struct uk_cpu_features features;

const struct uk_cpu_features *uk_cpu_features(void)
{
	return &features;
}

void cpu_init(const struct options *options)
{
	struct cpuid leaf1 = cpuid(1, 0);
	u64 enabled = 0;

	/* Processors have the instructions, but they only work if the host has enabled them. */
	features.fsgsbase = options->hwcap2 & HWCAP2_FSGSBASE;
	features.hwcap2 = options->hwcap2 & HWCAP2_FSGSBASE;
	cage.fsgsbase = features.fsgsbase;

	features.hwcap = leaf1.edx;
	if (leaf1.ecx & ECX_XSAVE && leaf1.ecx & ECX_OSXSAVE) {
		u32 low, high;

		__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
		enabled = (u64)high << 32 | low;
		features.xsave_mask = enabled & ~EXTENDED_STATE_AMX;
	}
	features.xsave_size = extended_state_size(features.xsave_mask, enabled, cpuid);
}

void ukplat_set_fs_base(u64 address)
{
	if (features.fsgsbase)
		__asm__ volatile("wrfsbase %0" : : "r"(address));
	else
		HOST(arch_prctl, ARCH_SET_FS, address);
}

u64 ukplat_get_fs_base(void)
{
	u64 address = 0;

	if (features.fsgsbase)
		__asm__ volatile("rdfsbase %0" : "=r"(address));
	else
		HOST(arch_prctl, ARCH_GET_FS, &address);
	return address;
}

void ukplat_set_gs_base(u64 address)
{
	if (features.fsgsbase)
		__asm__ volatile("wrgsbase %0" : : "r"(address));
	else
		HOST(arch_prctl, ARCH_SET_GS, address);
}

u64 ukplat_get_gs_base(void)
{
	u64 address = 0;

	if (features.fsgsbase)
		__asm__ volatile("rdgsbase %0" : "=r"(address));
	else
		HOST(arch_prctl, ARCH_GET_GS, &address);
	return address;
}

struct __regs *ukplat_guest_regs(void)
{
	return uk_cpu_current()->frame;
}

void ukplat_start_program(uintptr_t entry, uintptr_t stack)
{
	u16 cs, ss;

	__asm__("mov %%cs, %0" : "=r"(cs));
	__asm__("mov %%ss, %0" : "=r"(ss));
	*uk_cpu_current()->frame = (struct __regs){
		.cs = cs,
		.ss = ss,
		.eflags = EFLAGS_INITIAL,
		.rip = entry,
		.rsp = stack,
	};
	cage_close(&cage);
	ukplat_boot_phase_done(UKPLAT_BOOT_START);
	ukarch_resume(uk_cpu_current()->frame);
}
