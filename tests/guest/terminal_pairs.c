/* Pairs of terminals: pty(7), pts(4), ioctl_tty(2); in parts. The numbers of terminals are not
 * shown: other processes have some too. */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "terminal_pair.h"

static void names(void)
{
	struct statfs system;
	struct stat status, own;
	struct dirent *entry;
	int number = -1, found = 0;
	char text[80], shown[80] = "";
	DIR *directory;

	open_pair(0);
	fstat(master, &status);
	printf("master %o %u:%u\n", status.st_mode, major(status.st_rdev), minor(status.st_rdev));
	stat(name, &own);
	fstat(slave, &status);
	show("number", ioctl(master, TIOCGPTN, &number) == 0 && number >= 0);
	snprintf(text, sizeof(text), "/dev/pts/%d", number);
	printf("name %d, inode %d, device %d %d\n", strcmp(text, name),
	       status.st_ino == (ino_t)number + 3,
	       status.st_rdev == makedev(136, (unsigned int)number), status.st_ino == own.st_ino);
	printf("slave %o %u %u %lu\n", status.st_mode, status.st_uid, status.st_gid,
	       (unsigned long)status.st_nlink);
	show("ttyname", ttyname_r(slave, shown, sizeof(shown)));
	printf("%d\n", strcmp(shown, name));
	show("ttyname of the master", ttyname_r(master, shown, sizeof(shown)));
	show("statfs", statfs("/dev/pts", &system));
	printf("%lx %ld %ld\n", (unsigned long)system.f_type, (long)system.f_bsize,
	       (long)system.f_namelen);
	directory = opendir("/dev/pts");
	while (directory && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, name + strlen("/dev/pts/")) == 0) {
			found++;
			printf("type %d\n", entry->d_type);
		}
	}
	closedir(directory);
	printf("found %d\n", found);
	stat("/dev/pts", &status);
	printf("directory %o %lu %lu\n", status.st_mode, (unsigned long)status.st_nlink,
	       (unsigned long)status.st_ino);
	show("create", open("/dev/pts/file", O_CREAT | O_RDWR, 0600));
	show("mkdir", mkdir("/dev/pts/directory", 0700));
	show("unlink", unlink(name));
	show("rename", rename(name, "/dev/pts/other"));
	show("chmod", chmod(name, 0622));
	stat(name, &status);
	printf("slave %o\n", status.st_mode);
	show("lseek", lseek(master, 0, SEEK_CUR));
	show("pread", pread(slave, text, 1, 0));
	show("flags", fcntl(slave, F_GETFL));
	show("flags", fcntl(master, F_GETFL));
	show("device of the master", ioctl(master, TIOCGDEV, &number));
	printf("%d\n", (dev_t)number == own.st_rdev);
	close(master);
	show("stat", stat(name, &status));
	fstat(slave, &status);
	printf("links %lu\n", (unsigned long)status.st_nlink);
	show("open", open(name, O_RDWR | O_NOCTTY));
	close(slave);
}

static void locks(void)
{
	int value = 1, peer;

	open_pair(0);
	show("lock", ioctl(master, TIOCSPTLCK, &value));
	show("open", open(name, O_RDWR | O_NOCTTY));
	value = -1;
	show("locked", ioctl(master, TIOCGPTLCK, &value));
	printf("%d\n", value);
	value = 0;
	show("unlock", ioctl(master, TIOCSPTLCK, &value));
	peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	show("peer", peer >= 0);
	show("peer's flags", fcntl(peer, F_GETFD));
	put(slave, "text\n", 5);
	get("master", master, 100);
	put(peer, "peer\n", 5);
	get("master", master, 100);
	close(peer);
	show("peer of a slave", ioctl(slave, TIOCGPTPEER, O_RDWR));
	show("number of a slave", ioctl(slave, TIOCGPTN, &value));
	show("lock of a slave", ioctl(slave, TIOCSPTLCK, &value));
	show("exclusive", ioctl(slave, TIOCEXCL));
	value = -1;
	show("is exclusive", ioctl(slave, TIOCGEXCL, &value));
	printf("%d\n", value);
	show("not exclusive", ioctl(slave, TIOCNXCL));
	close_pair();
}

