/* SPDX-License-Identifier: BSD-3-Clause */
/* user=: the user of the first program, by number or by the names in the guest's /etc/passwd and
 * /etc/group (passwd(5), group(5)). */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/errno.h>
#include <uk/fd_table.h>
#include <uk/paths.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "user.h"

#define FILE_MAX   (1UL << 20) /* bytes of a file that are read */
#define GROUPS_MAX 256

struct user {
	const char *name; /* in /etc/passwd; NULL: the number has no entry */
	u64 uid, gid;
	bool has_group; /* given by the user of unishim */
};

/* The contents, terminated, for uk_free(); NULL: there is no such file. */
static char *read_file(const char *path)
{
	int error;
	struct uk_file *file = uk_vfs_open(&uk_paths_current()->root, path, O_RDONLY, 0, 0, &error);
	size_t size = file ? MIN(file->vnode->size, FILE_MAX) : 0;
	char *text = file ? uk_malloc(size + 1) : NULL;
	ssize_t length = text ? uk_file_read_kernel(file, text, size, 0) : 0;

	if (file)
		uk_file_put(file);
	if (text)
		text[MAX(length, 0L)] = '\0';
	return text;
}

/* Cuts the text at the next separator; returns what follows it, or NULL. */
static char *cut(char *text, char separator)
{
	char *end = text ? strchr(text, separator) : NULL;

	if (!end)
		return NULL;
	*end = '\0';
	return end + 1;
}

static bool is_number(const char *text, u64 *number)
{
	return text && uk_parse_u64(text, &text, number) == 0 && !*text && *number < UINT32_MAX;
}

/* Searches the file's lines, name:password:number:..., by name or number: *found is the name,
 * *number the number, *rest what follows it. */
static bool find_line(char *text, const char *wanted, char **found, u64 *number, char **rest)
{
	u64 wanted_number = 0;
	bool by_number = is_number(wanted, &wanted_number);

	for (char *next; text; text = next) {
		char *password, *digits;

		next = cut(text, '\n');
		password = cut(text, ':');
		digits = cut(password, ':');
		*rest = cut(digits, ':');
		if (!is_number(digits, number))
			continue;
		if (by_number ? *number == wanted_number : strcmp(text, wanted) == 0) {
			*found = text;
			return true;
		}
	}
	return false;
}

/* Adds the groups whose fourth field contains the user. */
static u32 find_groups(char *text, const char *user, gid_t *groups)
{
	u32 count = 0;

	for (char *next; text && count < GROUPS_MAX; text = next) {
		char *password, *digits, *members, *following;
		u64 number;

		next = cut(text, '\n');
		password = cut(text, ':');
		digits = cut(password, ':');
		members = cut(digits, ':');
		if (!is_number(digits, &number))
			continue;
		for (; members; members = following) {
			following = cut(members, ',');
			if (strcmp(members, user) == 0)
				groups[count++] = (gid_t)number;
		}
	}
	return count;
}

static const char *find_user(struct user *user, const char *wanted, char *passwords)
{
	char *name, *rest;

	if (passwords && find_line(passwords, wanted, &name, &user->uid, &rest)) {
		user->name = name;
		(void)cut(rest, ':');
		(void)is_number(rest, &user->gid);
		return NULL;
	}
	return is_number(wanted, &user->uid) ? NULL : "no such user in the guest's /etc/passwd";
}

static const char *find_group(struct user *user, const char *wanted, char *groups)
{
	char *name, *rest;

	user->has_group = true;
	if (is_number(wanted, &user->gid) ||
	    (groups && find_line(groups, wanted, &name, &user->gid, &rest)))
		return NULL;
	return "no such group in the guest's /etc/group";
}

/* The program's streams were opened by whoever started the run, who is the user now. */
static void give_streams(uid_t uid)
{
	for (int fd = 0; fd <= 2; fd++) {
		struct uk_file *file = uk_fd_get_any(fd);

		if (!file)
			continue;
		file->vnode->uid = uid;
		uk_file_put(file);
	}
}

static const char *become(const struct user *user, char *groups)
{
	struct uk_credentials *old = uk_thread_current()->credentials;
	struct uk_credentials *changed = uk_credentials_begin();
	gid_t *list = uk_malloc(GROUPS_MAX * sizeof(*list));
	u32 count = 0;

	if (!changed || !list)
		return "no memory";
	if (user->name && groups && !user->has_group)
		count = find_groups(groups, user->name, list);
	if (uk_credentials_set_groups(changed, list, count))
		return "no memory";
	changed->uid = changed->euid = changed->suid = changed->fsuid = (uid_t)user->uid;
	changed->gid = changed->egid = changed->sgid = changed->fsgid = (gid_t)user->gid;
	uk_credentials_fix_capabilities(changed, old, false);
	uk_credentials_commit(changed);
	uk_process_current()->dumpable = 1;
	give_streams((uid_t)user->uid);
	uk_free(list);
	return NULL;
}

const char *user_change(char *wanted)
{
	char *group = cut(wanted, ':');
	char *passwords = read_file("/etc/passwd"), *groups = read_file("/etc/group");
	struct user user = {0};
	const char *problem = find_user(&user, wanted, passwords);

	if (!problem && group) {
		problem = find_group(&user, group, groups);
	}
	if (!problem)
		problem = become(&user, groups);
	uk_free(passwords);
	uk_free(groups);
	return problem;
}
