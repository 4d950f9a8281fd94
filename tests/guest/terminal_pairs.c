/* Pairs of terminals: pty(7), pts(4), ioctl_tty(2), termios(3); in parts, without the random input
 * of terminal_random.c. The numbers of terminals are not shown: other processes have some too. */
#define _GNU_SOURCE
#include <asm/termbits.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

int posix_openpt(int flags);

static int master, slave;
static void *volatile bad_pointer = (void *)1;
static char name[64];

static void show(const char *what, long result)
{
	if (result < 0)
		printf("%s: %s\n", what, strerror(errno));
	else
		printf("%s: %ld\n", what, result);
}

static void show_bytes(const char *what, const unsigned char *bytes, ssize_t count)
{
	printf("%s: %zd", what, count);
	for (ssize_t i = 0; i < count; i++)
		printf(" %02x", bytes[i]);
	if (count < 0)
		printf(" %s", strerror(errno));
	printf("\n");
}

static void open_pair(int flags)
{
	master = posix_openpt(O_RDWR | O_NOCTTY | flags);
	if (master < 0 || grantpt(master) || unlockpt(master) ||
	    ptsname_r(master, name, sizeof(name))) {
		printf("no pair: %s\n", strerror(errno));
		exit(1);
	}
	slave = open(name, O_RDWR | O_NOCTTY | flags);
	if (slave < 0) {
		printf("no slave: %s\n", strerror(errno));
		exit(1);
	}
}

static void close_pair(void)
{
	close(master);
	close(slave);
}

static void poll_one(const char *what, int descriptor)
{
	struct pollfd set = {.fd = descriptor, .events = POLLIN | POLLOUT | POLLPRI};

	show(what, poll(&set, 1, 0));
	printf("events %x\n", (unsigned int)set.revents);
}

/* On Linux bytes arrive at the other end a little later. */
static void settle(void)
{
	struct pollfd set[2] = {{.fd = slave, .events = POLLPRI},
				{.fd = master, .events = POLLPRI}};
	const struct timespec pause = {0, 3000000};

	poll(set, 2, 0);
	nanosleep(&pause, NULL);
	poll(set, 2, 0);
}

static void put(int descriptor, const char *text, size_t count)
{
	ssize_t done = write(descriptor, text, count);

	if (done != (ssize_t)count)
		show("written", done);
	settle();
}

static void type(const char *text)
{
	put(master, text, strlen(text));
}

static void get(const char *what, int descriptor, size_t count)
{
	unsigned char bytes[4096];

	show_bytes(what, bytes, read(descriptor, bytes, count));
}

static void get_echo(void)
{
	get("echo", master, 4096);
}

static struct termios2 mode_of(int descriptor)
{
	struct termios2 mode;

	if (ioctl(descriptor, TCGETS2, &mode))
		printf("no mode: %s\n", strerror(errno));
	return mode;
}

static void set_mode(tcflag_t clear_input, tcflag_t set_input, tcflag_t clear_local,
		     tcflag_t set_local)
{
	struct termios2 mode = mode_of(slave);

	mode.c_iflag = (mode.c_iflag & ~clear_input) | set_input;
	mode.c_lflag = (mode.c_lflag & ~clear_local) | set_local;
	if (ioctl(slave, TCSETS2, &mode))
		show("mode", -1);
}

