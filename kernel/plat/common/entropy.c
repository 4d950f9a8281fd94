/* SPDX-License-Identifier: BSD-3-Clause */
/* Entropy: RDRAND (Intel SDM vol. 1, 7.3.17), otherwise from clocks. */
#include <uk/string.h>

#include <uk/arch/instructions.h>
#include <uk/plat.h>

#define ECX_RDRAND   (1u << 30) /* CPUID leaf 1 */
#define RDRAND_TRIES 10		/* SDM vol. 1, 7.3.17.1 */

static bool rdrand(u64 *value)
{
	bool good;

	for (unsigned int i = 0; i < RDRAND_TRIES; i++) {
		__asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(good));
		if (good)
			return true;
	}
	return false;
}

/* CPUID is read once: in a virtual machine it takes as long as dozens of RDRANDs. */
static bool has_rdrand(void)
{
	static enum { UNKNOWN, ABSENT, PRESENT } rdrand_state;

	if (rdrand_state == UNKNOWN)
		rdrand_state = cpuid(1, 0).ecx & ECX_RDRAND ? PRESENT : ABSENT;
	return rdrand_state == PRESENT;
}

size_t ukplat_entropy(void *buffer, size_t length)
{
	bool hardware = has_rdrand();
	size_t real = 0;
	u64 value = 0;

	for (size_t done = 0; done < length; done += sizeof(value)) {
		size_t part = MIN(length - done, sizeof(value));

		if (hardware && rdrand(&value))
			real += part;
		else
			value = (value + rdtsc()) * 0x9e3779b97f4a7c15; /* spreads the low bits */
		memcpy((char *)buffer + done, &value, part);
	}
	return real;
}
