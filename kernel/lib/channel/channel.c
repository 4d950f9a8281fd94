/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory shared with the host, and the exchange of an event for a command. */
#include <uk/assert.h>
#include <uk/channel.h>
#include <uk/init.h>
#include <uk/plat.h>

static struct uk_channel_control *control;

struct uk_channel_control *uk_channel_control(void)
{
	return control;
}

void *uk_channel_data(void)
{
	return (char *)control + UK_CHANNEL_DATA_OFFSET;
}

void uk_channel_exchange(u32 event)
{
	u32 request = control->request + 1;

	control->event = event;
	control->time_ns = ukplat_monotonic_ns();
	__atomic_store_n(&control->request, request, __ATOMIC_RELEASE);
	ukplat_channel_notify(UK_CHANNEL_BELL_MESSAGE);
	ukplat_channel_wait(&control->reply, request - 1);
}

void uk_channel_tell_start(void)
{
	if (!control || !control->tells_start)
		return;
	control->command = UK_CHANNEL_COMMAND_MAPS;
	control->address = 0;
	uk_channel_do(control);
	uk_channel_exchange(UK_CHANNEL_EVENT_START);
}

static int open_channel(void)
{
	uintptr_t ring;

	control = ukplat_channel_open(UK_CHANNEL_SIZE);
	if (!control)
		return 0;
	ring = (uintptr_t)control + UK_CHANNEL_RING_OFFSET;
	control->ring_address = ring;
	control->head = ring;
	control->tail = ring;
	control->epoch_ns = ukplat_boot_epoch_ns();
	control->magic = UK_CHANNEL_MAGIC;
	/* The host decides which calls it wants to see. */
	uk_channel_exchange(UK_CHANNEL_EVENT_READY);
	UK_ASSERT(control->command == UK_CHANNEL_COMMAND_RETURN);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, open_channel);
