/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mounting: `mount -t 9p TAG TARGET -o OPTIONS`. The options have Linux's names (Documentation/
 * filesystems/9p.rst):
 *
 *	msize=BYTES	maximum size of a message; the default depends on the amount of memory
 *	cache=none	ask the server whenever a name or an attribute is used
 *	cache=loose	never ask again: nobody else changes the directory
 *	timeout=MS	without cache=: how long an answer is trusted
 *	version=9p2000.L, trans=virtio, access=MODE, uname=, aname=, dfltuid= and so on
 */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/linux/time.h>
#include <uk/string.h>

#include "filesystem.h"

/* Twice as fast as 64 KiB where files are read in large pieces; larger sizes gain nothing. */
#define DATA_SIZE	 (512u << 10)
#define MEMORY_SHARE	 64 /* data buffers take at most this fraction of the memory */
#define DATA_SIZE_MIN	 (16u << 10)
#define MESSAGE_SIZE_MIN (2 * UK_PAGE_SIZE)
#define MESSAGE_SIZE_MAX ((4u << 20) - UK_PAGE_SIZE) /* the largest block of the heap */
#define TIMEOUT_MS	 1000u
#define BLOCK_SIZE_MAX	 (64u << 10) /* st_blksize, the buffer size that C libraries choose */

#define NAME_SIZE 64

struct options {
	u32 message_size;
	u64 timeout_ms;
	bool loose;
	char user[NAME_SIZE], tree[NAME_SIZE];
};

/* If the option at text is name=VALUE, returns the start of VALUE, otherwise NULL. */
static const char *value_of(const char *text, const char *name)
{
	size_t length = strlen(name);

	return strncmp(text, name, length) == 0 && text[length] == '=' ? text + length + 1 : NULL;
}

static size_t option_length(const char *text)
{
	const char *end = strchr(text, ',');

	return end ? (size_t)(end - text) : strlen(text);
}

static bool is_word(const char *text, const char *word)
{
	return option_length(text) == strlen(word) && strncmp(text, word, strlen(word)) == 0;
}

static int parse_number(const char *text, u64 *number)
{
	return uk_parse_u64(text, &text, number) || (*text && *text != ',') ? -EINVAL : 0;
}

static int parse_name(const char *text, char name[NAME_SIZE])
{
	size_t length = option_length(text);

	if (length >= NAME_SIZE)
		return -EINVAL;
	memcpy(name, text, length);
	name[length] = '\0';
	return 0;
}

static int parse_cache(const char *text, struct options *options)
{
	if (is_word(text, "none"))
		options->timeout_ms = 0;
	else if (is_word(text, "loose") || is_word(text, "fscache"))
		options->loose = true;
	else
		return -EINVAL;
	return 0;
}

static int parse_message_size(const char *text, struct options *options)
{
	u64 number;

	if (parse_number(text, &number) || number < MESSAGE_SIZE_MIN)
		return -EINVAL;
	options->message_size = (u32)MIN(number, (u64)MESSAGE_SIZE_MAX);
	return 0;
}

static int parse_option(const char *text, struct options *options)
{
	/* Options with only one possible value, and those without effect for a single user. */
	static const char *const ignored[] = {"trans", "access",   "dfltuid", "dfltgid",
					      "debug", "posixacl", "nodevmap"};
	const char *value;

	if ((value = value_of(text, "msize")))
		return parse_message_size(value, options);
	if ((value = value_of(text, "cache")))
		return parse_cache(value, options);
	if ((value = value_of(text, "timeout")))
		return parse_number(value, &options->timeout_ms);
	if ((value = value_of(text, "uname")))
		return parse_name(value, options->user);
	if ((value = value_of(text, "aname")))
		return parse_name(value, options->tree);
	if ((value = value_of(text, "version")))
		return is_word(value, "9p2000.L") ? 0 : -EINVAL;
	for (unsigned int i = 0; i < ARRAY_SIZE(ignored); i++) {
		if (value_of(text, ignored[i]) || is_word(text, ignored[i]))
			return 0;
	}
	return *text && *text != ',' ? -EINVAL : 0;
}

static u32 default_message_size(void)
{
	size_t memory = uk_page_statistics().total * UK_PAGE_SIZE;
	u32 size = DATA_SIZE;

	while (size > DATA_SIZE_MIN && size > memory / MEMORY_SHARE)
		size /= 2;
	return size + (u32)UK_PAGE_SIZE;
}