static void set_minimum(unsigned char minimum, unsigned char time)
{
	struct termios2 mode = mode_of(slave);

	mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	mode.c_cc[VMIN] = minimum;
	mode.c_cc[VTIME] = time;
	if (ioctl(slave, TCSETS2, &mode))
		show("mode", -1);
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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

static void lines(void)
{
	int number = -1;
	struct iovec vector[2];
	char parts[2][4];

	open_pair(0);
	type("first\nsecond\nthi");
	show("queue", ioctl(slave, FIONREAD, &number));
	printf("%d\n", number);
	get("part", slave, 3);
	show("queue", ioctl(slave, FIONREAD, &number));
	printf("%d\n", number);
	get("rest", slave, 100);
	get("none", slave, 0);
	get("line", slave, 100);
	poll_one("slave", slave);
	type("rd\004");
	get("unfinished", slave, 100);
	type("\004");
	get("end", slave, 100);
	type("abc\004def\n");
	get("exactly", slave, 3);
	get("next", slave, 100);
	type("abc\004\004def\n");
	get("exactly", slave, 3);
	get("end", slave, 100);
	get("next", slave, 100);
	type("long line\n");
	vector[0] = (struct iovec){parts[0], 4};
	vector[1] = (struct iovec){parts[1], 4};
	show("readv", readv(slave, vector, 2));
	printf("%.4s%.4s\n", parts[0], parts[1]);
	get("rest", slave, 100);
	get_echo();
	type("half");
	set_mode(0, 0, ICANON, 0);
	get("half", slave, 100);
	set_mode(0, 0, 0, ICANON);
	type("more\n");
	get("more", slave, 100);
	set_mode(0, 0, ICANON, 0);
	type("raw");
	set_mode(0, 0, 0, ICANON);
	poll_one("pushed", slave);
	type("ly\n");
	get("pushed", slave, 100);
	get("ly", slave, 100);
	get_echo();
	show("bad pointer", read(slave, bad_pointer, 0));
	type("lost\nkept\n");
	show("bad pointer", read(slave, bad_pointer, 100));
	get("kept", slave, 100);
	show("bad pointer", write(slave, bad_pointer, 5));
	close_pair();
}

static void editing(void)
{
	static const char *const inputs[] = {
		"abc\177\177d\n",
		"two words\027one\n",
		"two words  \027\027one\n",
		"_under_score-x\027\n",
		"killed\025kept\n",
		"\177\027\025\n",
		"a\tb\177\177\177c\n",
		"\t\t\177\177x\n",
		"\001\002\177\177x\n",
		"a\026\177b\026\004c\026\nd\n",
		"reprint\022ed\n",
		"\303\244\303\266\177x\n",
		"\342\202\254\177\177x\n",
		"\244\177x\n",
		"\377\177\377\n",
		"bell\007\033[A\n",
		"cr\rlf\n",
	};
	static const struct {
		tcflag_t clear_input, set_input, clear_local, set_local;
	} variants[] = {
		{0, 0, 0, 0},	    {0, IUTF8, 0, 0},	    {0, 0, ECHOE, 0},
		{0, 0, ECHOK, 0},   {0, 0, ECHOKE, 0},	    {0, 0, ECHOKE | ECHOK, 0},
		{0, 0, ECHOCTL, 0}, {0, IUTF8, 0, ECHOPRT}, {0, 0, IEXTEN, 0},
		{0, 0, ECHO, 0},    {0, 0, ECHO, ECHONL},   {ICRNL, INLCR, 0, 0},
		{0, IGNCR, 0, 0},   {0, ISTRIP, 0, 0},	    {0, IUCLC | PARMRK, 0, 0},
	};

	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
		open_pair(O_NONBLOCK);
		set_mode(variants[i].clear_input, variants[i].set_input, variants[i].clear_local,
			 variants[i].set_local);
		for (size_t j = 0; j < sizeof(inputs) / sizeof(*inputs); j++) {
			printf("%zu.%zu ", i, j);
			type(inputs[j]);
			get("line", slave, 100);
			get("more", slave, 100);
			get_echo();
		}
		close_pair();
	}
}

static void long_lines(void)
{
	static char text[10000], got[10000];
	ssize_t count;

	open_pair(O_NONBLOCK);
	memset(text, 'x', sizeof(text));
	set_mode(0, 0, ECHO, 0);
	for (size_t sent = 0; sent < 6000; sent += 1000)
		put(master, text + sent, 1000);
	type("end");
	poll_one("slave", slave);
	type("\177\n");
	count = read(slave, got, sizeof(got));
	show("line", count);
	show_bytes("end", (unsigned char *)got + count - 5, 5);
	get("empty", slave, 10);
	/* More than the buffer of a raw terminal. */
	set_minimum(1, 0);
	for (int i = 0; i < 8; i++)
		put(master, text, 1000);
	count = read(slave, got, sizeof(got));
	show("first", count);
	for (size_t all = (size_t)count; all < 8000; all += (size_t)count) {
		settle();
		count = read(slave, got, sizeof(got));
		if (count < 0) {
			show("missing", (long)all);
			break;
		}
	}
	get("empty", slave, 10);
	poll_one("master", master);
	close_pair();
}

struct later {
	int descriptor, milliseconds, count;
	const char *text;
};

static void *put_later(void *argument)
{
	const struct later *later = argument;

	for (int i = 0; i < later->count; i++) {
		usleep((useconds_t)later->milliseconds * 1000);
		if (write(later->descriptor, later->text + i, 1) != 1)
			printf("not written\n");
	}
	return NULL;
}

