/* Paths that are too long, wrong or outside, and openat2(2)'s ways to refuse them. */
#define _GNU_SOURCE
#include "files.h"
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#define NO_XDEV	      1
#define NO_MAGICLINKS 2
#define NO_SYMLINKS   4
#define BENEATH	      8
#define IN_ROOT	      16
#define CACHED	      32

struct how {
	uint64_t flags, mode, resolve;
};

static int openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct how how = {flags, mode, resolve};

	return (int)syscall(437, dirfd, path, &how, sizeof(how));
}

static void lengths(void)
{
	static char path[5000];
	struct stat status;

	memset(path, 'a', sizeof(path));
	path[256] = '\0';
	TRY(stat(path, &status));
	TRY(mkdir(path, 0755));
	TRY(rename(path, "x"));
	TRY(unlink(path));
	OPENED(open(path, O_CREAT | O_WRONLY, 0644));
	path[255] = '\0';
	TRY(stat(path, &status));
	TRY(mkdir(path, 0755));
	TRY(rmdir(path));
	memset(path, '/', 4096);
	path[4095] = '\0';
	TRY(stat(path, &status));
	path[4095] = '/';
	path[4096] = '\0';
	TRY(stat(path, &status));
	for (int i = 0; i < 4094; i += 2)
		memcpy(path + i, "./", 2);
	path[4094] = '\0';
	TRY(stat(path, &status));
	TRY(symlink(path, "dots"));
	TRY(stat("dots", &status));
	TRY(stat("dots/..", &status));
}

static void kinds(void)
{
	struct statfs fs;
	struct stat status;

	TRY(close(creat("file", 0644)));
	TRY(stat("file/", &status));
	TRY(stat("file/.", &status));
	TRY(stat("file/..", &status));
	TRY(stat("file/x", &status));
	TRY(stat("nothing/..", &status));
	TRY(stat("", &status));
	TRY(lstat("", &status));
	TRY(statfs("nothing", &fs));
	TRY(fstatfs(99, &fs));
	TRY(statfs(".", &fs));
	printf("names of %ld bytes\n", (long)fs.f_namelen);
	TRY(fstatat(99, "file", &status, 0));
	TRY(fstatat(0, "file", &status, 0));
	TRY(fstatat(AT_FDCWD, "file", &status, 0x10000));
	TRY(faccessat(AT_FDCWD, "file", 64, 0));
	TRY(mknod("node", 0100600, 0));
	TRY(mknod("node", 0100600, 0));
	TRY(mknod("folder", 0040755, 0));
	TRY(mknod("what", 0150000, 0));
	TRY(mknod("fifo", 010644, 0));
	show_path("node");
	show_path("fifo");
	TRY(mknod("null", 020666, 0x103));
	show_path("null");
	OPENED(open("null", O_RDWR));
	TRY(mknod("none", 020666, 0xff0ff));
	OPENED(open("none", O_RDWR));
	TRY(mknod("socket", 0140666, 0));
	OPENED(open("socket", O_RDWR));
	OPENED(open("socket", O_PATH));
	TRY(truncate("fifo", 0));
	TRY(syscall(SYS_getxattr, "nothing", "user.x", NULL, 0));
	TRY(syscall(SYS_fgetxattr, 99, "user.x", NULL, 0));
}

