/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening special files: devices and fifos. */
#ifndef UK_DEVICE_H
#define UK_DEVICE_H

#include <uk/file.h>

/* Linux's encoding of st_rdev: major 12 bits, minor 20 (linux/kdev_t.h, new_encode_dev). */
static inline u64 uk_device_number(u32 major, u32 minor)
{
	return (minor & 0xff) | (u64)(major & 0xfff) << 8 | (u64)(minor & ~0xffu) << 12;
}

/* A character device. Registered by a UK_INIT function of class UK_INIT_CLASS_PLAT; devfs shows
 * those with a name. */
struct uk_device {
	const char *name; /* in /dev, or NULL */
	u64 number;
	u32 mode;				     /* permission bits */
	const struct uk_file_operations *operations; /* with seek: there is an offset */
	/* Called after the operations were set; NULL: nothing to do. */
	int (*open)(struct uk_vnode *vnode, struct uk_file *file);
	struct uk_device *next;
};
void uk_device_register(struct uk_device *device);
const struct uk_device *uk_devices(void); /* the list */

/* Opens a fifo, like `open` of a vnode; lib/pipe sets it. NULL: -ENXIO. */
extern int (*uk_fifo_open)(struct uk_vnode *vnode, struct uk_file *file);

#endif
