/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/clock.h>
#include <uk/vnode.h>

s64 uk_vnode_now(void)
{
	return uk_clock_read(CLOCK_REALTIME);
}