static void show_mode(const char *what, int descriptor)
{
	struct termios2 mode = mode_of(descriptor);

	printf("%s %x %x %x %x %d %u %u", what, mode.c_iflag, mode.c_oflag, mode.c_cflag,
	       mode.c_lflag, mode.c_line, mode.c_ispeed, mode.c_ospeed);
	for (int i = 0; i < 19; i++)
		printf(" %d", mode.c_cc[i]);
	printf("\n");
}

static void modes(void)
{
	static const tcflag_t speeds[] = {B0, B50, B134, B38400, B57600, B4000000, BOTHER};
	struct termios2 mode;
	struct termios plain, locked;
	struct termio old;
	int number = -1;

	open_pair(0);
	show_mode("slave", slave);
	show_mode("master", master);
	for (size_t i = 0; i < sizeof(speeds) / sizeof(*speeds); i++) {
		mode = mode_of(slave);
		mode.c_cflag = (mode.c_cflag & ~(tcflag_t)CBAUD) | speeds[i];
		mode.c_ospeed = 12345;
		mode.c_ispeed = 777;
		show("speed", ioctl(slave, TCSETS2, &mode));
		show_mode("speed", slave);
	}
	mode.c_cflag = B9600 | B1200 << IBSHIFT | CS7 | PARENB | CSTOPB;
	mode.c_line = 3;
	show("control", ioctl(master, TCSETSW2, &mode));
	show_mode("control", slave);
	show("TCGETS", ioctl(slave, TCGETS, &plain));
	plain.c_lflag = 0x12345678;
	plain.c_oflag = 0xffffffff;
	plain.c_iflag = 0xffffffff;
	show("TCSETSF", ioctl(slave, TCSETSF, &plain));
	show_mode("all", slave);
	show("TCGETA", ioctl(slave, TCGETA, &old));
	printf("%x %x %x %x %d\n", old.c_iflag, old.c_oflag, old.c_cflag, old.c_lflag, old.c_line);
	old.c_lflag = ISIG | ICANON;
	old.c_cc[VMIN] = 9;
	show("TCSETA", ioctl(slave, TCSETA, &old));
	show_mode("old", slave);
	show("TCSETAW", ioctl(slave, TCSETAW, &old));
	show("TCSETAF", ioctl(slave, TCSETAF, &old));
	memset(&locked, 0, sizeof(locked));
	locked.c_lflag = ECHO | ICANON;
	locked.c_cc[VINTR] = 1;
	show("lock", ioctl(slave, TIOCSLCKTRMIOS, &locked));
	plain.c_lflag = ECHO;
	plain.c_cc[VINTR] = 99;
	plain.c_cc[VQUIT] = 98;
	show("TCSETS", ioctl(slave, TCSETS, &plain));
	show_mode("locked", slave);
	memset(&locked, 0xff, sizeof(locked));
	show("locks", ioctl(slave, TIOCGLCKTRMIOS, &locked));
	printf("%x %x %d\n", locked.c_lflag, locked.c_iflag, locked.c_cc[VINTR]);
	show("carrier", ioctl(slave, TIOCGSOFTCAR, &number));
	printf("%d\n", number);
	number = 1;
	show("carrier", ioctl(slave, TIOCSSOFTCAR, &number));
	show("carrier", ioctl(slave, TIOCGSOFTCAR, &number));
	printf("%d\n", number);
	close_pair();
}

