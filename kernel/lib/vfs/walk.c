/* SPDX-License-Identifier: BSD-3-Clause */
/* Walking a path: path_resolution(7), and openat2(2) for RESOLVE_*. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/permission.h>
#include <uk/string.h>

#include "vfs.h"

struct uk_paths *uk_paths_create(void)
{
	struct uk_paths *paths = uk_zalloc(sizeof(*paths));

	if (!paths)
		return NULL;
	paths->umask = 022;
	paths->references = 1;
	return paths;
}

struct uk_paths *uk_paths_fork(const struct uk_paths *paths)
{
	struct uk_paths *copy = uk_malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *paths;
	copy->references = 1;
	uk_path_get(&copy->root);
	uk_path_get(&copy->current);
	return copy;
}

void uk_paths_put(struct uk_paths *paths)
{
	if (--paths->references)
		return;
	uk_path_put(&paths->root);
	uk_path_put(&paths->current);
	uk_free(paths);
}

static void leave(struct walk *walk)
{
	uk_path_put(&walk->path);
	walk->path = (struct uk_path){0};
}

void walk_end(struct walk *walk)
{
	if (walk->path.mount)
		leave(walk);
	uk_free(walk->buffer);
}

static int fail(struct walk *walk, int error)
{
	walk_end(walk);
	return error;
}

static void stand_at(struct walk *walk, const struct uk_path *path)
{
	struct uk_path old = walk->path;

	walk->path = *path;
	uk_path_get(path);
	if (old.mount)
		uk_path_put(&old);
}

/* Moves to the root, for a path that begins with a slash. */
static int go_to_root(struct walk *walk)
{
	if (walk->flags & RESOLVE_BENEATH)
		return -EXDEV;
	if (walk->flags & RESOLVE_NO_XDEV && walk->path.mount != walk->root.mount)
		return -EXDEV;
	stand_at(walk, &walk->root);
	return 0;
}

int walk_begin(struct walk *walk, const struct uk_path *start, const char *text, u32 flags)
{
	bool scoped = flags & (RESOLVE_BENEATH | RESOLVE_IN_ROOT);
	int error = 0;

	*walk = (struct walk){.text = text, .flags = flags};
	if (!*text && !(flags & UK_LOOKUP_EMPTY))
		return -ENOENT;
	walk->root = scoped ? *start : uk_paths_current()->root;
	if (!walk->root.mount)
		return -ENOENT; /* no file system at all */
	/* Only a relative path uses the start. */
	if (*text != '/' || scoped || flags & RESOLVE_NO_XDEV)
		stand_at(walk, start);
	if (*text == '/')
		error = go_to_root(walk);
	return error ? fail(walk, error) : 0;
}

int walk_cross_mounts(struct walk *walk, struct uk_path *path)
{
	while (path->dentry->flags & UK_DENTRY_MOUNTED) {
		struct uk_mount *mount = uk_mount_at(path->mount, path->dentry);
		struct uk_path below;

		if (!mount)
			return 0;
		if (walk->flags & RESOLVE_NO_XDEV)
			return -EXDEV;
		below = (struct uk_path){mount, mount->root};
		uk_path_get(&below);
		uk_path_put(path);
		*path = below;
	}
	return 0;
}

static int go_up(struct walk *walk)
{
	struct uk_path place = walk->path;

	for (;;) {
		if (place.dentry == walk->root.dentry && place.mount == walk->root.mount) {
			if (walk->flags & RESOLVE_BENEATH)
				return -EXDEV;
			return 0;
		}
		if (place.dentry != place.mount->root) {
			place.dentry = place.dentry->parent;
			break;
		}
		if (!place.mount->parent)
			return 0;
		if (walk->flags & RESOLVE_NO_XDEV)
			return -EXDEV;
		place.dentry = place.mount->mountpoint;
		place.mount = place.mount->parent;
	}
	stand_at(walk, &place);
	return walk_cross_mounts(walk, &walk->path);
}

