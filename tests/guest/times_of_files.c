/* Times, owners and permission bits of files. */
#define _GNU_SOURCE
#include "files.h"
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <utime.h>

static void times(const char *path)
{
	struct stat status;

	if (lstat(path, &status)) {
		printf("%s: %s\n", path, errno_text());
		return;
	}
	printf("%s: read %ld.%09ld, written %ld.%09ld\n", path, (long)status.st_atim.tv_sec,
	       status.st_atim.tv_nsec, (long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

static long newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* The times of a path and of its directory that a call advanced. */
static void moved(const char *what, const char *path, long result)
{
	static struct stat before[2];
	static const char *last;
	struct stat after[2];
	struct timespec pause = {
		0, 15000000}; /* Linux's file times advance in steps of at most 10 ms */

	if (what)
		printf("%s: %s%s\n", what, result < 0 ? errno_text() : "ok",
		       last != path ? ", another file" : "");
	nanosleep(&pause, NULL);
	for (int i = 0; i < 2; i++) {
		if (stat(i ? "." : path, &after[i]))
			return;
		if (what && last == path)
			printf("  %s:%s%s%s\n", i ? "folder" : "file",
			       newer(&after[i].st_atim, &before[i].st_atim) ? " read" : "",
			       newer(&after[i].st_mtim, &before[i].st_mtim) ? " written" : "",
			       newer(&after[i].st_ctim, &before[i].st_ctim) ? " changed" : "");
		before[i] = after[i];
	}
	last = path;
}

static void moving(void)
{
	static const char file[] = "file";
	char byte;
	int fd = open(file, O_CREAT | O_RDWR, 0644), other;

	moved(NULL, file, 0);
	moved("write", file, write(fd, "text", 4));
	moved("write nothing", file, syscall(SYS_write, fd, "", 0));
	moved("read", file, pread(fd, &byte, 1, 0));
	moved("read again", file, pread(fd, &byte, 1, 0));
	moved("read at the end", file, pread(fd, &byte, 1, 100));
	moved("chmod", file, fchmod(fd, 0600));
	moved("chown", file, fchown(fd, 1, 2));
	moved("chown nothing", file, fchown(fd, -1, -1));
	moved("truncate", file, ftruncate(fd, 4));
	moved("truncate", file, ftruncate(fd, 2));
	moved("link", file, link(file, "other"));
	moved("unlink", file, unlink("other"));
	moved("rename", file, rename(file, "renamed"));
	moved("rename back", file, rename("renamed", file));
	moved("open", file, other = open(file, O_RDONLY));
	moved("O_TRUNC", file, open(file, O_WRONLY | O_TRUNC));
	moved("O_TRUNC of nothing", file, open(file, O_WRONLY | O_TRUNC));
	moved("allocate", file, fallocate(fd, 0, 0, 100));
	moved("mkdir", file, mkdir("folder", 0755));
	moved("rmdir", file, rmdir("folder"));
	close(fd);
	close(other);
}

static void setting(void)
{
	struct timespec both[2] = {{100, 200}, {-300, 400}};
	struct timeval micro[2] = {{5, 6}, {7, 999999}};
	struct utimbuf seconds = {11, 12};
	int fd = open("set", O_CREAT | O_RDWR, 0644);

	TRY(symlink("set", "link"));
	TRY(utimensat(AT_FDCWD, "set", both, 0));
	times("set");
	both[0].tv_nsec = UTIME_OMIT;
	both[1] = (struct timespec){4000000000, 999999999};
	TRY(utimensat(AT_FDCWD, "set", both, 0));
	times("set");
	both[1].tv_nsec = 1000000000;
	TRY(utimensat(AT_FDCWD, "set", both, 0));
	both[1].tv_nsec = -1;
	TRY(utimensat(AT_FDCWD, "set", both, 0));
	both[1].tv_nsec = UTIME_OMIT;
	TRY(utimensat(AT_FDCWD, "nothing", both, 0));
	both[0] = both[1] = (struct timespec){1, 2};
	TRY(utimensat(AT_FDCWD, "link", both, AT_SYMLINK_NOFOLLOW));
	TRY(utimensat(AT_FDCWD, "nothing", both, 0));
	TRY(utimensat(AT_FDCWD, "link", both, 77));
	times("link");
	times("set");
	TRY(futimens(fd, both));
	times("set");
	TRY(utimes("set", micro));
	times("set");
	micro[0].tv_usec = 1000000;
	TRY(utimes("set", micro));
	TRY(utime("set", &seconds));
	times("set");
	TRY(utime("nothing", &seconds));
	TRY(syscall(SYS_futimesat, AT_FDCWD, "set", NULL));
	TRY(futimens(99, both));
	TRY(syscall(SYS_utimensat, fd, NULL, both, AT_SYMLINK_NOFOLLOW));
	TRY(syscall(SYS_utimensat, AT_FDCWD, NULL, both, 0));
	close(fd);
}

static void modes(void)
{
	int fd = open("modes", O_CREAT | O_RDWR, 0644);

	TRY(chmod("modes", 07777));
	show("modes", fd);
	TRY(write(fd, "x", 1));
	show("written by root", fd);
	TRY(chown("modes", 3, -1));
	show("modes", fd);
	TRY(chmod("modes", 06644) + chown("modes", -1, 4));
	show("modes", fd);
	TRY(fchmod(fd, 0170000 | 0123));
	show("modes", fd);
	TRY(access("modes", R_OK | W_OK | X_OK));
	TRY(chmod("modes", 0));
	TRY(access("modes", R_OK | W_OK));
	TRY(access("modes", X_OK));
	TRY(access(".", X_OK));
	OPENED(open("modes", O_RDWR));
	TRY(chmod("nothing", 0644));
	TRY(fchmod(99, 0644));
	TRY(chown("nothing", 0, 0));
	TRY(syscall(SYS_fchownat, fd, "", 8, 9, AT_EMPTY_PATH));
	show("modes", fd);
	TRY(syscall(SYS_fchownat, fd, "", 8, 9, 0));
	TRY(syscall(SYS_fchownat, fd, "", 8, 9, 7));
	TRY(mkdir("sticky", 0777) + chmod("sticky", 03777));
	show_path("sticky");
	TRY(chown("sticky", 1, 1));
	show_path("sticky");
	close(fd);
}

/* The beginning of struct statx, which musl does not declare. */
struct extended {
	uint32_t mask, block_size;
	uint64_t attributes;
	uint32_t links, uid, gid;
	uint16_t mode, padding;
	uint64_t ino, size;
	char rest[256];
};

#define BASIC	   0x7ff
#define NO_SYNC	   0x4000
#define SYNC	   0x2000
#define RESERVED   0x80000000U
#define statx(...) syscall(SYS_statx, __VA_ARGS__)

static void extended(void)
{
	struct extended status;

	TRY(statx(AT_FDCWD, "modes", 0, BASIC, &status));
	printf("%o %ld %d %d %d\n", status.mode, (long)status.size, status.uid, status.links,
	       (status.mask & BASIC) == BASIC);
	TRY(statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, BASIC, &status));
	printf("%o\n", status.mode);
	TRY(statx(AT_FDCWD, "modes", SYNC | NO_SYNC, BASIC, &status));
	TRY(statx(AT_FDCWD, "modes", 0, RESERVED, &status));
	TRY(statx(AT_FDCWD, "nothing", 0, BASIC, &status));
	TRY(statx(AT_FDCWD, "modes", 0, BASIC, 8L));
	TRY(chdir("sticky"));
	TRY(statx(AT_FDCWD, "", AT_EMPTY_PATH, BASIC, &status));
	printf("%o\n", status.mode);
	TRY(chdir(".."));
}

int main(int argc, char **argv)
{
	start(argc, argv);
	setting();
	modes();
	extended();
	moving();
	return 0;
}
