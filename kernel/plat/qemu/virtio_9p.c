/* SPDX-License-Identifier: BSD-3-Clause */
/* Shared directories: 9P over virtio (VIRTIO 1.2 lists device 9 without a section of its own;
 * Linux's include/uapi/linux/virtio_9p.h). Each directory is a device with one queue, identified by
 * its tag. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/string.h>

#include "platform.h"
#include "virtio.h"

#define F_MOUNT_TAG 1UL /* the configuration is the tag: length[2] and its bytes */

static struct share {
	struct virtio_device device;
	struct virtqueue *queue;
	bool started, open, failed;
} * shares[UK_SHARES_MAX];

static bool has_tag(const struct virtio_device *device, const char *tag)
{
	const volatile u8 *config = device->config;
	size_t length = strlen(tag);

	if (length > UINT16_MAX || (config[0] | (size_t)config[1] << 8) != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (config[2 + i] != (u8)tag[i])
			return false;
	}
	return true;
}

static int start(struct share *share)
{
	const u16 number = 0;
	int error;

	if (share->started)
		return 0;
	error = virtio_start(&share->device, F_MOUNT_TAG, &share->queue, &number, 1);
	share->started = !error;
	return error;
}

/* Returns the share of a device, creating it if needed. */
static struct share *find(unsigned int index)
{
	struct share *share = shares[index];

	if (share)
		return share;
	share = uk_zalloc(sizeof(*share));
	if (share && virtio_find(VIRTIO_ID_9P, index, &share->device)) {
		uk_free(share);
		return NULL;
	}
	return shares[index] = share;
}

int ukplat_9p_open(const char *tag)
{
	struct share *share;
	int error;

	for (unsigned int i = 0; i < UK_SHARES_MAX && (share = find(i)); i++) {
		if (!share->device.config || !has_tag(&share->device, tag))
			continue;
		if (share->open)
			return -EBUSY;
		error = start(share);
		share->open = !error;
		return error ? error : (int)i;
	}
	return -ENOENT;
}

void ukplat_9p_close(int connection)
{
	shares[connection]->open = false;
}

ssize_t ukplat_9p_request(int connection, const struct ukplat_9p_message *message)
{
	struct share *share = shares[connection];
	const struct virtqueue_part parts[] = {
		{(void *)(uintptr_t)message->request, message->request_size, false},
		{(void *)(uintptr_t)message->payload, message->payload_size, false},
		{message->reply, message->reply_size, true},
		{message->data, message->data_size, true},
	};
	u16 index;
	u32 length;

	if (share->failed)
		return -EIO;
	virtqueue_offer_chain(share->queue, parts, ARRAY_SIZE(parts));
	virtqueue_notify(share->queue);
	if (!virtqueue_wait(share->queue, &index, &length) ||
	    length > message->reply_size + message->data_size) {
		share->failed = true;
		return -EIO;
	}
	return length;
}
