/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/device.h>

static struct uk_device *devices;
int (*uk_fifo_open)(struct uk_vnode *vnode, struct uk_file *file);

void uk_device_register(struct uk_device *device)
{
	device->next = devices;
	devices = device;
}

const struct uk_device *uk_devices(void)
{
	return devices;
}
