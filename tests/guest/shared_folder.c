/* Every operation on files, in the directory in the first argument: a shared one, or natively the
 * same one. What it prints does not depend on where that is. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#define MANY 300

static void try(const char *what, long result)
{
	if (result == -1)
		printf("%s: %s\n", what, errno_text());
	else
		printf("%s: %ld\n", what, result);
}

static int make(const char *name, const char *text, int mode)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL, mode);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		try(name, -1);
	return fd;
}

static void show(const char *name)
{
	struct stat status;

	if (lstat(name, &status) == -1) {
		try(name, -1);
		return;
	}
	printf("%s: mode %o, nlink %lu, size %ld\n", name, status.st_mode,
	       (unsigned long)status.st_nlink, S_ISDIR(status.st_mode) ? 0L : (long)status.st_size);
}

static void contents(const char *name)
{
	char buffer[200];
	int fd = open(name, O_RDONLY);
	ssize_t got = fd == -1 ? -1 : read(fd, buffer, sizeof(buffer));

	if (got == -1)
		try(name, -1);
	else
		printf("%s: \"%.*s\"\n", name, (int)got, buffer);
	close(fd);
}

static void files(void)
{
	char buffer[100], *volatile nowhere = (char *)16;
	int fd, other;

	fd = make("file", "one two three", 0640);
	show("file");
	try("exclusive", open("file", O_CREAT | O_EXCL | O_WRONLY, 0600));
	try("no such file", open("nothing", O_RDONLY));
	try("below a file", open("file/below", O_RDONLY));
	try("slash behind a file", open("file/", O_RDONLY));
	try("directory for writing", open(".", O_WRONLY));
	try("pread", pread(fd, buffer, 3, 4));
	printf("%.3s\n", buffer);
	try("pwrite", pwrite(fd, "TWO", 3, 4));
	try("write behind the end", pwrite(fd, "far", 3, 10000));
	try("hole", pread(fd, buffer, 100, 5000));
	printf("%d %d\n", buffer[0], buffer[99]);
	try("size", lseek(fd, 0, SEEK_END));
	try("read at the end", read(fd, buffer, 1));
	try("truncate", ftruncate(fd, 7));
	try("grow", ftruncate(fd, 20));
	try("read grown", pread(fd, buffer, 100, 0));
	printf("%s %d\n", buffer, buffer[19]);
	try("fsync", fsync(fd));
	try("fdatasync", fdatasync(fd));
	other = open("file", O_WRONLY | O_APPEND);
	try("append", write(other, "end", 3));
	try("read of write-only", read(other, buffer, 1));
	close(other);
	try("size", lseek(fd, 0, SEEK_END));
	other = open("file", O_RDWR | O_TRUNC);
	try("truncated", lseek(other, 0, SEEK_END));
	try("write", write(other, "new", 3));
	try("through the first", pread(fd, buffer, 100, 0));
	try("synchronous", close(open("file", O_WRONLY | O_SYNC)));
	close(other);
	try("bad buffer", pread(fd, nowhere, 3, 0));
	try("bad data", pwrite(fd, nowhere, 3, 0));
	close(fd);
	contents("file");
	fd = make("locked", "", 0444);
	try("write to one that is read-only", write(fd, "text", 4));
	close(fd);
	show("locked");
}

static void names(void)
{
	char text[100], long_name[300];

	try("mkdir", mkdir("folder", 0751));
	try("mkdir again", mkdir("folder", 0751));
	show("folder");
	try("mkdir without parent", mkdir("none/folder", 0700));
	try("link", link("file", "folder/second"));
	show("file");
	try("link over", link("file", "locked"));
	try("link to a directory", link("folder", "copy"));
	try("symlink", symlink("../file", "folder/relative"));
	try("symlink of a directory", symlink("folder", "short"));
	try("dangling", symlink("nowhere", "dangling"));
	try("cyclic", symlink("cyclic", "cyclic"));
	contents("folder/relative");
	contents("short/second");
	contents("dangling");
	contents("cyclic");
	show("short");
	try("readlink", readlink("short", text, sizeof(text)));
	try("readlink of a file", readlink("file", text, sizeof(text)));
	try("not followed", open("short", O_RDONLY | O_NOFOLLOW));
	try("create through dangling", close(open("dangling", O_CREAT | O_WRONLY, 0600)));
	show("nowhere");
	try("rename", rename("nowhere", "somewhere"));
	show("nowhere");
	show("somewhere");
	try("rename over", rename("somewhere", "folder/second"));
	show("file");
	try("rename of a directory", rename("folder", "moved"));
	try("rename into itself", rename("moved", "moved/below"));
	try("rename over a file", rename("moved", "file"));
	try("rename of nothing", rename("none", "other"));
	contents("moved/relative");
	try("unlink of a directory", unlink("moved"));
	try("rmdir of a file", rmdir("file"));
	try("rmdir of a full one", rmdir("moved"));
	try("unlink", unlink("moved/second"));
	try("unlink again", unlink("moved/second"));
	try("unlink a link", unlink("moved/relative"));
	try("rmdir", rmdir("moved"));
	memset(long_name, 'n', 256);
	long_name[256] = '\0';
	try("name too long", open(long_name, O_CREAT | O_WRONLY, 0600));
	long_name[255] = '\0';
	try("longest name", close(open(long_name, O_CREAT | O_WRONLY, 0600)));
	try("unlink it", unlink(long_name));
}

static void attributes(void)
{
	struct timespec times[2] = {{1000000000, 123456789}, {1100000000, 987654321}};
	struct stat status;
	struct statfs system;
	int fd = make("attributes", "text", 0600);

	try("chmod", chmod("attributes", 04711));
	show("attributes");
	try("fchmod", fchmod(fd, 0604));
	show("attributes");
	try("chown to oneself", chown("attributes", -1, -1));
	try("utimens", futimens(fd, times));
	stat("attributes", &status);
	printf("atime %ld.%09ld, mtime %ld.%09ld\n", status.st_atim.tv_sec, status.st_atim.tv_nsec,
	       status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
	try("write", write(fd, "more", 4));
	fstat(fd, &status);
	printf("mtime moved: %d\n", status.st_mtim.tv_sec > 1100000000);
	times[0].tv_nsec = UTIME_NOW;
	times[1].tv_nsec = UTIME_OMIT;
	try("now and not at all", utimensat(AT_FDCWD, "attributes", times, 0));
	try("truncate", truncate("attributes", 2));
	show("attributes");
	try("access", access("attributes", R_OK | W_OK));
	try("statfs", statfs(".", &system));
	printf("blocks: %d, longest name %ld\n", system.f_blocks > 0 && system.f_bsize > 0,
	       (long)system.f_namelen);
	close(fd);
}

/* An unlinked file stays usable. */
static void unlinked(void)
{
	char buffer[100] = "";
	struct stat status;
	int fd = make("unlinked", "0123456789", 0600), other;

	try("unlink", unlink("unlinked"));
	try("read", pread(fd, buffer, 100, 0));
	try("write", pwrite(fd, "abc", 3, 10));
	fstat(fd, &status);
	printf("nlink %lu, size %ld\n", (unsigned long)status.st_nlink, (long)status.st_size);
	try("truncate", ftruncate(fd, 5));
	try("read", pread(fd, buffer, 100, 0));
	try("write behind the end", pwrite(fd, "x", 1, 8));
	try("read", pread(fd, buffer, 100, 0));
	printf("%.5s %d %d %c\n", buffer, buffer[5], buffer[7], buffer[8]);
	try("grow", ftruncate(fd, 20));
	fstat(fd, &status);
	printf("size %ld\n", (long)status.st_size);
	try("fchmod", fchmod(fd, 0400));
	other = make("unlinked", "another", 0600);
	try("read", pread(fd, buffer, 5, 0));
	printf("%.5s\n", buffer);
	try("fchmod", fchmod(fd, 0640));
	try("truncate", ftruncate(fd, 3));
	fstat(fd, &status);
	printf("mode %o, size %ld\n", status.st_mode, (long)status.st_size);
	show("unlinked");
	contents("unlinked");
	close(fd);
	close(other);
	unlink("unlinked");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *name)
{
	char *found[2 * MANY];
	struct dirent *entry;
	DIR *folder = opendir(name);
	int count = 0;

	while (folder && (entry = readdir(folder)) && count < 2 * MANY) {
		char line[300];

		snprintf(line, sizeof(line), "%s(%d)", entry->d_name, entry->d_type);
		found[count++] = strdup(line);
	}
	if (folder)
		closedir(folder);
	qsort(found, count, sizeof(found[0]), by_name);
	printf("%s has %d:", name, count);
	for (int i = 0; i < count && i < 20; i++)
		printf(" %s", found[i]);
	printf("\n");
	for (int i = 0; i < count; i++)
		free(found[i]);
}