int uk_path_lookup_one(const struct uk_path *parent, const struct uk_name *name, bool create,
		       struct uk_dentry **result)
{
	struct uk_dentry *directory = parent->dentry, *dentry = uk_dentry_find(directory, name);
	struct uk_vnode *vnode = directory->vnode;
	int error;

	if (dentry && unlikely(vnode->operations->revalidate != NULL)) {
		error = vnode->operations->revalidate(vnode, dentry);
		if (error <= 0) {
			uk_dentry_delete(dentry);
			uk_dentry_put(dentry);
			dentry = NULL;
		}
		if (error < 0)
			return error;
	}
	if (!dentry) {
		if (name->length > NAME_MAX)
			return -ENAMETOOLONG;
		if (!vnode->operations->lookup && !create)
			return -ENOENT;
		dentry = uk_dentry_new(directory, name);
		if (!dentry)
			return -ENOMEM;
		error = vnode->operations->lookup ? vnode->operations->lookup(vnode, dentry) : 0;
		if (error) {
			uk_dentry_put(dentry);
			return error;
		}
		if (vnode->operations->lookup && !(vnode->flags & UK_VNODE_UNCACHED) &&
		    (dentry->vnode || !(vnode->flags & UK_VNODE_NO_NEGATIVE)))
			uk_dentry_hash(dentry);
	}
	if (!dentry->vnode && !create) {
		uk_dentry_put(dentry);
		return -ENOENT;
	}
	*result = dentry;
	return 0;
}

/* Stores the target of a link in walk->buffer, followed by the remaining text. */
static int set_text(struct walk *walk, struct uk_vnode *link)
{
	size_t rest = strlen(walk->text), size = PATH_MAX;
	ssize_t length;
	char *buffer;

	if (link->link)
		size = strlen(link->link);
	else if (!link->operations->readlink)
		return -EINVAL;
	buffer = uk_malloc(size + rest + 1);
	if (!buffer)
		return -ENOMEM;
	if (link->link)
		memcpy(buffer, link->link, (size_t)(length = (ssize_t)size));
	else
		length = link->operations->readlink(link, buffer, size);
	if (length <= 0) {
		uk_free(buffer);
		return length ? (int)length : -ENOENT;
	}
	memcpy(buffer + length, walk->text, rest + 1);
	uk_free(walk->buffer);
	walk->text = walk->buffer = buffer;
	return 0;
}

int walk_follow(struct walk *walk, struct uk_dentry *link, bool *done)
{
	struct uk_vnode *vnode = link->vnode;
	bool magic = vnode->operations->follow;
	struct uk_path place;
	int error;

	*done = false;
	if (walk->flags & RESOLVE_NO_SYMLINKS || ++walk->links > SYMBOLIC_LINKS_MAX ||
	    walk->path.mount->flags & MS_NOSYMFOLLOW)
		return -ELOOP;
	if (!magic) {
		error = set_text(walk, vnode);
		return !error && *walk->text == '/' ? go_to_root(walk) : error;
	}
	if (walk->flags & RESOLVE_NO_MAGICLINKS)
		return -ELOOP;
	if (walk->flags & (RESOLVE_BENEATH | RESOLVE_IN_ROOT))
		return -EXDEV;
	error = vnode->operations->follow(vnode, &place);
	if (error)
		return error;
	if (walk->flags & RESOLVE_NO_XDEV && place.mount != walk->path.mount) {
		uk_path_put(&place);
		return -EXDEV;
	}
	leave(walk);
	walk->path = place;
	*done = !*walk->text;
	return 0;
}

/* Parses the next component into walk->last and moves walk->text past it. */
static void take_component(struct walk *walk)
{
	struct uk_last *last = &walk->last;
	const char *text = walk->text, *end;

	while (*text == '/')
		text++;
	for (end = text; *end && *end != '/'; end++)
		;
	last->name.text = text;
	last->name.length = (u32)(end - text);
	last->slashes = *end == '/';
	walk->text = end;
	if (text[0] == '.' && end - text == 1)
		last->kind = UK_LAST_DOT;
	else if (text[0] == '.' && text[1] == '.' && end - text == 2)
		last->kind = UK_LAST_DOTDOT;
	else
		last->kind = end == text ? UK_LAST_ROOT : UK_LAST_NAME;
	if (last->kind == UK_LAST_NAME)
		last->name.hash = uk_name_hash(text, last->name.length);
}