static int parse_options(const char *text, struct options *options)
{
	*options = (struct options){default_message_size(), TIMEOUT_MS, false, "root", ""};
	for (;;) {
		int error = parse_option(text, options);

		if (error)
			return error;
		text += option_length(text);
		if (!*text++)
			return 0;
	}
}

static int statfs(struct uk_superblock *superblock, struct statfs *status)
{
	struct uk_vnode *root = superblock->root->vnode;

	return ninep_statfs(ninep_client(root), ninep_node(root)->fid, status);
}

static int sync(struct uk_superblock *superblock)
{
	struct ninep_mount *mount = container_of(superblock, struct ninep_mount, superblock);
	int result = 0;

	for (unsigned int i = 0; i < NINEP_NODE_BUCKETS; i++) {
		for (struct ninep_node *node = mount->nodes[i]; node; node = node->next) {
			int error = ninep_write_back(node);

			if (error)
				result = error;
		}
	}
	return result;
}

static int show_options(struct uk_superblock *superblock, char *buffer, size_t size)
{
	const struct ninep_mount *mount = container_of(superblock, struct ninep_mount, superblock);
	u32 message_size = mount->client.data_size + NINEP_WRITE_HEADER + 1;

	if (mount->loose)
		return uk_snprintf(buffer, size, ",msize=%u,cache=loose", message_size);
	if (!mount->lifetime)
		return uk_snprintf(buffer, size, ",msize=%u,cache=none", message_size);
	return uk_snprintf(buffer, size, ",msize=%u,timeout=%lu", message_size,
			   mount->lifetime / NS_PER_MS);
}

static void release(struct uk_superblock *superblock)
{
	struct ninep_mount *mount = container_of(superblock, struct ninep_mount, superblock);

	uk_dentry_put(superblock->root);
	ninep_client_close(&mount->client);
	uk_free(mount);
}

/* Returns the root's node, with a reference. */
static struct ninep_node *attach(struct ninep_mount *mount, const struct options *options,
				 int *error)
{
	struct ninep_client *client = &mount->client;
	u32 fid = ninep_new_fid(client);
	struct ninep_node *node;
	struct ninep_qid qid;

	*error = ninep_attach(client, fid, options->user, options->tree, &qid);
	node = *error ? NULL : ninep_node_get(mount, fid, &qid, error);
	if (!node || uk_vnode_is(&node->vnode, S_IFDIR))
		return node;
	*error = -ENOTDIR;
	uk_vnode_put(&node->vnode);
	return NULL;
}

static int mount_9p(const struct uk_filesystem_type *type, const char *source, u32 flags,
		    const char *data, struct uk_superblock **superblock)
{
	static const struct uk_superblock_operations operations = {
		.free_vnode = ninep_free_vnode,
		.statfs = statfs,
		.sync = sync,
		.options = show_options,
		.release = release,
	};
	struct options options;
	struct ninep_mount *mount;
	struct ninep_node *root;
	int error = parse_options(data, &options);

	if (error)
		return error;
	mount = uk_zalloc(sizeof(*mount));
	if (!mount)
		return -ENOMEM;
	uk_superblock_init(&mount->superblock, type, &operations, V9FS_MAGIC);
	mount->loose = options.loose;
	mount->open_flags = flags & MS_RDONLY ? O_NOATIME : 0;
	mount->lifetime =
		options.loose ? UINT64_MAX : MIN(options.timeout_ms, UINT32_MAX) * NS_PER_MS;
	error = ninep_client_open(&mount->client, source, options.message_size);
	if (error) {
		uk_free(mount);
		return error;
	}
	mount->superblock.block_size = MIN(mount->client.data_size, BLOCK_SIZE_MAX);
	root = attach(mount, &options, &error);
	if (root) {
		mount->superblock.root = uk_dentry_new_root(&mount->superblock, &root->vnode);
		error = mount->superblock.root ? 0 : -ENOMEM;
	}
	if (error) {
		ninep_client_close(&mount->client);
		uk_free(mount);
		return error;
	}
	*superblock = &mount->superblock;
	return 0;
}

static int register_9p(void)
{
	/* Unikraft calls it 9pfs. */
	static struct uk_filesystem_type names[] = {{.name = "9pfs", .mount = mount_9p},
						    {.name = "9p", .mount = mount_9p}};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		uk_filesystem_register(&names[i]);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_9p);