static void requests(void)
{
	static const unsigned int others[] = {TIOCMGET,	   TIOCMSET,   TIOCMBIS, TIOCGSERIAL,
					      TIOCGICOUNT, TIOCMIWAIT, 0x54ff,	 TIOCGRS485,
					      TCGETX,	   TIOCLINUX};
	struct winsize size = {.ws_row = 10, .ws_col = 20, .ws_xpixel = 3, .ws_ypixel = 4};
	int number = -1;

	open_pair(0);
	for (int i = 0; i < 2; i++) {
		int end = i ? master : slave;

		for (size_t j = 0; j < sizeof(others) / sizeof(*others); j++)
			show("other", ioctl(end, others[j], &size));
		show("discipline", ioctl(end, TIOCGETD, &number));
		printf("%d\n", number);
		show("set discipline", ioctl(end, TIOCSETD, &number));
		number = 25;
		show("set discipline", ioctl(end, TIOCSETD, &number));
		show("output", ioctl(end, TIOCOUTQ, &number));
		printf("%d\n", number);
		show("break", ioctl(end, TCSBRK, 0));
		show("drain", ioctl(end, TCSBRK, 1));
		show("break", ioctl(end, TCSBRKP, 1));
		show("break", ioctl(end, TIOCSBRK));
		show("break", ioctl(end, TIOCCBRK));
		show("flow", ioctl(end, TCXONC, 7));
		show("flush", ioctl(end, TCFLSH, 7));
		show("group", ioctl(end, TIOCGPGRP, &number));
		if (i)
			printf("%d\n", number);
		show("session", ioctl(end, TIOCGSID, &number));
		number = getpid();
		show("set group", ioctl(end, TIOCSPGRP, &number));
		show("bad pointer", ioctl(end, TCGETS, 1));
		show("bad pointer", ioctl(end, TCSETS, 1));
		show("bad pointer", ioctl(end, TIOCSWINSZ, 1));
		show("bad pointer", ioctl(end, FIONREAD, 1));
		show("bad pointer", ioctl(end, TIOCSTI, 1));
	}
	size = (struct winsize){.ws_row = 10, .ws_col = 20, .ws_xpixel = 3, .ws_ypixel = 4};
	show("size", ioctl(master, TIOCSWINSZ, &size));
	memset(&size, 0, sizeof(size));
	show("size", ioctl(slave, TIOCGWINSZ, &size));
	printf("%d %d %d %d\n", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
	size.ws_row = 11;
	show("size", ioctl(slave, TIOCSWINSZ, &size));
	memset(&size, 0, sizeof(size));
	show("size", ioctl(master, TIOCGWINSZ, &size));
	printf("%d %d\n", size.ws_row, size.ws_col);
	show("bad signal", ioctl(master, TIOCSIG, SIGHUP));
	show("signal", ioctl(master, TIOCSIG, SIGINT));
	close_pair();
}

static void hang_ups(void)
{
	int other, number;
	struct termios2 mode;

	/* The master goes first. */
	open_pair(O_NONBLOCK);
	type("typed\n");
	put(slave, "out", 3);
	close(master);
	poll_one("slave", slave);
	get("slave", slave, 100);
	show("write", write(slave, "x", 1));
	show("mode", ioctl(slave, TCGETS2, &mode));
	show("queue", ioctl(slave, FIONREAD, &number));
	show("group", ioctl(slave, TIOCSPGRP, &number));
	show("isatty", isatty(slave));
	close(slave);
	/* The slave goes first. */
	open_pair(O_NONBLOCK);
	put(slave, "out", 3);
	close(slave);
	poll_one("master", master);
	get("master", master, 2);
	get("master", master, 2);
	get("master", master, 2);
	poll_one("master", master);
	show("write", write(master, "typed\n", 6));
	settle();
	get("echo", master, 100);
	slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	settle();
	poll_one("master", master);
	get("slave", slave, 100);
	get_echo();
	other = dup(slave);
	close(slave);
	poll_one("master", master);
	slave = open(name, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	close(other);
	poll_one("master", master);
	show("write", write(slave, "x", 1));
	/* A slave that was never open. */
	close_pair();
	open_pair(O_NONBLOCK);
	close_pair();
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	poll_one("master", master);
	get("master", master, 10);
	type("typed\n");
	settle();
	get_echo();
	show("locked", ptsname_r(master, name, sizeof(name)) || open(name, O_RDWR | O_NOCTTY));
	close(master);
}

static void *close_later(void *argument)
{
	usleep(50000);
	close(*(int *)argument);
	return NULL;
}

static void waits(void)
{
	struct later later = {.milliseconds = 50, .count = 2, .text = "a\n"};
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u32 = 1};
	struct pollfd set;
	pthread_t thread;
	int epoll;

	open_pair(0);
	later.descriptor = master;
	pthread_create(&thread, NULL, put_later, &later);
	get("line", slave, 100);
	pthread_join(thread, NULL);
	settle();
	get_echo();
	later.descriptor = slave;
	later.count = 1;
	pthread_create(&thread, NULL, put_later, &later);
	get("master", master, 100);
	pthread_join(thread, NULL);
	later.descriptor = master;
	later.text = "\n";
	set = (struct pollfd){.fd = slave, .events = POLLIN};
	pthread_create(&thread, NULL, put_later, &later);
	show("poll", poll(&set, 1, -1));
	printf("%x\n", (unsigned int)set.revents);
	pthread_join(thread, NULL);
	get("line", slave, 100);
	epoll = epoll_create1(0);
	show("epoll", epoll_ctl(epoll, EPOLL_CTL_ADD, slave, &event));
	show("wait", epoll_wait(epoll, &event, 1, 0));
	type("one\n");
	show("wait", epoll_wait(epoll, &event, 1, 1000));
	show("wait", epoll_wait(epoll, &event, 1, 0));
	type("two\n");
	show("wait", epoll_wait(epoll, &event, 1, 1000));
	get("line", slave, 100);
	get("line", slave, 100);
	pthread_create(&thread, NULL, close_later, &master);
	get("hang-up", slave, 100);
	get("again", slave, 100);
	pthread_join(thread, NULL);
	show("wait", epoll_wait(epoll, &event, 1, 1000));
	printf("%x\n", event.events);
	close(epoll);
	close(slave);
	open_pair(0);
	pthread_create(&thread, NULL, close_later, &slave);
	get("hang-up", master, 100);
	pthread_join(thread, NULL);
	close(master);
}

#define MUCH 300000

static void *write_much(void *argument)
{
	char text[999];

	for (size_t sent = 0; sent < MUCH;) {
		size_t part = MUCH - sent < sizeof(text) ? MUCH - sent : sizeof(text);
		ssize_t done;

		for (size_t i = 0; i < part; i++)
			text[i] = (char)('a' + (sent + i) % 23);
		done = write(*(int *)argument, text, part);
		if (done <= 0)
			break;
		sent += (size_t)done;
	}
	return NULL;
}

static void read_much(const char *what, int descriptor, int *from)
{
	static char text[5000];
	size_t got = 0, wrong = 0;
	pthread_t thread;

	pthread_create(&thread, NULL, write_much, from);
	while (got < MUCH) {
		ssize_t count = read(descriptor, text, 1 + got % sizeof(text));

		if (count <= 0)
			break;
		for (ssize_t i = 0; i < count; i++, got++)
			wrong += text[i] != (char)('a' + got % 23);
	}
	pthread_join(thread, NULL);
	printf("%s: %zu, %zu wrong\n", what, got, wrong);
}

/* Writers wait for readers. */
static void much(void)
{
	open_pair(0);
	set_minimum(1, 0);
	read_much("slave", slave, &master);
	read_much("master", master, &slave);
	close_pair();
}

static void many(void)
{
	static int masters[100];
	int opened = 0, first = -1, again = -1;

	for (; opened < 100; opened++) {
		masters[opened] = posix_openpt(O_RDWR | O_NOCTTY);
		if (masters[opened] < 0)
			break;
	}
	show("opened", opened);
	ioctl(masters[50], TIOCGPTN, &first);
	close(masters[50]);
	masters[50] = posix_openpt(O_RDWR | O_NOCTTY);
	ioctl(masters[50], TIOCGPTN, &again);
	show("number", first == again);
	while (opened > 0)
		close(masters[--opened]);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {{"names", names},	     {"locks", locks},	     {"modes", modes},
		     {"requests", requests}, {"hang-ups", hang_ups}, {"waits", waits},
		     {"much", much},	     {"many", many}};

	setvbuf(stdout, NULL, _IONBF, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (argc < 2 || strcmp(argv[1], parts[i].name) == 0) {
			printf("%s\n", parts[i].name);
			parts[i].run();
		}
	}
	return 0;
}