static void read_timed(const char *what, size_t size, long least, long most)
{
	unsigned char bytes[100];
	long start = milliseconds(), took;
	ssize_t count = read(slave, bytes, size);

	took = milliseconds() - start;
	show_bytes(what, bytes, count);
	if (took < least || took > most)
		printf("took %ld milliseconds\n", took);
}

static void minimum(void)
{
	struct later later = {0, 100, 3, "abc"};
	pthread_t thread;

	open_pair(0);
	later.descriptor = master;
	set_minimum(0, 0);
	read_timed("nothing", 10, 0, 90);
	type("xyz");
	read_timed("all", 10, 0, 90);
	set_minimum(0, 2);
	read_timed("late", 10, 150, 2000);
	type("x");
	read_timed("at once", 10, 0, 90);
	pthread_create(&thread, NULL, put_later, &later);
	read_timed("first", 10, 50, 2000);
	pthread_join(thread, NULL);
	settle();
	read_timed("others", 10, 0, 90);
	set_minimum(3, 0);
	pthread_create(&thread, NULL, put_later, &later);
	poll_one("none", slave);
	read_timed("three", 10, 200, 3000);
	pthread_join(thread, NULL);
	type("two");
	read_timed("less", 2, 0, 90);
	type("..");
	poll_one("three", slave);
	read_timed("three", 10, 0, 90);
	set_minimum(5, 3);
	pthread_create(&thread, NULL, put_later, &later);
	read_timed("pause", 10, 400, 3000);
	pthread_join(thread, NULL);
	type("1234567");
	read_timed("more", 10, 0, 90);
	fcntl(slave, F_SETFL, O_NONBLOCK);
	read_timed("nonblocking", 10, 0, 90);
	type("12");
	read_timed("nonblocking", 10, 0, 90);
	set_minimum(0, 3);
	read_timed("nonblocking", 10, 0, 90);
	set_minimum(0, 0);
	read_timed("nonblocking", 10, 0, 90);
	set_minimum(100, 0);
	type("12");
	poll_one("two", slave);
	close_pair();
}

static void flow(void)
{
	open_pair(O_NONBLOCK);
	type("\023");
	poll_one("stopped", slave);
	show("write", write(slave, "held", 4));
	type("echo");
	get_echo();
	type("\021");
	settle();
	get_echo();
	show("write", write(slave, "free", 4));
	settle();
	get("free", master, 100);
	set_mode(0, IXANY, 0, 0);
	type("\023");
	show("write", write(slave, "held", 4));
	type("a");
	show("write", write(slave, "free", 4));
	settle();
	get("any", master, 100);
	show("off", ioctl(slave, TCXONC, TCOOFF));
	show("write", write(slave, "held", 4));
	type("\021");
	show("write", write(slave, "held", 4));
	show("on", ioctl(slave, TCXONC, TCOON));
	show("write", write(slave, "free", 4));
	settle();
	get("on", master, 100);
	show("send stop", ioctl(slave, TCXONC, TCIOFF));
	get("stop", master, 100);
	show("send start", ioctl(slave, TCXONC, TCION));
	get("start", master, 100);
	type("\023");
	set_mode(IXON, 0, 0, 0);
	show("write", write(slave, "free", 4));
	settle();
	get("no flow control", master, 100);
	show("off", ioctl(master, TCXONC, TCOOFF));
	show("write", write(master, "held\n", 5));
	show("on", ioctl(master, TCXONC, TCOON));
	type("typed\n");
	get("line", slave, 100);
	close_pair();
}

static void flushes(void)
{
	static const int which[] = {TCIFLUSH, TCOFLUSH, TCIOFLUSH};
	int number = -1;

	open_pair(O_NONBLOCK);
	for (size_t i = 0; i < 3; i++) {
		type("one\ntwo");
		show("flush", ioctl(slave, TCFLSH, which[i]));
		settle();
		get("line", slave, 100);
		type("\n");
		get("line", slave, 100);
		get_echo();
	}
	put(slave, "out", 3);
	show("flush", ioctl(master, TCFLSH, TCIFLUSH));
	get("master", master, 100);
	type("typed\n");
	show("queue of the master", ioctl(master, FIONREAD, &number));
	printf("%d\n", number);
	close_pair();
}

