/* SPDX-License-Identifier: BSD-3-Clause */
/* The actions of a process, which clone(2) may share. */
#include <uk/alloc.h>
#include <uk/signal.h>

struct uk_signal_actions *uk_signal_actions_create(void)
{
	struct uk_signal_actions *actions = uk_zalloc(sizeof(*actions));

	if (actions)
		actions->references = 1;
	return actions;
}

struct uk_signal_actions *uk_signal_actions_fork(const struct uk_signal_actions *actions)
{
	struct uk_signal_actions *copy = uk_malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *actions;
	copy->references = 1;
	return copy;
}

void uk_signal_actions_put(struct uk_signal_actions *actions)
{
	if (--actions->references == 0)
		uk_free(actions);
}

/* Linux, flush_signal_handlers(). */
void uk_signal_actions_reset(struct uk_signal_actions *actions)
{
	for (int i = 0; i < _NSIG; i++) {
		uintptr_t handler = actions->of[i].handler;

		actions->of[i] = (struct kernel_sigaction){
			.handler = handler == SIG_IGN ? SIG_IGN : SIG_DFL,
		};
	}
}
