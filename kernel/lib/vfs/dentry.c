/* SPDX-License-Identifier: BSD-3-Clause */
/* The dentry cache: one hash table of (parent, name) that grows with its contents. */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/errno.h>
#include <uk/string.h>

#include "vfs.h"

#define BUCKETS_AT_START 128
#define BUCKETS_MAX	 (1u << 19) /* the largest block of the heap */
#define UNUSED_MAX	 4096	    /* unreferenced dentries that are kept */

static struct uk_dentry *first_buckets[BUCKETS_AT_START];
static struct {
	struct uk_dentry **buckets;
	u32 mask, count;
} table = {first_buckets, BUCKETS_AT_START - 1, 0};

/* Unreferenced dentries, least recently used first. */
static struct {
	struct uk_dentry *first, *last;
	size_t count;
} unused;

u32 uk_name_hash(const char *text, u32 length)
{
	u32 hash = length;

	/* FNV-1a (Fowler, Noll, Vo) */
	for (u32 i = 0; i < length; i++)
		hash = (hash ^ (u8)text[i]) * 16777619u;
	return hash;
}

static u32 hash_in(const struct uk_dentry *parent, u32 name_hash)
{
	/* Dentries are 128 bytes, so the low bits carry no information. 2^32 divided by the golden
	 * ratio. */
	return name_hash ^ (u32)((uintptr_t)parent >> 7) * 2654435769u;
}

static struct uk_dentry **bucket_of(u32 hash)
{
	return &table.buckets[(hash ^ hash >> 16) & table.mask];
}

static void grow_table(void)
{
	u32 old_size = table.mask + 1, size = old_size * 2;
	struct uk_dentry **old = table.buckets, **buckets;

	if (size > BUCKETS_MAX || !(buckets = uk_zalloc(size * sizeof(*buckets))))
		return; /* the chains get longer */
	table.buckets = buckets;
	table.mask = size - 1;
	for (u32 i = 0; i < old_size; i++) {
		for (struct uk_dentry *dentry = old[i], *next; dentry; dentry = next) {
			struct uk_dentry **bucket = bucket_of(dentry->hash);

			next = dentry->hash_next;
			dentry->hash_next = *bucket;
			*bucket = dentry;
		}
	}
	if (old != first_buckets)
		uk_free(old);
}

void uk_dentry_hash(struct uk_dentry *dentry)
{
	struct uk_dentry **bucket;

	if (dentry->flags & UK_DENTRY_HASHED)
		return;
	if (++table.count > table.mask)
		grow_table();
	bucket = bucket_of(dentry->hash);
	dentry->hash_next = *bucket;
	*bucket = dentry;
	dentry->flags |= UK_DENTRY_HASHED;
}

static void unhash(struct uk_dentry *dentry)
{
	struct uk_dentry **link;

	if (!(dentry->flags & UK_DENTRY_HASHED))
		return;
	for (link = bucket_of(dentry->hash); *link != dentry; link = &(*link)->hash_next)
		;
	*link = dentry->hash_next;
	dentry->flags &= (u16)~UK_DENTRY_HASHED;
	table.count--;
}

static void leave_unused(struct uk_dentry *dentry)
{
	*(dentry->previous ? &dentry->previous->next : &unused.first) = dentry->next;
	*(dentry->next ? &dentry->next->previous : &unused.last) = dentry->previous;
	dentry->flags &= (u16)~UK_DENTRY_UNUSED;
	unused.count--;
}

static void join_unused(struct uk_dentry *dentry)
{
	dentry->next = NULL;
	dentry->previous = unused.last;
	*(unused.last ? &unused.last->next : &unused.first) = dentry;
	unused.last = dentry;
	dentry->flags |= UK_DENTRY_UNUSED;
	unused.count++;
}

struct uk_dentry *uk_dentry_find(struct uk_dentry *parent, const struct uk_name *name)
{
	u32 hash = hash_in(parent, name->hash);

	for (struct uk_dentry *dentry = *bucket_of(hash); dentry; dentry = dentry->hash_next) {
		if (dentry->hash != hash || dentry->parent != parent ||
		    dentry->name_length != name->length ||
		    memcmp(dentry->name, name->text, name->length) != 0)
			continue;
		if (dentry->flags & UK_DENTRY_UNUSED)
			leave_unused(dentry);
		return uk_dentry_get(dentry);
	}
	return NULL;
}

static char *name_memory(struct uk_dentry *dentry, u32 length)
{
	return length < UK_DENTRY_NAME_INLINE ? dentry->inline_name : uk_malloc(length + 1);
}

static struct uk_dentry *allocate(struct uk_superblock *superblock, const char *text, u32 length)
{
	struct uk_dentry *dentry = uk_zalloc(sizeof(*dentry));
	char *name;

	if (!dentry)
		return NULL;
	name = name_memory(dentry, length);
	if (!name) {
		uk_free(dentry);
		return NULL;
	}
	memcpy(name, text, length);
	name[length] = '\0';
	dentry->name = name;
	dentry->name_length = (u16)length;
	dentry->superblock = superblock;
	dentry->references = 1;
	return dentry;
}

struct uk_dentry *uk_dentry_new_root(struct uk_superblock *superblock, struct uk_vnode *vnode)
{
	struct uk_dentry *dentry = allocate(superblock, "/", 1);

	if (!dentry) {
		uk_vnode_put(vnode);
		return NULL;
	}
	dentry->parent = dentry;
	dentry->vnode = vnode;
	return dentry;
}

struct uk_dentry *uk_dentry_new(struct uk_dentry *parent, const struct uk_name *name)
{
	struct uk_dentry *dentry = allocate(parent->superblock, name->text, name->length);

