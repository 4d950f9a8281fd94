/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this platform; not visible above uk/plat.h. */
#ifndef PLAT_QEMU_PLATFORM_H
#define PLAT_QEMU_PLATFORM_H

#include <uk/arch/instructions.h>
#include <uk/arch/regs.h>
#include <uk/essentials.h>
#include <uk/plat.h>

#include "layout.h"

/* From the linker script and assembly. */
extern const char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];
extern u64 page_table_root[512], pointers_direct[512], directory_direct[512];
extern char kernel_stack_top[], exception_stack_top[], fatal_stack_top[];
extern const char exception_stubs[];
#define EXCEPTION_STUB_SIZE 16
void syscall_entry(void);

/* Interrupt vectors. */
#define VECTOR_COUNT	64
#define VECTOR_TIMER	32
#define VECTOR_DEVICE	33
#define VECTOR_SPURIOUS 63 /* old APICs require ones in the low four bits */

/* setup.c */
void platform_start(u32 start_info) __noreturn;

/* cpu.c: descriptor tables, system call entry, control registers. */
void cpu_init(void);

/* boot_memory.c: reads struct hvm_start_info, hands free memory to the page allocator. */
void boot_memory_init(u32 start_info, struct uk_boot_info *info);

/* direct_map.c: the direct map above 1 GiB, device memory. */
void page_table_map_direct(uk_paddr_t end);
volatile void *page_table_map_device(uk_paddr_t address);

/* console.c */
void console_init(void);

/* exit.c */
void report_channel_init(void);
void platform_stop(int status) __noreturn;

/* apic.c: the local APIC and its timer, which counts nanoseconds on QEMU and KVM. */
void apic_init(void);
void apic_end_of_interrupt(void);
u32 apic_timer_count(void);
/* Counts down from ticks of APIC_TIMER_DIVISOR ns to 0, and stays at 0. */
void apic_timer_start(u32 ticks, bool interrupts);
#define APIC_TIMER_DIVISOR 128

/* io_apic.c: line is the global system interrupt. */
void io_apic_enable(u32 line, u8 vector);

/* timer.c: the APIC's timer as the program's timer, and the clock's reference. */
void timer_init(void);
/* Sets timer_fired of struct uk_cpu. Also while the kernel waits, so the program must not continue
 * before uk_timer_check(). */
void timer_fire(void);
/* Nanoseconds since timer_init(), until the timer is used. */
u64 timer_first_ns(void);

/* pit.c: the 8254 timer as the clock's reference. False: the machine has no PIT. */
bool pit_start(void);
/* Nanoseconds after which it must have been read again. */
u64 pit_certain_ns(void);
struct clock_sample;
void pit_read(struct clock_sample *sample);

static inline void outb(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outl(u16 port, u32 value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline u32 inl(u16 port)
{
	u32 value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

#endif
