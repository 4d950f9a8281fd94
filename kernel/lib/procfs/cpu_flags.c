/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of processor features, as on Linux (arch/x86/include/asm/cpufeatures.h), in its order of
 * words. Bits: Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E. */
#include <uk/arch/instructions.h>
#include <uk/cpu_features.h>

#include "procfs.h"

enum cpuid_register { EAX, EBX, ECX, EDX };

#define EXTENDED 0x80000000u

static const struct {
	u32 leaf, subleaf;
	enum cpuid_register place;
	const char *names[32]; /* by bit; NULL: Linux shows no name */
} words[] = {
	{1, 0, EDX, {"fpu",  "vme",   "de",   "pse",	 "tsc",	 "msr", "pae",	"mce",
		     "cx8",  "apic",  NULL,   "sep",	 "mtrr", "pge", "mca",	"cmov",
		     "pat",  "pse36", "pn",   "clflush", NULL,	 "dts", "acpi", "mmx",
		     "fxsr", "sse",   "sse2", "ss",	 "ht",	 "tm",	"ia64", "pbe"}},
	{EXTENDED | 1,
	 0,
	 EDX,
	 {[11] = "syscall",
	  [19] = "mp",
	  [20] = "nx",
	  [22] = "mmxext",
	  [25] = "fxsr_opt",
	  [26] = "pdpe1gb",
	  [27] = "rdtscp",
	  [29] = "lm",
	  [30] = "3dnowext",
	  [31] = "3dnow"}},
	{1, 0, ECX, {"pni",    "pclmulqdq", "dtes64", "monitor", "ds_cpl",
		     "vmx",    "smx",	    "est",    "tm2",	 "ssse3",
		     "cid",    "sdbg",	    "fma",    "cx16",	 "xtpr",
		     "pdcm",   NULL,	    "pcid",   "dca",	 "sse4_1",
		     "sse4_2", "x2apic",    "movbe",  "popcnt",	 "tsc_deadline_timer",
		     "aes",    "xsave",	    NULL,     "avx",	 "f16c",
		     "rdrand", "hypervisor"}},
	{EXTENDED | 1,
	 0,
	 ECX,
	 {"lahf_lm",
	  "cmp_legacy",
	  "svm",
	  "extapic",
	  "cr8_legacy",
	  "abm",
	  "sse4a",
	  "misalignsse",
	  "3dnowprefetch",
	  "osvw",
	  "ibs",
	  "xop",
	  "skinit",
	  "wdt",
	  NULL,
	  "lwp",
	  "fma4",
	  "tce",
	  [19] = "nodeid_msr",
	  [21] = "tbm",
	  [22] = "topoext",
	  [23] = "perfctr_core",
	  [24] = "perfctr_nb",
	  [26] = "bpext",
	  [27] = "ptsc",
	  [28] = "perfctr_llc",
	  [29] = "mwaitx"}},
	{7, 0, EBX, {"fsgsbase", "tsc_adjust", "sgx",	   "bmi1",	 "hle",	     "avx2",
		     NULL,	 "smep",       "bmi2",	   "erms",	 "invpcid",  "rtm",
		     "cqm",	 NULL,	       "mpx",	   "rdt_a",	 "avx512f",  "avx512dq",
		     "rdseed",	 "adx",	       "smap",	   "avx512ifma", NULL,	     "clflushopt",
		     "clwb",	 "intel_pt",   "avx512pf", "avx512er",	 "avx512cd", "sha_ni",
		     "avx512bw", "avx512vl"}},
	{13, 1, EAX, {"xsaveopt", "xsavec", "xgetbv1", "xsaves"}},
	{7, 1, EAX, {[4] = "avx_vnni", [5] = "avx512_bf16"}},
	{EXTENDED | 8,
	 0,
	 EBX,
	 {[0] = "clzero", [2] = "xsaveerptr", [4] = "rdpru", [9] = "wbnoinvd"}},
	{6, 0, EAX, {[0] = "dtherm", [1] = "ida", [2] = "arat", [4] = "pln", [6] = "pts"}},
	{7,
	 0,
	 ECX,
	 {[1] = "avx512vbmi",
	  [2] = "umip",
	  [3] = "pku",
	  [5] = "waitpkg",
	  [6] = "avx512_vbmi2",
	  [8] = "gfni",
	  [9] = "vaes",
	  [10] = "vpclmulqdq",
	  [11] = "avx512_vnni",
	  [12] = "avx512_bitalg",
	  [13] = "tme",
	  [14] = "avx512_vpopcntdq",
	  [16] = "la57",
	  [22] = "rdpid",
	  [24] = "bus_lock_detect",
	  [25] = "cldemote",
	  [27] = "movdiri",
	  [28] = "movdir64b",
	  [29] = "enqcmd"}},
	{7,
	 0,
	 EDX,
	 {[2] = "avx512_4vnniw",
	  [3] = "avx512_4fmaps",
	  [4] = "fsrm",
	  [8] = "avx512_vp2intersect",
	  [10] = "md_clear",
	  [14] = "serialize",
	  [16] = "tsxldtrk",
	  [18] = "pconfig",
	  [19] = "arch_lbr",
	  [22] = "amx_bf16",
	  [23] = "avx512_fp16",
	  [24] = "amx_tile",
	  [25] = "amx_int8",
	  [28] = "flush_l1d",
	  [29] = "arch_capabilities"}},
};

static u32 read_word(u32 leaf, u32 subleaf, enum cpuid_register place)
{
	struct cpuid result;

	if (cpuid(leaf & EXTENDED, 0).eax < leaf)
		return 0;
	result = cpuid(leaf, subleaf);
	return place == EAX   ? result.eax
	       : place == EBX ? result.ebx
	       : place == ECX ? result.ecx
			      : result.edx;
}

void put_cpu_flags(struct text *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		u32 bits = read_word(words[i].leaf, words[i].subleaf, words[i].place);

		/* A processor feature that the system must enable. */
		if (words[i].leaf == 7 && words[i].place == EBX && !uk_cpu_features()->fsgsbase)
			bits &= ~1u;
		for (unsigned int bit = 0; bit < 32; bit++) {
			if (bits >> bit & 1 && words[i].names[bit])
				text_print(text, " %s", words[i].names[bit]);
		}
	}
}