	if (!dentry && uk_dentry_shrink(NULL, UNUSED_MAX))
		dentry = allocate(parent->superblock, name->text, name->length);
	if (!dentry)
		return NULL;
	dentry->parent = uk_dentry_get(parent);
	dentry->hash = hash_in(parent, name->hash);
	return dentry;
}

void uk_dentry_set_vnode(struct uk_dentry *dentry, struct uk_vnode *vnode)
{
	UK_ASSERT(!dentry->vnode);
	dentry->vnode = vnode;
}

static void join_parent(struct uk_dentry *dentry)
{
	struct uk_dentry *parent = dentry->parent;

	dentry->next = NULL;
	dentry->previous = parent->last_child;
	*(parent->last_child ? &parent->last_child->next : &parent->first_child) = dentry;
	parent->last_child = dentry;
	dentry->cookie = ++parent->last_cookie;
}

static void leave_parent(struct uk_dentry *dentry)
{
	struct uk_dentry *parent = dentry->parent;

	*(dentry->previous ? &dentry->previous->next : &parent->first_child) = dentry->next;
	*(dentry->next ? &dentry->next->previous : &parent->last_child) = dentry->previous;
}

void uk_dentry_pin(struct uk_dentry *dentry, struct uk_vnode *vnode)
{
	uk_dentry_set_vnode(dentry, vnode);
	dentry->flags |= UK_DENTRY_PINNED;
	uk_dentry_get(dentry);
	join_parent(dentry);
	uk_dentry_hash(dentry);
}

static void free_name(const struct uk_dentry *dentry)
{
	if (dentry->name != dentry->inline_name)
		uk_free((char *)dentry->name);
}

/* Also frees parents that lose their last reference. */
static void free_dentry(struct uk_dentry *dentry)
{
	for (;;) {
		struct uk_dentry *parent = dentry->parent;

		unhash(dentry);
		if (dentry->vnode)
			uk_vnode_put(dentry->vnode);
		free_name(dentry);
		uk_free(dentry);
		if (parent == dentry || --parent->references)
			return;
		if (parent->flags & UK_DENTRY_HASHED) {
			join_unused(parent);
			return;
		}
		dentry = parent;
	}
}

void uk_dentry_unused(struct uk_dentry *dentry)
{
	if (!(dentry->flags & UK_DENTRY_HASHED)) {
		free_dentry(dentry);
		return;
	}
	join_unused(dentry);
	if (unused.count > UNUSED_MAX)
		uk_dentry_shrink(NULL, UNUSED_MAX / 4);
}

void uk_dentry_delete(struct uk_dentry *dentry)
{
	unhash(dentry);
	dentry->flags |= UK_DENTRY_DELETED;
	if (dentry->flags & UK_DENTRY_PINNED) {
		leave_parent(dentry);
		dentry->flags &= (u16)~UK_DENTRY_PINNED;
		uk_dentry_put(dentry);
	}
}

static struct uk_dentry *oldest_unused(const struct uk_superblock *superblock)
{
	struct uk_dentry *dentry = unused.first;

	while (dentry && superblock && dentry->superblock != superblock)
		dentry = dentry->next;
	return dentry;
}

size_t uk_dentry_shrink(struct uk_superblock *superblock, size_t maximum)
{
	struct uk_dentry *dentry;
	size_t done = 0;

	while (done < maximum && (dentry = oldest_unused(superblock))) {
		leave_unused(dentry);
		free_dentry(dentry);
		done++;
	}
	return done;
}

bool uk_dentry_is_below(const struct uk_dentry *dentry, const struct uk_dentry *ancestor)
{
	while (dentry != ancestor && dentry != dentry->parent)
		dentry = dentry->parent;
	return dentry == ancestor;
}

int dentry_prepare_move(const struct uk_dentry *to, char **name)
{
	*name = NULL;
	if (to->name_length < UK_DENTRY_NAME_INLINE)
		return 0;
	*name = uk_malloc(to->name_length + 1u);
	return *name ? 0 : -ENOMEM;
}

/* Takes over name and parent of another dentry; memory: for a name that does not fit inline. */
static void take_place(struct uk_dentry *dentry, const struct uk_dentry *other, char *memory)
{
	free_name(dentry);
	dentry->name =
		memcpy(memory ? memory : dentry->inline_name, other->name, other->name_length + 1u);
	dentry->name_length = other->name_length;
	dentry->hash = other->hash;
	uk_dentry_get(other->parent);
	uk_dentry_put(dentry->parent);
	dentry->parent = other->parent;
}

static void swap_places(struct uk_dentry *a, struct uk_dentry *b)
{
	struct uk_dentry copy = *a;
	bool a_inline = a->name == a->inline_name, b_inline = b->name == b->inline_name;

	memcpy(a->inline_name, b->inline_name, sizeof(a->inline_name));
	memcpy(b->inline_name, copy.inline_name, sizeof(b->inline_name));
	a->name = b_inline ? a->inline_name : b->name;
	b->name = a_inline ? b->inline_name : copy.name;
	a->name_length = b->name_length;
	b->name_length = copy.name_length;
	a->hash = b->hash;
	b->hash = copy.hash;
	a->parent = b->parent;
	b->parent = copy.parent;
}

void dentry_move(struct uk_dentry *from, struct uk_dentry *to, char *name, bool exchange)
{
	bool pinned = from->flags & UK_DENTRY_PINNED;

	unhash(from);
	if (pinned)
		leave_parent(from);
	if (exchange) {
		unhash(to);
		if (pinned)
			leave_parent(to);
		swap_places(from, to);
		if (pinned)
			join_parent(to);
		uk_dentry_hash(to);
	} else {
		uk_dentry_delete(to);
		take_place(from, to, name);
	}
	if (pinned)
		join_parent(from);
	uk_dentry_hash(from);
}
