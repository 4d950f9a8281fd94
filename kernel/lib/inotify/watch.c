/* SPDX-License-Identifier: BSD-3-Clause */
/* Watches: which events of which files go to which instances. */
#include <uk/alloc.h>
#include <uk/notify.h>

#include "inotify.h"

#define BUCKETS 256 /* a power of two */

/* The bits of the program's mask that a watch stores. */
#define MASK_KEPT (IN_ALL_EVENTS | IN_EXCL_UNLINK | IN_ONESHOT)
/* Events that only the directory receives. */
#define OF_NAMES  (UK_NOTIFY_CREATE | UK_NOTIFY_DELETE | UK_NOTIFY_MOVED_FROM | UK_NOTIFY_MOVED_TO)
/* Linux does not set IN_ISDIR with these (fs/notify/inotify/inotify_fsnotify.c). */
#define OF_ITSELF (UK_NOTIFY_DELETE_SELF | UK_NOTIFY_MOVE_SELF)

static struct watch *buckets[BUCKETS];
static unsigned int watch_count;

static struct watch **bucket(const struct uk_vnode *vnode)
{
	return &buckets[((uintptr_t)vnode >> 6) % BUCKETS];
}

static void unlink_watch(struct watch *watch)
{
	struct watch **link = &watch->instance->watches;

	while (*link != watch)
		link = &(*link)->next;
	*link = watch->next;
	link = bucket(watch->vnode);
	while (*link != watch)
		link = &(*link)->next_alike;
	*link = watch->next_alike;
	uk_vnode_put(watch->vnode);
	uk_free(watch);
	if (--watch_count == 0)
		uk_notify_listener = NULL;
}

void watch_end_all(struct instance *instance)
{
	while (instance->watches)
		unlink_watch(instance->watches);
}

static void end(struct watch *watch)
{
	queue_add(&watch->instance->queue, watch->descriptor, IN_IGNORED, 0, NULL, 0);
	unlink_watch(watch);
}

/* Reports an event to those that watch the vnode. name: an entry of the directory, or NULL. */
static void tell(const struct uk_vnode *vnode, u32 event, u32 flags, u32 cookie,
		 const struct uk_dentry *name)
{
	struct watch *watch = *bucket(vnode), *next;

	for (; watch; watch = next) {
		next = watch->next_alike;
		if (watch->vnode != vnode || !(watch->mask & event))
			continue;
		if (name && name->flags & UK_DENTRY_DELETED && watch->mask & IN_EXCL_UNLINK &&
		    !(event & OF_NAMES))
			continue;
		queue_add(&watch->instance->queue, watch->descriptor, event | flags, cookie,
			  name ? name->name : NULL, name ? name->name_length : 0);
		if (watch->mask & IN_ONESHOT || event & UK_NOTIFY_DELETE_SELF)
			end(watch);
	}
}

/* The file is gone; ends its watches whether or not a program asked for the event. */
static void end_watches(const struct uk_vnode *vnode)
{
	struct watch *watch = *bucket(vnode), *next;

	for (; watch; watch = next) {
		next = watch->next_alike;
		if (watch->vnode == vnode)
			end(watch);
	}
}

static void end_file_system(const struct uk_superblock *superblock)
{
	for (unsigned int i = 0; i < BUCKETS; i++) {
		struct watch *watch = buckets[i], *next;

		for (; watch; watch = next) {
			next = watch->next_alike;
			if (watch->vnode->superblock != superblock)
				continue;
			queue_add(&watch->instance->queue, watch->descriptor, IN_UNMOUNT, 0, NULL,
				  0);
			end(watch);
		}
	}
}

static void listen(struct uk_dentry *dentry, struct uk_vnode *vnode, u32 event, u32 cookie)
{
	u32 flags = uk_vnode_is(vnode, S_IFDIR) && !(event & OF_ITSELF) ? IN_ISDIR : 0;

	if (event == UK_NOTIFY_UNMOUNT) {
		end_file_system(vnode->superblock);
		return;
	}
	if (dentry && dentry->parent != dentry)
		tell(dentry->parent->vnode, event, flags, cookie, dentry);
	if (!(event & OF_NAMES))
		tell(vnode, event, flags, cookie, NULL);
	if (event == UK_NOTIFY_DELETE_SELF)
		end_watches(vnode);
}

static struct watch *find_watch(const struct instance *instance, const struct uk_vnode *vnode)
{
	struct watch *watch = *bucket(vnode);

	while (watch && (watch->vnode != vnode || watch->instance != instance))
		watch = watch->next_alike;
	return watch;
}

static struct watch *find_descriptor(const struct instance *instance, int descriptor)
{
	struct watch *watch = instance->watches;

	while (watch && watch->descriptor != descriptor)
		watch = watch->next;
	return watch;
}

static int change(struct watch *watch, u32 mask)
{
	if (mask & IN_MASK_CREATE)
		return -EEXIST;
	if (mask & IN_MASK_ADD)
		mask |= watch->mask;
	watch->mask = mask & MASK_KEPT;
	return watch->descriptor;
}

int uk_inotify_add(struct uk_file *file, struct uk_vnode *vnode, u32 mask)
{
	struct instance *instance = file->data;
	struct watch *watch = find_watch(instance, vnode);

	if (watch)
		return change(watch, mask);
	if (watch_count == UK_INOTIFY_WATCHES_MAX)
		return -ENOSPC;
	watch = uk_malloc(sizeof(*watch));
	if (!watch)
		return -ENOMEM;
	/* A number is not reused before all of them were used (Linux, idr_alloc_cyclic). */
	do
		instance->last_descriptor = instance->last_descriptor % INT32_MAX + 1;
	while (find_descriptor(instance, instance->last_descriptor));
	*watch = (struct watch){
		.instance = instance,
		.vnode = uk_vnode_get(vnode),
		.descriptor = instance->last_descriptor,
		.mask = mask & MASK_KEPT,
		.next = instance->watches,
		.next_alike = *bucket(vnode),
	};
	instance->watches = watch;
	*bucket(vnode) = watch;
	watch_count++;
	uk_notify_listener = listen;
	return watch->descriptor;
}

int uk_inotify_remove(struct uk_file *file, int descriptor)
{
	struct watch *watch = find_descriptor(file->data, descriptor);

	if (!watch)
		return -EINVAL;
	end(watch);
	return 0;
}
