/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/thread.h>

#include "last_calls.h"

static struct last_call last_calls[LAST_CALLS];
static u64 last_order;

u64 last_calls_begin(const struct __regs *regs, s64 number)
{
	u64 order = ++last_order;

	last_calls[order % LAST_CALLS] = (struct last_call){
		.order = order,
		.number = number,
		.arguments = {regs->rarg0, regs->rarg1, regs->rarg2, regs->rarg3, regs->rarg4,
			      regs->rarg5},
		.ip = regs->rip,
		.thread = uk_thread_current()->tid,
	};
	return order;
}

void last_calls_end(u64 order, s64 result)
{
	struct last_call *call = &last_calls[order % LAST_CALLS];

	/* Other threads may have made many calls meanwhile. */
	if (call->order != order)
		return;
	call->result = result;
	call->done = true;
}
