/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtqueues and device start-up; the transports are in virtio_mmio.c and virtio_pci.c. */
#include <uk/alloc.h>
#include <uk/cpu.h>
#include <uk/errno.h>

#include "platform.h"
#include "virtio.h"

/* Device status, 2.1. */
#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER	   2
#define STATUS_DRIVER_OK   4
#define STATUS_FEATURES_OK 8
#define STATUS_NEEDS_RESET 64

#define DESCRIPTOR_NEXT	       1 /* VIRTQ_DESC_F_NEXT, 2.7.5 */
#define DESCRIPTOR_WRITE       2
#define AVAILABLE_NO_INTERRUPT 1 /* VIRTQ_AVAIL_F_NO_INTERRUPT, 2.7.6 */

#define DEVICES_MAX 12

/* Devices that may interrupt. */
static struct virtio_device *devices[DEVICES_MAX];

/* The ring is shared with a device that may read it at any moment. */
static inline void barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

int virtio_find(u16 device_id, unsigned int index, struct virtio_device *device)
{
	int result = virtio_mmio_find(device_id, &index, device);

	if (result == -ENODEV)
		result = virtio_pci_find(device_id, &index, device);
	return result;
}

static void remember(struct virtio_device *device)
{
	for (unsigned int i = 0; i < DEVICES_MAX; i++) {
		if (devices[i])
			continue;
		devices[i] = device;
		return;
	}
}

void virtio_interrupt(void)
{
	for (unsigned int i = 0; i < DEVICES_MAX && devices[i]; i++)
		devices[i]->transport->acknowledge(devices[i]);
}

static int start_queues(struct virtio_device *device, struct virtqueue **queues, const u16 *numbers,
			unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct virtqueue *queue = uk_zalloc(sizeof(*queue));
		int error;

		if (!queue)
			return -ENOMEM;
		queue->device = device;
		queue->number = numbers[i];
		queue->available.flags = AVAILABLE_NO_INTERRUPT;
		error = device->transport->start_queue(device, queue);
		if (error)
			return error;
		queues[i] = queue;
	}
	return 0;
}

int virtio_start(struct virtio_device *device, u64 features, struct virtqueue **queues,
		 const u16 *numbers, unsigned int count)
{
	const struct virtio_transport *transport = device->transport;
	u8 status = STATUS_ACKNOWLEDGE | STATUS_DRIVER;
	int error;

	transport->set_status(device, 0);
	transport->set_status(device, status);
	if (!transport->negotiate(device, features | VIRTIO_F_VERSION_1))
		return -EIO;
	status |= STATUS_FEATURES_OK;
	transport->set_status(device, status);
	if (!(transport->status(device) & STATUS_FEATURES_OK))
		return -EIO;
	error = start_queues(device, queues, numbers, count);
	if (error)
		return error;
	remember(device);
	transport->set_status(device, status | STATUS_DRIVER_OK);
	return 0;
}

static void offer(struct virtqueue *queue, u16 index)
{
	queue->available.ring[queue->available.index % VIRTQUEUE_SIZE] = index;
	barrier();
	queue->available.index++;
}

void virtqueue_offer(struct virtqueue *queue, u16 index, void *memory, size_t length,
		     bool device_writes)
{
	queue->descriptors[index] = (struct virtqueue_descriptor){
		.address = uk_page_from_address(memory),
		.length = (u32)length,
		.flags = device_writes ? DESCRIPTOR_WRITE : 0,
	};
	offer(queue, index);
}

void virtqueue_offer_chain(struct virtqueue *queue, const struct virtqueue_part *parts,
			   unsigned int count)
{
	u16 index = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (!parts[i].length)
			continue;
		queue->descriptors[index] = (struct virtqueue_descriptor){
			.address = uk_page_from_address(parts[i].memory),
			.length = (u32)parts[i].length,
			.flags = DESCRIPTOR_NEXT | (parts[i].device_writes ? DESCRIPTOR_WRITE : 0),
			.next = (u16)(index + 1),
		};
		index++;
	}
	queue->descriptors[index - 1].flags &= (u16)~DESCRIPTOR_NEXT;
	offer(queue, 0);
}

void virtqueue_notify(struct virtqueue *queue)
{
	barrier();
	queue->device->transport->notify(queue);
}

bool virtqueue_take(struct virtqueue *queue, u16 *index, u32 *length)
{
	unsigned int slot = queue->seen % VIRTQUEUE_SIZE;

	if (*(volatile u16 *)&queue->used.index == queue->seen)
		return false;
	barrier();
	*index = (u16)queue->used.ring[slot].id;
	*length = queue->used.ring[slot].length;
	queue->seen++;
	return true;
}

void virtqueue_interrupts(struct virtqueue *queue, bool on)
{
	queue->available.flags = on ? 0 : AVAILABLE_NO_INTERRUPT;
	barrier();
}

bool virtqueue_wait(struct virtqueue *queue, u16 *index, u32 *length)
{
	struct virtio_device *device = queue->device;
	bool taken = virtqueue_take(queue, index, length);

	if (taken)
		return true;
	virtqueue_interrupts(queue, true);
	while (!(taken = virtqueue_take(queue, index, length)) &&
	       !(device->transport->status(device) & STATUS_NEEDS_RESET)) {
		uk_timer_check();
		ukplat_wait(UINT64_MAX);
	}
	virtqueue_interrupts(queue, false);
	return taken;
}