static void listings(void)
{
	char name[100];
	struct dirent *entry;
	DIR *folder;
	int removed = 0;

	mkdir("many", 0700);
	list("many");
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many/a_name_that_is_quite_long_for_a_file_%03d", i);
		close(make(name, name, 0600));
	}
	list("many");
	list(".");
	/* Emptied while it is listed. */
	folder = opendir("many");
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		removed += unlinkat(dirfd(folder), entry->d_name, 0) == 0;
	}
	rewinddir(folder);
	printf("removed %d\n", removed);
	closedir(folder);
	list("many");
	try("rmdir", rmdir("many"));
}

static void big(void)
{
	size_t size = 3 << 20;
	unsigned char *data = malloc(size), *copy = malloc(size);
	int fd = make("big", "", 0600);

	for (size_t i = 0; i < size; i++)
		data[i] = (unsigned char)(i * 7 + i / 4096);
	try("write", write(fd, data, size));
	try("read", pread(fd, copy, size, 0));
	printf("same: %d\n", memcmp(data, copy, size) == 0);
	try("unaligned", pread(fd, copy, 1000001, 4095));
	printf("same: %d\n", memcmp(data + 4095, copy, 1000001) == 0);
	close(fd);
	fd = open("big", O_RDONLY);
	memset(copy, 0, size);
	try("again", read(fd, copy, size));
	printf("same: %d\n", memcmp(data, copy, size) == 0);
	close(fd);
	free(data);
	free(copy);
}

static void locks(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
	int fd = open("file", O_RDWR), other = open("file", O_RDWR);

	try("lock", fcntl(fd, F_SETLK, &lock));
	try("flock", flock(fd, LOCK_EX));
	try("flock of another", flock(other, LOCK_EX | LOCK_NB));
	try("unlock", flock(fd, LOCK_UN));
	try("flock of another", flock(other, LOCK_EX | LOCK_NB));
	close(fd);
	close(other);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	umask(022);
	/* The second argument: remount it with these options. */
	if (argc > 2 && (umount("/unused") || mkdir(argv[1], 0755) ||
			 mount("fs1", argv[1], "9p", 0, argv[2]))) {
		perror("mount");
		return 1;
	}
	if (argc < 2 || chdir(argv[1]) == -1) {
		perror("chdir");
		return 1;
	}
	files();
	names();
	attributes();
	unlinked();
	listings();
	big();
	locks();
	return 0;
}
