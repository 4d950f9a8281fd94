/* inotify(7): which events occur, in which order; the same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* musl defines neither. */
#define MASK_CREATE 0x10000000
#define EXCHANGE    2

static int instance;
static char buffer[1 << 20] __attribute__((aligned(8)));

static void result(const char *what, long value)
{
	printf("%s: %ld %s\n", what, value, value < 0 ? errno_text() : "");
}

static const char *name_of(unsigned int mask)
{
	static const char *names[] = {
		"ACCESS",     "MODIFY",	  "ATTRIB",	"CLOSE_WRITE", "CLOSE_NOWRITE", "OPEN",
		"MOVED_FROM", "MOVED_TO", "CREATE",	"DELETE",      "DELETE_SELF",	"MOVE_SELF",
		"?",	      "UNMOUNT",  "Q_OVERFLOW", "IGNORED"};

	return names[__builtin_ctz(mask)];
}

/* Cookies differ between runs: print numbers for the pairs that they connect. */
static unsigned int pair(unsigned int cookie)
{
	static unsigned int seen[64], count;

	if (!cookie)
		return 0;
	for (unsigned int i = 0; i < count; i++) {
		if (seen[i] == cookie)
			return i + 1;
	}
	seen[count++] = cookie;
	return count;
}

static void events(const char *what)
{
	ssize_t length = read(instance, buffer, sizeof(buffer));

	printf("%s:%s\n", what, length < 0 ? " nothing" : "");
	for (ssize_t at = 0; at < length;) {
		const struct inotify_event *event = (const void *)(buffer + at);

		printf("  %d %s%s", event->wd, name_of(event->mask & 0xffff),
		       event->mask & IN_ISDIR ? " directory" : "");
		if (event->mask & ~(IN_ISDIR | 0xffffu))
			printf(" %#x", event->mask);
		if (event->cookie)
			printf(" pair %u", pair(event->cookie));
		if (event->len)
			printf(" '%s' in %u", event->name, event->len);
		printf("\n");
		at += (ssize_t)sizeof(*event) + event->len;
	}
}

static int make(const char *name, int flags)
{
	return open(name, O_RDWR | O_CREAT | flags, 0644);
}

static void refused(void)
{
	result("flags", inotify_init1(1));
	result("no mask", inotify_add_watch(instance, ".", 0));
	result("unknown mask", inotify_add_watch(instance, ".", 0x08000000));
	result("no descriptor", inotify_add_watch(99, ".", IN_OPEN));
	result("no instance", inotify_add_watch(0, ".", IN_OPEN));
	result("no file", inotify_add_watch(instance, "nowhere", IN_OPEN));
	result("no directory", inotify_add_watch(instance, "a_file", IN_OPEN | IN_ONLYDIR));
	result("wild path", inotify_add_watch(instance, (void *)8, IN_OPEN));
	result("no path", inotify_add_watch(instance, "", IN_OPEN));
	result("both", inotify_add_watch(instance, ".", IN_OPEN | IN_MASK_ADD | MASK_CREATE));
	result("remove nothing", inotify_rm_watch(instance, 1));
	result("remove from none", inotify_rm_watch(0, 1));
	result("write", write(instance, "x", 1));
	result("seek", lseek(instance, 0, SEEK_SET));
	result("read", read(instance, buffer, sizeof(buffer)));
}

static void in_a_directory(void)
{
	char text[4];
	struct timespec only_modified[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1}};
	struct timespec only_accessed[2] = {{.tv_sec = 1}, {.tv_nsec = UTIME_OMIT}};
	int fd;

	result("watch", inotify_add_watch(instance, ".", IN_ALL_EVENTS));
	fd = make("first", O_EXCL);
	events("made");
	write(fd, "some", 4);
	write(fd, " text", 5);
	write(fd, "", 0);
	events("written twice");
	pread(fd, text, 4, 0);
	pread(fd, text, 4, 1000);
	events("read");
	fchmod(fd, 0600);
	chmod("first", 0644);
	fchown(fd, 0, 0);
	events("attributes");
	utimensat(AT_FDCWD, "first", only_modified, 0);
	utimensat(AT_FDCWD, "first", only_accessed, 0);
	utimensat(AT_FDCWD, "first", NULL, 0);
	events("times");
	ftruncate(fd, 2);
	truncate("first", 1);
	events("truncated");
	close(fd);
	events("closed");
	close(open("first", O_RDONLY));
	events("opened and closed");
	close(open("first", O_PATH));
	close(open("nothing", O_RDONLY));
	events("not opened");
	mkdir("folder", 0755);
	symlink("first", "symbolic");
	link("first", "hard");
	mkfifo("fifo", 0644);
	mknod("node", S_IFREG | 0644, 0);
	events("other names");
	rename("first", "second");
	rename("second", "hard");
	rename("folder", "directory");
	rename("hard", "directory/hard");
	rename("directory/hard", "back");
	rename("back", "symbolic");
	events("renamed");
	syscall(SYS_renameat2, AT_FDCWD, "symbolic", AT_FDCWD, "directory", EXCHANGE);
	events("exchanged");
	rename("directory", "swap");
	rename("symbolic", "directory");
	unlink("swap");
	unlink("fifo");
	unlink("node");
	unlink("second");
	unlink("hard");
	unlink("back");
	rmdir("directory");
	events("removed");
	result("remove", inotify_rm_watch(instance, 1));
	events("no more");
	result("again", inotify_rm_watch(instance, 1));
}

static void list(const char *name)
{
	DIR *directory = opendir(name);

	while (readdir(directory))
		;
	closedir(directory);
}

