/* Directories: creating, removing, listing them, and having them as working directory. */
#define _GNU_SOURCE
#include "files.h"
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

struct entry {
	unsigned long ino;
	long next;
	unsigned short length;
	unsigned char type;
	char name[];
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All names, sorted, with their types. */
static void list(const char *path)
{
	char *names[2000], buffer[300];
	struct dirent *entry;
	DIR *directory = opendir(path);
	int count = 0;

	if (!directory) {
		printf("%s: %s\n", path, errno_text());
		return;
	}
	while ((entry = readdir(directory))) {
		snprintf(buffer, sizeof(buffer), "%s/%d", entry->d_name, entry->d_type);
		names[count++] = strdup(buffer);
	}
	closedir(directory);
	qsort(names, count, sizeof(*names), compare);
	printf("%s:", path);
	for (int i = 0; i < count; i++) {
		printf(" %s", names[i]);
		free(names[i]);
	}
	printf("\n");
}

static void making(void)
{
	TRY(mkdir("a", 0777));
	TRY(mkdir("a", 0777));
	TRY(mkdir("a/b/c", 0777));
	TRY(mkdir("a/b/", 0700));
	TRY(mkdir("a/b/c", 01777));
	TRY(mkdir("a/./b/../d", 0755));
	TRY(mkdir(".", 0755));
	TRY(mkdir("..", 0755));
	TRY(mkdir("a/.", 0755));
	TRY(mkdir("/", 0755));
	TRY(mkdir("", 0755));
	TRY(mkdirat(99, "x", 0755));
	TRY(mkdirat(99, "/", 0755));
	TRY(close(creat("a/file", 0644)) + symlink("d", "a/link") +
	    mknod("a/fifo", S_IFIFO | 0600, 0));
	TRY(mkdir("a/file", 0755));
	TRY(mkdir("a/file/x", 0755));
	TRY(mkdir("a/link/inside", 02755));
	show_path("a");
	show_path("a/b");
	show_path("a/b/c");
	show_path("a/link/inside");
	list("a");
	list("a/link");
	list("a/b/c");
	list("a/file");
	list("nothing");
}

static void removing(void)
{
	TRY(rmdir("a"));
	TRY(rmdir("a/b/c"));
	TRY(rmdir("a/b/."));
	TRY(rmdir("a/b/.."));
	TRY(rmdir("/"));
	TRY(rmdir("a/file"));
	TRY(rmdir("a/link"));
	TRY(rmdir("a/link/"));
	TRY(rmdir("nothing"));
	TRY(unlink("a/b"));
	TRY(unlink("a/file/"));
	TRY(unlinkat(AT_FDCWD, "a/b", AT_REMOVEDIR));
	TRY(unlinkat(AT_FDCWD, "a/fifo", AT_REMOVEDIR));
	TRY(unlinkat(AT_FDCWD, "a/fifo", 1));
	TRY(unlinkat(AT_FDCWD, "a/fifo", 0));
	show_path("a");
	list("a");
}

static void inheriting(void)
{
	TRY(mkdir("group", 0777));
	TRY(chown("group", -1, 77) + chmod("group", 02775));
	TRY(mkdir("group/sub", 0755));
	TRY(close(creat("group/file", 0644)));
	show_path("group/sub");
	show_path("group/file");
}

static void standing(void)
{
	char path[4096], *base = getcwd(path, sizeof(path)) ? strdup(path) : NULL;
	size_t length = strlen(base);
	int fd = OPENED(open("a", O_RDONLY | O_DIRECTORY)), other;

	TRY(chdir("a/d"));
	printf("here: %s\n", getcwd(path, sizeof(path)) ? path + length : errno_text());
	TRY(syscall(SYS_getcwd, path, 3));
	TRY(syscall(SYS_getcwd, path, 0));
	TRY(chdir("../file"));
	TRY(chdir("nothing"));
	TRY(fchdir(fd));
	printf("here: %s\n", getcwd(path, sizeof(path)) ? path + length : errno_text());
	TRY(mkdir("gone", 0755) + chdir("gone"));
	TRY(rmdir("../gone"));
	TRY(syscall(SYS_getcwd, path, sizeof(path)));
	opened("here", open(".", O_RDONLY));
	opened("in what is gone", open("x", O_CREAT | O_WRONLY, 0600));
	TRY(mkdir("x", 0755));
	TRY(chdir(".."));
	printf("here: %s\n", getcwd(path, sizeof(path)) ? path + length : errno_text());
	other = OPENED(open("file", O_RDONLY));
	TRY(fchdir(other));
	TRY(fchdir(99));
	TRY(openat(other, "x", O_RDONLY));
	TRY(close(OPENED(openat(fd, "d/inside/../../file", O_RDONLY))));
	TRY(chdir(base));
	TRY(read(fd, path, 10));
	TRY(write(fd, path, 10));
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(ftruncate(fd, 0));
	close(fd);
	close(other);
	free(base);
}

/* Reads a directory in small steps while entries are added and removed: those that stay appear
 * once. */
static void changing(void)
{
	static int seen[2000];
	char name[32], buffer[200];
	int fd, wrong = 0, step = 0;
	long got;

	TRY(mkdir("many", 0755));
	for (int i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "many/%d", i);
		close(creat(name, 0644));
	}
	fd = open("many", O_RDONLY);
	TRY(syscall(SYS_getdents64, fd, buffer, 10));
	while ((got = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0) {
		for (long at = 0; at < got; at += ((struct entry *)(buffer + at))->length)
			seen[atoi(((struct entry *)(buffer + at))->name)] +=
				((struct entry *)(buffer + at))->name[0] != '.';
		/* Entries with even numbers stay. */
		for (int i = 0; i < 5; i++, step++) {
			snprintf(name, sizeof(name), "many/%d", (step * 2 + 1) % 400);
			unlink(name);
		}
		snprintf(name, sizeof(name), "many/%d", 1001 + step);
		if (step < 100)
			mkdir(name, 0755);
	}
	for (int i = 0; i < 400; i += 2)
		wrong += seen[i] != 1;
	printf("not seen once: %d\n", wrong);
	TRY(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)));
	TRY(syscall(SYS_getdents64, 99, buffer, sizeof(buffer)));
	TRY(syscall(SYS_getdents64, 0, buffer, sizeof(buffer)) < 0);
	close(fd);
}

int main(int argc, char **argv)
{
	start(argc, argv);
	making();
	removing();
	inheriting();
	standing();
	changing();
	return 0;
}