static void get_packet(void)
{
	settle();
	poll_one("master", master);
	get("packet", master, 100);
}

static void packets(void)
{
	int on = 1;

	open_pair(O_NONBLOCK);
	show("packets", ioctl(master, TIOCPKT, &on));
	on = -1;
	show("packets", ioctl(master, TIOCGPKT, &on));
	printf("%d\n", on);
	show("packets of a slave", ioctl(slave, TIOCPKT, &on));
	put(slave, "data", 4);
	get_packet();
	show("flush", ioctl(slave, TCFLSH, TCIFLUSH));
	get_packet();
	show("flush", ioctl(slave, TCFLSH, TCOFLUSH));
	get_packet();
	show("flush", ioctl(slave, TCFLSH, TCIOFLUSH));
	put(slave, "data", 4);
	get_packet();
	get_packet();
	show("off", ioctl(slave, TCXONC, TCOOFF));
	get_packet();
	show("on", ioctl(slave, TCXONC, TCOON));
	get_packet();
	type("\023");
	get_packet();
	type("\021");
	get_packet();
	set_mode(IXON, 0, 0, 0);
	get_packet();
	set_mode(0, IXON, 0, 0);
	get_packet();
	set_mode(0, 0, 0, EXTPROC);
	get_packet();
	set_mode(0, 0, ICANON, 0);
	get_packet();
	set_mode(0, 0, EXTPROC, ICANON);
	get_packet();
	type("\003");
	get_packet();
	get_packet();
	put(slave, "12345", 5);
	get("one byte", master, 1);
	get("three bytes", master, 3);
	get("rest", master, 100);
	on = 0;
	show("packets", ioctl(master, TIOCPKT, &on));
	put(slave, "plain", 5);
	get("plain", master, 100);
	close_pair();
}

static void types(void)
{
	open_pair(O_NONBLOCK);
	for (const char *text = "typed\n"; *text; text++)
		show("sti", ioctl(slave, TIOCSTI, text));
	get("line", slave, 100);
	get_echo();
	show("sti", ioctl(master, TIOCSTI, "x"));
	get("master", master, 100);
	close_pair();
}

static void signals(void)
{
	open_pair(O_NONBLOCK);
	type("lost\nlost\003kept\n");
	settle();
	get("line", slave, 100);
	set_mode(0, 0, 0, NOFLSH);
	type("first\nsecond\034third\n");
	get("line", slave, 100);
	get("line", slave, 100);
	get_echo();
	set_mode(0, 0, ISIG, 0);
	type("a\003\034\032b\n");
	get("line", slave, 100);
	close_pair();
}

static void outputs(void)
{
	static const tcflag_t flags[] = {0,
					 OPOST,
					 OPOST | ONLCR,
					 OPOST | OCRNL,
					 OPOST | ONOCR,
					 OPOST | ONLRET,
					 OPOST | OLCUC,
					 OPOST | XTABS,
					 OPOST | XTABS | ONLCR | ONOCR,
					 OPOST | OCRNL | ONLRET | XTABS,
					 OLCUC | ONLCR | XTABS};
	static const char text[] =
		"\rab\tc\n\tabcdefgh\tx\b\b\b\ty\r\rz\r\n\303\244\t\001\ti\033\tj\n\n";

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		struct termios2 mode;

		open_pair(O_NONBLOCK);
		mode = mode_of(slave);
		mode.c_oflag = flags[i];
		if (i % 2)
			mode.c_iflag |= IUTF8;
		ioctl(slave, TCSETS2, &mode);
		put(slave, text, sizeof(text) - 1);
		get("output", master, 1000);
		type("a\tb\n");
		get_echo();
		close_pair();
	}
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
	} parts[] = {{"names", names},	     {"locks", locks},	   {"modes", modes},
		     {"requests", requests}, {"lines", lines},	   {"editing", editing},
		     {"long", long_lines},   {"minimum", minimum}, {"flow", flow},
		     {"flushes", flushes},   {"packets", packets}, {"types", types},
		     {"signals", signals},   {"outputs", outputs}, {"hang-ups", hang_ups},
		     {"waits", waits},	     {"much", much},	   {"many", many}};

	setvbuf(stdout, NULL, _IONBF, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (argc < 2 || strcmp(argv[1], parts[i].name) == 0) {
			printf("%s\n", parts[i].name);
			parts[i].run();
		}
	}
	return 0;
}
