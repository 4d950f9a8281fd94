/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtio over PCI (VIRTIO 1.2, 4.1) on bus 0; interrupts by MSI-X, so no routing is needed. */
#include <uk/errno.h>

#include "platform.h"
#include "virtio.h"

/* PCI Local Bus 3.0: configuration mechanism 1 (3.2.2.3.2) and header (6.1). */
#define CONFIG_ADDRESS		  0xcf8
#define CONFIG_DATA		  0xcfc
#define CONFIG_ENABLE		  0x80000000u
#define PCI_SLOTS		  32
#define PCI_ID			  0x00
#define PCI_COMMAND		  0x04
#define PCI_COMMAND_MEMORY_MASTER 0x6u
#define PCI_STATUS_CAPABILITIES	  (1u << 20) /* in the dword at PCI_COMMAND */
#define PCI_BAR			  0x10
#define PCI_BAR_64		  4u
#define PCI_CAPABILITIES	  0x34
#define PCI_CAPABILITIES_MAX	  48
#define CAPABILITY_VENDOR	  0x09
#define CAPABILITY_MSIX		  0x11
#define MSIX_ENABLE		  (1u << 31) /* in the dword of the capability's header */

#define VIRTIO_VENDOR		    0x1af4
#define VIRTIO_DEVICE_BASE	    0x1040u /* plus the device id, 4.1.2 */
/* For each known type, transitional devices have a different number (4.1.2.1). */
#define VIRTIO_TRANSITIONAL_CONSOLE 0x1003
#define VIRTIO_TRANSITIONAL_9P	    0x1009

/* Structure types, 4.1.4. */
#define STRUCTURE_COMMON 1
#define STRUCTURE_NOTIFY 2
#define STRUCTURE_DEVICE 4

/* Common configuration, 4.1.4.3. */
#define DEVICE_FEATURE_SELECT 0x00
#define DEVICE_FEATURE	      0x04
#define DRIVER_FEATURE_SELECT 0x08
#define DRIVER_FEATURE	      0x0c
#define CONFIG_MSIX_VECTOR    0x10
#define DEVICE_STATUS	      0x14
#define QUEUE_SELECT	      0x16
#define QUEUE_SIZE	      0x18
#define QUEUE_MSIX_VECTOR     0x1a
#define QUEUE_ENABLE	      0x1c
#define QUEUE_NOTIFY_OFFSET   0x1e
#define QUEUE_DESCRIPTORS     0x20
#define QUEUE_DRIVER	      0x28
#define QUEUE_DEVICE	      0x30
#define NO_VECTOR	      0xffff

/* A message to the local APIC with id 0 (SDM vol. 3, 10.11). */
#define MSI_ADDRESS 0xfee00000u

static u32 config_read(unsigned int slot, unsigned int offset)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | slot << 11 | (offset & ~3u));
	return inl(CONFIG_DATA);
}

static void config_write(unsigned int slot, unsigned int offset, u32 value)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | slot << 11 | (offset & ~3u));
	outl(CONFIG_DATA, value);
}

static volatile char *map_bar(unsigned int slot, unsigned int bar)
{
	u32 low = config_read(slot, PCI_BAR + 4 * bar);
	u64 address = low & ~15u;

	if (low & PCI_BAR_64)
		address |= (u64)config_read(slot, PCI_BAR + 4 * bar + 4) << 32;
	return page_table_map_device(address);
}

#define REGISTER(type, device, offset) (*(volatile type *)((device)->registers + (offset)))

static u8 status(struct virtio_device *device)
{
	return REGISTER(u8, device, DEVICE_STATUS);
}

static void set_status(struct virtio_device *device, u8 value)
{
	REGISTER(u8, device, DEVICE_STATUS) = value;
}

static bool negotiate(struct virtio_device *device, u64 features)
{
	for (u32 half = 0; half < 2; half++) {
		u32 wanted = (u32)(features >> (32 * half));

		REGISTER(u32, device, DEVICE_FEATURE_SELECT) = half;
		if ((REGISTER(u32, device, DEVICE_FEATURE) & wanted) != wanted)
			return false;
		REGISTER(u32, device, DRIVER_FEATURE_SELECT) = half;
		REGISTER(u32, device, DRIVER_FEATURE) = wanted;
	}
	return true;
}

static void write_address(struct virtio_device *device, unsigned int offset, const void *memory)
{
	uk_paddr_t address = uk_page_from_address(memory);

	REGISTER(u32, device, offset) = (u32)address;
	REGISTER(u32, device, offset + 4) = (u32)(address >> 32);
}

