/* SPDX-License-Identifier: BSD-3-Clause */
/* /proc/cpuinfo, as Linux's arch/x86/kernel/cpu/proc.c prints it, from CPUID (Intel SDM vol. 2). */
#include <uk/arch/instructions.h>
#include <uk/plat.h>
#include <uk/string.h>

#include "procfs.h"

#define EXTENDED     0x80000000u
#define CACHE_LEAF   4u
#define CACHE_LEVELS 16 /* more than any processor has */

struct identity {
	u32 family, model, stepping;
};

static struct identity read_identity(void)
{
	u32 eax = cpuid(1, 0).eax, family = eax >> 8 & 15, model = eax >> 4 & 15;
	struct identity identity = {family, model, eax & 15};

	if (family == 15)
		identity.family += eax >> 20 & 0xff;
	if (identity.family >= 6)
		identity.model += (eax >> 16 & 15) << 4;
	return identity;
}

static bool has_extended(u32 leaf)
{
	return cpuid(EXTENDED, 0).eax >= (EXTENDED | leaf);
}

static void put_names(struct text *text, const struct identity *identity)
{
	struct cpuid leaf = cpuid(0, 0);
	const u32 vendor[] = {leaf.ebx, leaf.edx, leaf.ecx};
	struct cpuid brand[3] = {0};
	const char *name = (const char *)brand;

	for (u32 i = 0; i < ARRAY_SIZE(brand) && has_extended(4); i++)
		brand[i] = cpuid((EXTENDED | 2) + i, 0);
	while (*name == ' ')
		name++;
	text_print(text, "processor\t: 0\nvendor_id\t: %.12s\n", (const char *)vendor);
	text_print(text, "cpu family\t: %u\nmodel\t\t: %u\n", identity->family, identity->model);
	text_print(text, "model name\t: %.*s\n", (int)((const char *)(brand + 3) - name),
		   *name ? name : "unknown");
	text_print(text, "stepping\t: %u\n", identity->stepping);
}

/* The size of the highest level: from leaf 4, or level 2 from AMD's leaf. */
static u32 cache_kib(void)
{
	u32 size = has_extended(6) ? cpuid(EXTENDED | 6, 0).ecx >> 16 : 0, highest = 0;

	if (cpuid(0, 0).eax < CACHE_LEAF)
		return size;
	for (u32 i = 0; i < CACHE_LEVELS; i++) {
		struct cpuid cache = cpuid(CACHE_LEAF, i);
		u32 level = cache.eax >> 5 & 7;

		if (!(cache.eax & 31))
			break;
		if (level <= highest)
			continue;
		highest = level;
		size = (u32)((u64)((cache.ebx >> 22) + 1) * ((cache.ebx >> 12 & 0x3ff) + 1) *
			     ((cache.ebx & 0xfff) + 1) * (cache.ecx + 1UL) / 1024);
	}
	return size;
}

static u64 tsc_khz(void)
{
	u64 scale = ukplat_clock_page()->scale; /* nanoseconds per tick, times 2^32 */

	return scale ? (1000000UL << 32) / scale : 0;
}

SHOW(show_cpuinfo)
{
	const struct identity identity = read_identity();
	u32 line = (cpuid(1, 0).ebx >> 8 & 0xff) * 8, addresses = 0x3024; /* 36 and 48 bits */
	u64 khz = tsc_khz(), bogomips = khz / 5; /* in hundredths: two per tick */

	put_names(text, &identity);
	text_print(text, "cpu MHz\t\t: %lu.%03lu\n", khz / 1000, khz % 1000);
	text_print(text, "cache size\t: %u KB\n", cache_kib());
	text_print(text,
		   "physical id\t: 0\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\n"
		   "apicid\t\t: 0\ninitial apicid\t: 0\nfpu\t\t: yes\nfpu_exception\t: yes\n");
	text_print(text, "cpuid level\t: %u\nwp\t\t: yes\nflags\t\t:", cpuid(0, 0).eax);
	put_cpu_flags(text);
	text_print(text, "\nbugs\t\t:\nbogomips\t: %lu.%02lu\n", bogomips / 100, bogomips % 100);
	text_print(text, "clflush size\t: %u\ncache_alignment\t: %u\n", line, line);
	if (has_extended(8))
		addresses = cpuid(EXTENDED | 8, 0).eax;
	text_print(text, "address sizes\t: %u bits physical, %u bits virtual\n", addresses & 0xff,
		   addresses >> 8 & 0xff);
	text_print(text, "power management:\n\n");
	return 0;
}