static bool is_last(const struct walk *walk)
{
	const char *text = walk->text;

	while (*text == '/')
		text++;
	return !*text;
}

/* Enters the directory named by walk->last. */
static int descend(struct walk *walk)
{
	struct uk_path child = {walk->path.mount, NULL};
	struct uk_dentry *parent = walk->path.dentry;
	bool done;
	int error;

	if (walk->last.kind == UK_LAST_DOT)
		return 0;
	if (walk->last.kind == UK_LAST_DOTDOT)
		return go_up(walk);
	error = uk_path_lookup_one(&walk->path, &walk->last.name, false, &child.dentry);
	if (error)
		return error;
	if (unlikely(uk_vnode_is(child.dentry->vnode, S_IFLNK))) {
		error = walk_follow(walk, child.dentry, &done);
		uk_dentry_put(child.dentry);
		return error;
	}
	walk->path.dentry = child.dentry;
	uk_dentry_put(parent);
	return walk_cross_mounts(walk, &walk->path);
}

int walk_to_last(struct walk *walk)
{
	for (;;) {
		int error;

		/* Also for "." and "..", which only directories have. */
		if (!uk_vnode_is(walk->path.dentry->vnode, S_IFDIR))
			return fail(walk, -ENOTDIR);
		error = uk_vnode_permission(walk->path.dentry->vnode, UK_MAY_EXECUTE);
		if (error)
			return fail(walk, error);
		take_component(walk);
		if (walk->last.name.length > NAME_MAX)
			return fail(walk, -ENAMETOOLONG);
		if (is_last(walk))
			return 0;
		error = descend(walk);
		if (error)
			return fail(walk, error);
	}
}

int uk_path_lookup_parent(const struct uk_path *start, const char *path, u32 flags,
			  struct uk_path *parent, struct uk_last *last)
{
	struct walk walk;
	int error = walk_begin(&walk, start, path, flags);

	if (!error)
		error = walk_to_last(&walk);
	if (error)
		return error;
	*last = walk.last;
	*parent = walk.path;
	/* After a symbolic link the text is a copy that ends like path. */
	last->name.text = path + strlen(path) - strlen(last->name.text);
	uk_free(walk.buffer);
	return 0;
}

static int take_last(struct walk *walk, bool *done)
{
	struct uk_path child = {walk->path.mount, NULL};
	int error = 0;

	*done = true;
	switch (walk->last.kind) {
	case UK_LAST_DOT:
	case UK_LAST_ROOT:
		return 0;
	case UK_LAST_DOTDOT:
		return go_up(walk);
	case UK_LAST_NAME:
		break;
	}
	error = uk_path_lookup_one(&walk->path, &walk->last.name, false, &child.dentry);
	if (error)
		return error;
	if (uk_vnode_is(child.dentry->vnode, S_IFLNK) &&
	    (walk->flags & UK_LOOKUP_FOLLOW || walk->last.slashes)) {
		error = walk_follow(walk, child.dentry, done);
		uk_dentry_put(child.dentry);
		return error;
	}
	uk_dentry_put(walk->path.dentry);
	walk->path.dentry = child.dentry;
	return walk_cross_mounts(walk, &walk->path);
}

int uk_path_lookup(const struct uk_path *start, const char *path, u32 flags, struct uk_path *result)
{
	bool directory = flags & UK_LOOKUP_DIRECTORY, done = !*path;
	struct walk walk;
	int error = walk_begin(&walk, start, path, flags);

	if (error)
		return error;
	while (!done) {
		error = walk_to_last(&walk);
		if (error)
			return error;
		directory |= walk.last.slashes;
		error = take_last(&walk, &done);
		if (error)
			return fail(&walk, error);
	}
	if (directory && !uk_vnode_is(walk.path.dentry->vnode, S_IFDIR))
		return fail(&walk, -ENOTDIR);
	uk_free(walk.buffer);
	*result = walk.path;
	return 0;
}
