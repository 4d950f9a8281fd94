/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio 1.x devices (OASIS "Virtual I/O Device (VIRTIO) Version 1.2"), modern interface only:
 * split virtqueues (2.7) over two transports, MMIO (4.2) and PCI (4.1).
 */
#ifndef PLAT_QEMU_VIRTIO_H
#define PLAT_QEMU_VIRTIO_H

#include <uk/essentials.h>
#include <uk/page.h>

#define VIRTIO_ID_CONSOLE 3
#define VIRTIO_ID_9P	  9

#define VIRTIO_F_VERSION_1 (1UL << 32)

/* A power of two; all queues have this size. */
#define VIRTQUEUE_SIZE 16

struct virtqueue_descriptor {
	u64 address;
	u32 length;
	u16 flags;
	u16 next;
};

struct virtqueue_available {
	u16 flags;
	u16 index;
	u16 ring[VIRTQUEUE_SIZE];
};

struct virtqueue_used {
	u16 flags;
	u16 index;
	struct {
		u32 id;
		u32 length;
	} ring[VIRTQUEUE_SIZE];
};

struct virtio_device;

/* A queue. A buffer is one descriptor, identified by its index, or a chain, identified by the index
 * of its first. */
struct virtqueue {
	struct virtqueue_descriptor descriptors[VIRTQUEUE_SIZE] __aligned_to(16);
	struct virtqueue_available available;
	struct virtqueue_used used __aligned_to(4);
	struct virtio_device *device;
	volatile void *notify; /* where to write the queue's number */
	u16 number;
	u16 seen; /* used buffers taken so far */
};

/* The operations that differ between the transports. */
struct virtio_transport {
	u8 (*status)(struct virtio_device *device);
	void (*set_status)(struct virtio_device *device, u8 status);
	/* Accepts exactly features; false if the device offers less. */
	bool (*negotiate)(struct virtio_device *device, u64 features);
	/* Sets the queue's address in the device, and queue->notify. 0 or -EIO. */
	int (*start_queue)(struct virtio_device *device, struct virtqueue *queue);
	/* Notifies the device of new buffers in the queue. */
	void (*notify)(struct virtqueue *queue);
	/* Called by the interrupt handler: silences the device. */
	void (*acknowledge)(struct virtio_device *device);
};

struct virtio_device {
	const struct virtio_transport *transport;
	volatile char *registers; /* MMIO: the transport; PCI: the common configuration */
	volatile u8 *config;	  /* the device's own configuration */
	volatile char *notify;	  /* PCI */
	u32 notify_multiplier;	  /* PCI */
};

/* Finds device number `index` of this type, counted from 0: 0, or -ENODEV. */
int virtio_find(u16 device_id, unsigned int index, struct virtio_device *device);
/* If the device is not found, *index is reduced by the number of this transport's devices. */
int virtio_mmio_find(u16 device_id, unsigned int *index, struct virtio_device *device);
int virtio_pci_find(u16 device_id, unsigned int *index, struct virtio_device *device);

/* Negotiates features and sets up the queues, in the order of 3.1.1. 0, -EIO or -ENOMEM. */
int virtio_start(struct virtio_device *device, u64 features, struct virtqueue **queues,
		 const u16 *numbers, unsigned int count);

/* Offers memory (kernel memory of the direct map) under an index below VIRTQUEUE_SIZE that is not
 * in use. */
void virtqueue_offer(struct virtqueue *queue, u16 index, void *memory, size_t length,
		     bool device_writes);
/* The same for a buffer in parts: parts of length 0 are skipped, and parts that the device writes
 * come last. Uses descriptors from 0 on, so the queue must be empty. */
struct virtqueue_part {
	void *memory;
	size_t length;
	bool device_writes;
};
void virtqueue_offer_chain(struct virtqueue *queue, const struct virtqueue_part *parts,
			   unsigned int count);
/* Notifies the device of new buffers. */
void virtqueue_notify(struct virtqueue *queue);
/* Takes one finished buffer: its index in *index and the bytes written in *length. */
bool virtqueue_take(struct virtqueue *queue, u16 *index, u32 *length);
/* Like virtqueue_take, but sleeps until there is one; false: the device has failed (2.1.1). */
bool virtqueue_wait(struct virtqueue *queue, u16 *index, u32 *length);
/* Whether the queue interrupts when a buffer is finished; off at first. */
void virtqueue_interrupts(struct virtqueue *queue, bool on);

/* Called for each device interrupt. */
void virtio_interrupt(void);

/* Records a `virtio_mmio.device=` parameter. */
void virtio_mmio_add(uk_paddr_t base, u32 interrupt);

#endif
