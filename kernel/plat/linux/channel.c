/* SPDX-License-Identifier: BSD-3-Clause */
/* The channel: a file that the host's side maps too, and a pipe for the bell. */
#include "host.h"
#include "platform.h"

#define FUTEX_WAIT 0
#define SPIN_TICKS 200000UL
#define NAP_NS	   1000000L /* the host cannot wake us */

static int memory = -1, bell = -1;

void channel_init(const struct options *options)
{
	memory = options->channel;
	bell = options->bell;
}

void *ukplat_channel_open(size_t size)
{
	u64 offset = 0;
	long address;

	if (memory < 0)
		return NULL;
	/* The host's own choice could be among the program's addresses (`ulimit -s unlimited`). */
	address = HOST(mmap, CHANNEL_START, size, HOST_PROT_READ | HOST_PROT_WRITE,
		       HOST_MAP_SHARED | HOST_MAP_FIXED_NOREPLACE, memory, 0);
	if (address < 0 && address > -4096)
		linux_refuse("-c: cannot map the channel's memory");
	host_write_all((u64)bell, &offset, sizeof(offset));
	return (void *)address;
}

void ukplat_channel_notify(u8 reason)
{
	host_write_all((u64)bell, &reason, sizeof(reason));
}

void ukplat_channel_wait(const u32 *word, u32 value)
{
	const struct {
		s64 seconds, nanoseconds;
	} nap = {0, NAP_NS};
	u64 start = rdtsc();

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) {
		if (rdtsc() - start < SPIN_TICKS)
			__builtin_ia32_pause();
		else
			HOST(futex, word, FUTEX_WAIT, value, &nap, NULL, 0);
	}
}