static void of_themselves(void)
{
	int fd;

	close(make("watched", 0));
	mkdir("folder", 0755);
	result("watch a file", inotify_add_watch(instance, "watched", IN_ALL_EVENTS));
	result("watch a directory", inotify_add_watch(instance, "folder", IN_ALL_EVENTS));
	result("the same", inotify_add_watch(instance, "./folder/../watched", IN_ALL_EVENTS));
	list("folder");
	events("listed");
	close(make("folder/inner", 0));
	link("watched", "other");
	events("made and linked");
	rename("watched", "moved");
	rename("folder", "folder2");
	events("moved");
	unlink("other");
	events("a name less");
	fd = open("moved", O_RDONLY);
	unlink("moved");
	events("all names");
	close(fd);
	events("and no file");
	unlink("folder2/inner");
	rmdir("folder2");
	events("removed");
	close(make("replaced", 0));
	close(make("other", 0));
	result("watch", inotify_add_watch(instance, "replaced", IN_ALL_EVENTS));
	rename("other", "replaced");
	events("replaced");
	unlink("replaced");
	events("nothing");
}

static void masks(void)
{
	close(make("file", 0));
	mkdir("folder", 0755);
	result("once", inotify_add_watch(instance, "file", IN_OPEN | IN_ONESHOT));
	close(open("file", O_RDONLY));
	close(open("file", O_RDONLY));
	events("once");
	result("open", inotify_add_watch(instance, "file", IN_OPEN));
	result("and close", inotify_add_watch(instance, "file", IN_CLOSE | IN_MASK_ADD));
	result("exclusive", inotify_add_watch(instance, "file", IN_OPEN | MASK_CREATE));
	close(open("file", O_RDONLY));
	events("added");
	result("close", inotify_add_watch(instance, "file", IN_CLOSE));
	close(open("file", O_WRONLY));
	events("replaced");
	inotify_rm_watch(instance, 6);
	symlink("file", "symbolic");
	result("symbolic", inotify_add_watch(instance, "symbolic", IN_ALL_EVENTS | IN_DONT_FOLLOW));
	close(open("symbolic", O_RDONLY));
	unlink("symbolic");
	events("of the link");
	result("all", inotify_add_watch(instance, ".", IN_MODIFY | IN_CLOSE));
	int fd = open("file", O_RDWR);
	unlink("file");
	write(fd, "x", 1);
	events("unlinked");
	inotify_add_watch(instance, ".", IN_MODIFY | IN_CLOSE | IN_EXCL_UNLINK);
	write(fd, "x", 1);
	close(fd);
	events("excluded");
	rmdir("folder");
}

static void on_alarm(int signal)
{
}

static void reading(void)
{
	struct itimerval soon = {.it_value.tv_usec = 20000};
	struct sigaction action = {.sa_handler = on_alarm};
	struct pollfd ready = {.fd = instance, .events = POLLIN};
	struct stat status;
	int bytes;

	fstat(instance, &status);
	printf("mode %o\n", status.st_mode);
	events("empty");
	printf("poll %d", poll(&ready, 1, 0));
	inotify_add_watch(instance, ".", IN_CREATE | IN_DELETE);
	close(make("sixteen_bytes_so", 0));
	close(make("fifteen_bytes_s", 0));
	close(make("short", 0));
	printf(", then %d %d\n", poll(&ready, 1, 0), ready.revents);
	ioctl(instance, FIONREAD, &bytes);
	printf("%d bytes\n", bytes);
	result("too short", read(instance, buffer, 31));
	result("nothing", read(instance, buffer, 0));
	result("one", read(instance, buffer, 79));
	ioctl(instance, FIONREAD, &bytes);
	printf("%d bytes\n", bytes);
	events("the rest");
	unlink("short");
	unlink("sixteen_bytes_so");
	unlink("fifteen_bytes_s");
	result("wild", read(instance, (void *)8, 100));
	events("one is lost");
	fcntl(instance, F_SETFL, 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	result("interrupted", read(instance, buffer, sizeof(buffer)));
	fcntl(instance, F_SETFL, O_NONBLOCK);
}

/* fs.inotify.max_queued_events, which is 16384 unless it was changed. */
static void overflow(void)
{
	unsigned int count = 0, lost = 0;
	ssize_t length;

	close(make("file", 0));
	result("watch", inotify_add_watch(instance, "file", IN_OPEN | IN_CLOSE));
	for (int i = 0; i < 9000; i++)
		close(open("file", O_RDONLY));
	unlink("file");
	while ((length = read(instance, buffer, sizeof(buffer))) > 0) {
		const struct inotify_event *event = (const void *)buffer;

		for (; (const char *)event < buffer + length; event++) {
			count++;
			if (event->mask == IN_Q_OVERFLOW && event->wd == -1)
				lost++;
		}
	}
	printf("%u events, %u of them tell that some are lost\n", count, lost);
}

/* Requires privileges on Linux. */
static int unmounted(void)
{
	instance = inotify_init1(IN_NONBLOCK);
	mkdir("mounted", 0755);
	result("mount", mount("none", "mounted", "tmpfs", 0, NULL));
	close(make("mounted/file", 0));
	result("watch", inotify_add_watch(instance, "mounted/file", IN_OPEN));
	result("watch", inotify_add_watch(instance, "mounted", IN_OPEN));
	result("unmount", umount("mounted"));
	events("unmounted");
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1)
		return unmounted();
	umask(022);
	instance = inotify_init();
	printf("flags %#x, descriptor flags %d\n", fcntl(instance, F_GETFL),
	       fcntl(instance, F_GETFD));
	close(instance);
	instance = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	printf("flags %#x, descriptor flags %d\n", fcntl(instance, F_GETFL),
	       fcntl(instance, F_GETFD));
	close(make("a_file", 0));
	refused();
	unlink("a_file");
	in_a_directory();
	of_themselves();
	masks();
	reading();
	overflow();
	close(instance);
	return 0;
}
