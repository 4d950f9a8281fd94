/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtio over MMIO (VIRTIO 1.2, 4.2.2, table 4.1). The command line lists the transports. */
#include <uk/errno.h>

#include "platform.h"
#include "virtio.h"

#define MAGIC_VALUE	       0x000
#define MAGIC		       0x74726976 /* "virt" */
#define VERSION		       0x004
#define VERSION_MODERN	       2
#define DEVICE_ID	       0x008
#define DEVICE_FEATURES	       0x010
#define DEVICE_FEATURES_SELECT 0x014
#define DRIVER_FEATURES	       0x020
#define DRIVER_FEATURES_SELECT 0x024
#define QUEUE_SELECT	       0x030
#define QUEUE_NUM_MAX	       0x034
#define QUEUE_NUM	       0x038
#define QUEUE_READY	       0x044
#define QUEUE_NOTIFY	       0x050
#define INTERRUPT_STATUS       0x060
#define INTERRUPT_ACKNOWLEDGE  0x064
#define STATUS		       0x070
#define QUEUE_DESCRIPTORS      0x080
#define QUEUE_DRIVER	       0x090
#define QUEUE_DEVICE	       0x0a0
#define CONFIGURATION	       0x100

#define TRANSPORTS_MAX 8

static struct {
	uk_paddr_t base;
	u32 interrupt;
} transports[TRANSPORTS_MAX];
static unsigned int transport_count;

static u32 read_register(struct virtio_device *device, unsigned int offset)
{
	return *(volatile u32 *)(device->registers + offset);
}

static void write_register(struct virtio_device *device, unsigned int offset, u32 value)
{
	*(volatile u32 *)(device->registers + offset) = value;
}

static void write_address(struct virtio_device *device, unsigned int offset, const void *memory)
{
	uk_paddr_t address = uk_page_from_address(memory);

	write_register(device, offset, (u32)address);
	write_register(device, offset + 4, (u32)(address >> 32));
}

static u8 status(struct virtio_device *device)
{
	return (u8)read_register(device, STATUS);
}

static void set_status(struct virtio_device *device, u8 value)
{
	write_register(device, STATUS, value);
}

static bool negotiate(struct virtio_device *device, u64 features)
{
	for (u32 half = 0; half < 2; half++) {
		u32 wanted = (u32)(features >> (32 * half));

		write_register(device, DEVICE_FEATURES_SELECT, half);
		if ((read_register(device, DEVICE_FEATURES) & wanted) != wanted)
			return false;
		write_register(device, DRIVER_FEATURES_SELECT, half);
		write_register(device, DRIVER_FEATURES, wanted);
	}
	return true;
}

static int start_queue(struct virtio_device *device, struct virtqueue *queue)
{
	write_register(device, QUEUE_SELECT, queue->number);
	if (read_register(device, QUEUE_NUM_MAX) < VIRTQUEUE_SIZE)
		return -EIO;
	write_register(device, QUEUE_NUM, VIRTQUEUE_SIZE);
	write_address(device, QUEUE_DESCRIPTORS, queue->descriptors);
	write_address(device, QUEUE_DRIVER, &queue->available);
	write_address(device, QUEUE_DEVICE, &queue->used);
	write_register(device, QUEUE_READY, 1);
	queue->notify = device->registers + QUEUE_NOTIFY;
	return 0;
}

/* All registers are 32 bits wide (4.2.2.2). */
static void notify(struct virtqueue *queue)
{
	*(volatile u32 *)queue->notify = queue->number;
}

static void acknowledge(struct virtio_device *device)
{
	u32 pending = read_register(device, INTERRUPT_STATUS);

	if (pending)
		write_register(device, INTERRUPT_ACKNOWLEDGE, pending);
}

static const struct virtio_transport mmio_transport = {
	.status = status,
	.set_status = set_status,
	.negotiate = negotiate,
	.start_queue = start_queue,
	.notify = notify,
	.acknowledge = acknowledge,
};

void virtio_mmio_add(uk_paddr_t base, u32 interrupt)
{
	if (transport_count == TRANSPORTS_MAX)
		return;
	transports[transport_count].base = base;
	transports[transport_count++].interrupt = interrupt;
}

int virtio_mmio_find(u16 device_id, unsigned int *index, struct virtio_device *device)
{
	for (unsigned int i = 0; i < transport_count; i++) {
		device->registers = page_table_map_device(transports[i].base);
		if (read_register(device, MAGIC_VALUE) != MAGIC ||
		    read_register(device, VERSION) != VERSION_MODERN ||
		    read_register(device, DEVICE_ID) != device_id)
			continue;
		if ((*index)--)
			continue;
		device->transport = &mmio_transport;
		device->config = (volatile u8 *)device->registers + CONFIGURATION;
		io_apic_enable(transports[i].interrupt, VECTOR_DEVICE);
		return 0;
	}
	return -ENODEV;
}
