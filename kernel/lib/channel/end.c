/* SPDX-License-Identifier: BSD-3-Clause */
/* A signal ends the program: supplies what the host needs for a core file (core(5)). */
#include <uk/arch/extended_state.h>
#include <uk/channel.h>
#include <uk/cpu_features.h>
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/thread.h>

#include "end.h"

#define FRAME_WORDS (sizeof(struct __regs) / sizeof(u64))

static const struct __regs *running_regs;

/* In the layout of user_regs_struct in Linux's asm/user_64.h: struct __regs, the bases, and
 * selectors that are zero in 64-bit code. */
static void put_registers(struct uk_channel_thread *to, const struct __regs *regs, u64 fs_base,
			  u64 gs_base)
{
	memcpy(to->registers, regs, sizeof(*regs));
	to->registers[FRAME_WORDS] = fs_base;
	to->registers[FRAME_WORDS + 1] = gs_base;
}

static void put_thread(struct uk_thread *thread)
{
	struct uk_channel_thread *to = uk_channel_data();
	const struct ukplat_context *context = &thread->sched.context;
	char *state = (char *)uk_channel_data() + UK_CHANNEL_STATE_OFFSET;

	memset(to, 0, sizeof(*to));
	to->tid = (u64)thread->tid;
	to->blocked = thread->signal.blocked;
	to->pending = thread->signal.pending.set;
	to->nice = (s64)thread->nice;
	memcpy(to->name, thread->name, sizeof(to->name));
	if (thread == uk_thread_current()) {
		put_registers(to, running_regs, ukplat_get_fs_base(), ukplat_get_gs_base());
		to->state_size = ukplat_context_state(NULL, state);
	} else {
		put_registers(to, context->frame, context->fs_base, context->gs_base);
		to->state_size = ukplat_context_state(context, state);
	}
}

s64 channel_put_thread(u64 index)
{
	struct uk_thread *self = uk_thread_current(), *thread = self;

	if (index) {
		for (thread = self->process->threads; thread; thread = thread->next) {
			if (thread != self && thread->sched.state != UK_SCHED_ENDED && --index == 0)
				break;
		}
	}
	if (!thread)
		return -ESRCH;
	put_thread(thread);
	return 0;
}

s64 channel_put_resident(uintptr_t address, uintptr_t end)
{
	u64 *ranges = uk_channel_data();
	s64 count = 0;

	end = MIN(end, UK_GUEST_END);
	while (address < end && (u64)count < UK_CHANNEL_DATA_SIZE / (2 * sizeof(*ranges))) {
		uintptr_t next = end, start = address;

		while (address < end &&
		       ukplat_page_query(uk_mm_current()->space, address, &next).present)
			address += UK_PAGE_SIZE;
		if (address == start) {
			address = next;
			continue;
		}
		ranges[2 * count] = start;
		ranges[2 * count + 1] = address;
		count++;
	}
	return count;
}

static void put_extended_state(struct uk_channel_end *end)
{
	_Static_assert(ARRAY_SIZE(end->component_offsets) == EXTENDED_STATE_NUMBERS, "layout.py");
	end->xsave_mask = uk_cpu_features()->xsave_mask;
	for (unsigned int i = 0; i < EXTENDED_STATE_NUMBERS; i++) {
		struct extended_state_component component = {0};

		if (i >= EXTENDED_STATE_FIRST && end->xsave_mask >> i & 1)
			component = extended_state_component(i, cpuid);
		end->component_offsets[i] = component.offset;
		end->component_sizes[i] = component.size;
	}
}

void uk_channel_end(const struct __regs *regs, const siginfo_t *information)
{
	struct uk_channel_control *control = uk_channel_control();
	const struct uk_process_program *program = &uk_process_current()->program;
	struct uk_channel_end *end = uk_channel_data();
	u32 event = UK_CHANNEL_EVENT_END;

	if (!control || !control->wants_end)
		return;
	_Static_assert(sizeof(end->information) == sizeof(*information), "siginfo_t");
	memcpy(end->information, information, sizeof(*information));
	end->auxiliary = program->auxiliary;
	end->auxiliary_end = program->auxiliary_end;
	end->arguments = program->arguments;
	end->arguments_end = program->arguments_end;
	put_extended_state(end);
	running_regs = regs;
	for (;;) {
		uk_channel_exchange(event);
		event = UK_CHANNEL_EVENT_DONE;
		if (control->command == UK_CHANNEL_COMMAND_RETURN)
			return;
		uk_channel_do(control);
	}
}
