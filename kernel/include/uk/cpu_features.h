/* SPDX-License-Identifier: BSD-3-Clause */
/* The processor's features for the guest, and the size of its extended state. */
#ifndef UK_CPU_FEATURES_H
#define UK_CPU_FEATURES_H

#include <uk/types.h>

struct uk_cpu_features {
	u64 hwcap;	/* AT_HWCAP: CPUID leaf 1, edx */
	u64 hwcap2;	/* AT_HWCAP2 (Linux uapi/asm/hwcap2.h) */
	u64 xsave_mask; /* XCR0; 0 if there is only FXSAVE */
	u32 xsave_size; /* bytes of the XSAVE area, standard form; 512 for FXSAVE */
	bool fsgsbase;
};
const struct uk_cpu_features *uk_cpu_features(void);

#endif
