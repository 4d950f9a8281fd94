/* mount(2) and umount2(2), as root. */
#define _GNU_SOURCE
#include "files.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

static void write_file(const char *path, size_t size)
{
	static char block[4096];
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
	size_t done = 0;
	ssize_t part = 0;

	memset(block, 'b', sizeof(block));
	while (done < size && (part = write(fd, block, sizeof(block))) > 0)
		done += (size_t)part;
	printf("%s: %zu bytes, %s\n", path, done, part < 0 ? errno_text() : "ok");
	close(fd);
}

static void flags(const char *path)
{
	struct statvfs status;

	if (statvfs(path, &status))
		printf("%s: %s\n", path, errno_text());
	else
		printf("%s: flags %lx\n", path, status.f_flag & 0xf);
}

static void limited(void)
{
	struct statfs status;

	TRY(mkdir("small", 0755));
	TRY(mount("none", "small", "tmpfs", 0, "size=64k,mode=0711,uid=5"));
	show_path("small");
	TRY(statfs("small", &status));
	printf("type %lx, %ld blocks of %ld\n", (long)status.f_type, (long)status.f_blocks,
	       (long)status.f_bsize);
	write_file("small/large", 100000);
	TRY(truncate("small/large", 4096));
	write_file("small/other", 40960);
	TRY(unlink("small/large"));
	write_file("small/third", 4096);
	TRY(mount("none", "small", "tmpfs", MS_REMOUNT, "size=128k"));
	write_file("small/third", 65536);
	TRY(mount("none", "small", "tmpfs", MS_REMOUNT, "size=8k"));
	TRY(mount("none", "small", "tmpfs", 0, "size=nonsense"));
	TRY(mount("none", "small", "no-such-type", 0, ""));
	TRY(mount("none", "nothing", "tmpfs", 0, ""));
}

static void crossing(void)
{
	struct stat outside, inside;
	int fd = OPENED(open("small", O_RDONLY));

	TRY(mkdir("small/sub", 0755) + mkdir("small/sub/deep", 0755));
	TRY(stat(".", &outside) + stat("small/..", &inside));
	printf("up is out: %d\n",
	       outside.st_ino == inside.st_ino && outside.st_dev == inside.st_dev);
	TRY(stat("small/sub/../..", &inside));
	printf("up is out: %d\n", outside.st_ino == inside.st_ino);
	TRY(stat("small", &inside));
	printf("another device: %d\n", outside.st_dev != inside.st_dev);
	TRY(link("small/third", "third"));
	TRY(rename("small/third", "third"));
	TRY(rename("small", "moved"));
	TRY(rmdir("small"));
	TRY(umount2("small/sub", 0));
	TRY(umount2("small", 0x100));
	TRY(umount2("nothing", 0));
	TRY(umount2("small", 0));
	TRY(close(fd));
	TRY(chdir("small"));
	TRY(umount2("../small", 0));
	TRY(chdir(".."));
}

static void binding(void)
{
	TRY(mkdir("seen", 0755));
	TRY(mount("small/sub", "seen", NULL, MS_BIND, NULL));
	TRY(close(creat("seen/file", 0644)));
	show_path("small/sub/file");
	TRY(mount(NULL, "seen", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	flags("seen");
	TRY(creat("seen/other", 0644));
	TRY(mkdir("seen/other", 0755));
	TRY(unlink("seen/file"));
	TRY(rename("seen/file", "seen/other"));
	TRY(chmod("seen/file", 0600));
	TRY(truncate("seen/file", 0));
	TRY(access("seen/file", W_OK));
	TRY(open("seen/file", O_RDWR));
	TRY(close(open("seen/file", O_RDONLY)));
	TRY(symlink("x", "seen/link"));
	TRY(chmod("small/sub/file", 0640));
	show_path("seen/file");
	TRY(mkdir("tree", 0755) +
	    mount("none", "small/sub/deep", "tmpfs", MS_NOEXEC | MS_NODEV, ""));
	TRY(close(creat("small/sub/deep/inner", 0755)));
	TRY(mount("small", "tree", NULL, MS_BIND, NULL));
	show_path("tree/sub/deep/inner");
	TRY(umount2("tree", 0));
	TRY(mount("small", "tree", NULL, MS_BIND | MS_REC, NULL));
	show_path("tree/sub/deep/inner");
	TRY(access("tree/sub/deep/inner", X_OK));
	TRY(mknod("tree/sub/deep/null", S_IFCHR | 0666, 0x103));
	TRY(open("tree/sub/deep/null", O_RDONLY));
	TRY(umount2("tree", 0));
	TRY(umount2("tree", MNT_DETACH));
	show_path("tree/sub");
	TRY(close(creat("plain", 0644)));
	TRY(mount("plain", "small/third", NULL, MS_BIND, NULL));
	TRY(unlink("small/third"));
	show_path("small/third");
	TRY(umount2("small/third", 0));
	show_path("small/third");
	TRY(mount("plain", "small", NULL, MS_BIND, NULL));
	TRY(mkdir("elsewhere", 0755));
	TRY(mount("small", "elsewhere", NULL, MS_MOVE, NULL));
	show_path("elsewhere/sub/deep/inner");
	TRY(umount2("elsewhere", 0));
	TRY(umount2("elsewhere/sub/deep", 0));
	TRY(umount2("seen", 0));
	TRY(umount2("elsewhere", 0));
	TRY(umount2("elsewhere", 0));
}

static void above(void)
{
	TRY(mkdir("over", 0755) + close(creat("over/below", 0644)));
	TRY(mount("none", "over", "tmpfs", 0, ""));
	TRY(close(creat("over/first", 0644)));
	TRY(mount("none", "over", "tmpfs", MS_RDONLY, ""));
	show_path("over/first");
	TRY(creat("over/second", 0644));
	flags("over");
	TRY(umount2("over", 0));
	show_path("over/first");
	TRY(umount2("over", 0));
	show_path("over/below");
}

int main(int argc, char **argv)
{
	/* On Linux in a namespace of its own, so that nothing is left behind. */
	if (unshare(CLONE_NEWNS) == 0)
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	start(argc, argv);
	limited();
	crossing();
	binding();
	above();
	return 0;
}