static int start_queue(struct virtio_device *device, struct virtqueue *queue)
{
	REGISTER(u16, device, QUEUE_SELECT) = queue->number;
	if (REGISTER(u16, device, QUEUE_SIZE) < VIRTQUEUE_SIZE)
		return -EIO;
	REGISTER(u16, device, QUEUE_SIZE) = VIRTQUEUE_SIZE;
	REGISTER(u16, device, QUEUE_MSIX_VECTOR) = 0;
	if (REGISTER(u16, device, QUEUE_MSIX_VECTOR) == NO_VECTOR)
		return -EIO;
	write_address(device, QUEUE_DESCRIPTORS, queue->descriptors);
	write_address(device, QUEUE_DRIVER, &queue->available);
	write_address(device, QUEUE_DEVICE, &queue->used);
	queue->notify = device->notify +
			REGISTER(u16, device, QUEUE_NOTIFY_OFFSET) * device->notify_multiplier;
	REGISTER(u16, device, QUEUE_ENABLE) = 1;
	return 0;
}

/* 16 bits, 4.1.4.4. */
static void notify(struct virtqueue *queue)
{
	*(volatile u16 *)queue->notify = queue->number;
}

/* An MSI-X message has no line to clear. */
static void acknowledge(struct virtio_device *device)
{
}

static const struct virtio_transport pci_transport = {
	.status = status,
	.set_status = set_status,
	.negotiate = negotiate,
	.start_queue = start_queue,
	.notify = notify,
	.acknowledge = acknowledge,
};

/* Makes entry 0 of the MSI-X table (PCI 3.0, 6.8.2) the device interrupt. */
static void enable_msix(unsigned int slot, unsigned int capability)
{
	u32 table = config_read(slot, capability + 4);
	volatile u32 *entry = (volatile u32 *)(map_bar(slot, table & 7) + (table & ~7u));

	entry[0] = MSI_ADDRESS;
	entry[1] = 0;
	entry[2] = VECTOR_DEVICE;
	entry[3] = 0; /* not masked */
	config_write(slot, capability, config_read(slot, capability) | MSIX_ENABLE);
}

static int open_device(unsigned int slot, struct virtio_device *device)
{
	u32 command = config_read(slot, PCI_COMMAND);
	u32 capability = config_read(slot, PCI_CAPABILITIES) & 0xfc;
	bool msix = false;

	if (!(command & PCI_STATUS_CAPABILITIES))
		return -ENODEV;
	config_write(slot, PCI_COMMAND, (command & 0xffff) | PCI_COMMAND_MEMORY_MASTER);
	for (unsigned int i = 0; capability && i < PCI_CAPABILITIES_MAX; i++) {
		u32 header = config_read(slot, capability);

		if ((header & 0xff) == CAPABILITY_MSIX) {
			enable_msix(slot, capability);
			msix = true;
		} else if ((header & 0xff) == CAPABILITY_VENDOR) {
			u8 type = (u8)(header >> 24);
			u32 bar = config_read(slot, capability + 4) & 0xff;
			u32 offset = config_read(slot, capability + 8);

			if (type == STRUCTURE_COMMON) {
				device->registers = map_bar(slot, bar) + offset;
			} else if (type == STRUCTURE_NOTIFY) {
				device->notify = map_bar(slot, bar) + offset;
				device->notify_multiplier = config_read(slot, capability + 16);
			} else if (type == STRUCTURE_DEVICE) {
				device->config = (volatile u8 *)map_bar(slot, bar) + offset;
			}
		}
		capability = header >> 8 & 0xfc;
	}
	if (!device->registers || !device->notify || !msix)
		return -ENODEV;
	/* Waiting threads notice that the device has failed. */
	REGISTER(u16, device, CONFIG_MSIX_VECTOR) = 0;
	return 0;
}

static bool is_kind(u32 product, u16 device_id)
{
	return product == VIRTIO_DEVICE_BASE + device_id ||
	       (device_id == VIRTIO_ID_CONSOLE && product == VIRTIO_TRANSITIONAL_CONSOLE) ||
	       (device_id == VIRTIO_ID_9P && product == VIRTIO_TRANSITIONAL_9P);
}

int virtio_pci_find(u16 device_id, unsigned int *index, struct virtio_device *device)
{
	for (unsigned int slot = 0; slot < PCI_SLOTS; slot++) {
		u32 id = config_read(slot, PCI_ID);

		if ((id & 0xffff) != VIRTIO_VENDOR || !is_kind(id >> 16, device_id))
			continue;
		if ((*index)--)
			continue;
		device->transport = &pci_transport;
		return open_device(slot, device);
	}
	return -ENODEV;
}