static void resolving(void)
{
	int base, other;

	TRY(mkdir("base", 0755) + mkdir("base/sub", 0755));
	TRY(close(creat("base/file", 0644)));
	TRY(symlink("../file", "base/up") + symlink("sub/../file", "base/within"));
	TRY(symlink("/file", "base/absolute") + symlink("file", "base/plain"));
	base = OPENED(open("base", O_PATH | O_DIRECTORY));
	OPENED(openat2(base, "file", O_RDONLY, 0, BENEATH));
	OPENED(openat2(base, "../file", O_RDONLY, 0, BENEATH));
	OPENED(openat2(base, "sub/../file", O_RDONLY, 0, BENEATH));
	OPENED(openat2(base, "sub/../../file", O_RDONLY, 0, BENEATH));
	OPENED(openat2(base, "/file", O_RDONLY, 0, BENEATH));
	OPENED(openat2(base, "up", O_RDONLY, 0, BENEATH));
	OPENED(openat2(base, "within", O_RDONLY, 0, BENEATH));
	OPENED(openat2(base, "absolute", O_RDONLY, 0, BENEATH));
	OPENED(openat2(base, "up", O_RDONLY, 0, IN_ROOT));
	OPENED(openat2(base, "/../../file", O_RDONLY, 0, IN_ROOT));
	OPENED(openat2(base, "absolute", O_RDONLY, 0, IN_ROOT));
	OPENED(openat2(base, "plain", O_RDONLY, 0, NO_SYMLINKS));
	OPENED(openat2(base, "plain", O_PATH | O_NOFOLLOW, 0, NO_SYMLINKS));
	OPENED(openat2(base, "sub/../plain", O_RDONLY, 0, NO_SYMLINKS));
	OPENED(openat2(base, "file", O_RDONLY, 0, NO_SYMLINKS));
	OPENED(openat2(base, "file", O_RDONLY, 0, NO_MAGICLINKS));
	OPENED(openat2(base, "../base/file", O_RDONLY, 0, NO_XDEV));
	OPENED(openat2(AT_FDCWD, "/dev/null", O_RDONLY, 0, NO_XDEV));
	OPENED(openat2(base, "new", O_CREAT | O_WRONLY, 0644, BENEATH));
	OPENED(openat2(base, "../new", O_CREAT | O_WRONLY, 0644, BENEATH));
	OPENED(openat2(base, "new2", O_CREAT | O_WRONLY, 0644, CACHED));
	OPENED(openat2(base, "file", O_RDONLY, 0644, 0));
	OPENED(openat2(base, "file", O_RDONLY, 0, BENEATH | IN_ROOT));
	OPENED(openat2(base, "file", O_RDONLY, 0, 64));
	OPENED(openat2(base, "file", 1L << 40, 0, 0));
	OPENED(openat2(base, "new3", O_CREAT | O_WRONLY, 01000000, 0));
	OPENED(openat2(base, "file", O_PATH | O_APPEND, 0, 0));
	other = OPENED(open("base/file", O_RDONLY));
	OPENED(openat(other, "x", O_RDONLY));
	OPENED(openat(other, "", O_RDONLY));
	OPENED(openat(base, ".", O_RDONLY));
	TRY(syscall(437, base, "file", NULL, 24));
	TRY(syscall(437, base, "file", (char[100]){0}, 10));
	TRY(syscall(437, base, "file", (char[5000]){0}, 5000));
	TRY(syscall(437, base, "file", (char[100]){[50] = 1}, 100));
	TRY(syscall(437, base, "file", (char[100]){0}, 100) >= 0);
}

static void root(void)
{
	struct stat status;

	TRY(mkdir("jail", 0755) + mkdir("jail/inner", 0755));
	TRY(close(creat("jail/file", 0644)));
	TRY(symlink("/file", "jail/inner/link"));
	TRY(chroot("nothing"));
	TRY(chroot("file"));
	TRY(chroot("jail"));
	TRY(stat("/file", &status));
	TRY(stat("/../../file", &status));
	TRY(stat("/inner/link", &status));
	TRY(stat("/jail", &status));
	TRY(stat("jail/file", &status)); /* the working directory is still outside */
	TRY(chdir("/"));
	TRY(stat("../jail", &status));
	TRY(syscall(SYS_getcwd, (char[100]){0}, 100));
	TRY(chdir("inner"));
	TRY(syscall(SYS_getcwd, (char[100]){0}, 100));
}

int main(int argc, char **argv)
{
	start(argc, argv);
	lengths();
	kinds();
	resolving();
	root();
	return 0;
}
