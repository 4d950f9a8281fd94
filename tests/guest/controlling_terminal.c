/* The controlling terminal, apart from the standard streams. Prompts go to the terminal, results to
 * stdout. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

struct old_termios {
	unsigned short input, output, control, local;
	unsigned char line, characters[8];
};

static int terminal; /* descriptor of /dev/tty */

static void prompt(const char *text)
{
	if (write(terminal, text, strlen(text)) < 0)
		printf("no prompt: %s\n", strerror(errno));
}

static void show(const char *what, long result)
{
	if (result < 0)
		printf("%s: %s\n", what, strerror(errno));
	else
		printf("%s: %ld\n", what, result);
}

static void show_bytes(const char *what, const char *bytes, ssize_t count)
{
	printf("%s: %zd", what, count);
	for (ssize_t i = 0; i < count; i++)
		printf(" %02x", (unsigned char)bytes[i]);
	if (count < 0)
		printf(" %s", strerror(errno));
	printf("\n");
}

static void read_some(const char *what, int descriptor)
{
	char buffer[256];

	show_bytes(what, buffer, read(descriptor, buffer, sizeof(buffer)));
}

static void status(void)
{
	struct stat device = {0};
	struct winsize size = {0};

	printf("isatty %d %d %d %d\n", isatty(0), isatty(1), isatty(2), isatty(terminal));
	fstat(terminal, &device);
	printf("device %u:%u\n", major(device.st_rdev), minor(device.st_rdev));
	printf("group %d, session %d\n", tcgetpgrp(terminal) == getpgrp(),
	       tcgetsid(terminal) == getsid(0));
	show("window", ioctl(terminal, TIOCGWINSZ, &size));
	printf("size %u %u\n", size.ws_row, size.ws_col);
	for (int stream = 0; stream < 3; stream++) {
		struct termios mode;

		if (!isatty(stream))
			continue;
		printf("name %d %d\n", stream, ttyname(stream) != NULL);
		show("mode", tcgetattr(stream, &mode));
		show("access", fcntl(stream, F_GETFL) & O_ACCMODE);
	}
	prompt("ready\n");
}

static void lines(void)
{
	prompt("first> ");
	read_some("terminal", terminal);
	read_some("stdin", 0);
	prompt("second> ");
	read_some("terminal", terminal);
	read_some("stdin", 0);
	prompt("end> ");
	read_some("terminal", terminal); /* Ctrl-D */
	prompt("again> ");
	read_some("terminal", terminal);
}

static void streams(void)
{
	for (int stream = 0; stream < 3; stream++) {
		if (!isatty(stream))
			continue;
		prompt("stream> ");
		read_some("stream", stream);
		show("written", write(stream, "text\n", 5));
	}
}

static void mode_bits(const char *what)
{
	struct termios mode;

	show(what, tcgetattr(terminal, &mode));
	printf("%x %x %x %x %d %d\n", mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag,
	       mode.c_cc[VMIN], mode.c_cc[VTIME]);
}

static void password(void)
{
	struct termios mode, silent;

	tcgetattr(terminal, &mode);
	silent = mode;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	show("silent", tcsetattr(terminal, TCSAFLUSH, &silent));
	mode_bits("now");
	prompt("password: ");
	read_some("password", terminal);
	show("restored", tcsetattr(terminal, TCSADRAIN, &mode));
	mode_bits("then");
}

static void raw(void)
{
	struct termios mode, changed;
	char byte;

	tcgetattr(terminal, &mode);
	changed = mode;
	cfmakeraw(&changed);
	show("raw", tcsetattr(terminal, TCSANOW, &changed));
	mode_bits("raw");
	prompt("key> ");
	for (int i = 0; i < 4; i++)
		show_bytes("key", &byte, read(terminal, &byte, 1));
	changed.c_cc[VMIN] = 0;
	tcsetattr(terminal, TCSANOW, &changed);
	read_some("no key", terminal);
	changed.c_cc[VTIME] = 1;
	tcsetattr(terminal, TCSANOW, &changed);
	read_some("late", terminal);
	changed.c_cc[VMIN] = 3;
	changed.c_cc[VTIME] = 0;
	tcsetattr(terminal, TCSANOW, &changed);
	prompt("three> ");
	read_some("three", terminal);
	show("restored", tcsetattr(terminal, TCSAFLUSH, &mode));
}

static void events(void)
{
	struct pollfd poll_set[2] = {{.fd = terminal, .events = POLLIN | POLLOUT},
				     {.fd = 0, .events = POLLIN}};
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = 7};
	int set = epoll_create1(0), waiting = -1;
	int other = open("/dev/tty", O_RDWR | O_NONBLOCK);
	fd_set inputs;

	read_some("nothing", other);
	show("poll", poll(poll_set, 1, 0));
	printf("events %x\n", (unsigned int)poll_set[0].revents);
	show("add", epoll_ctl(set, EPOLL_CTL_ADD, terminal, &event));
	show("epoll", epoll_wait(set, &event, 1, 0));
	show("queue", ioctl(terminal, FIONREAD, &waiting));
	printf("waiting %d\n", waiting);
	prompt("epoll> ");
	show("epoll", epoll_wait(set, &event, 1, -1));
	show("queue", ioctl(terminal, FIONREAD, &waiting));
	printf("waiting %d\n", waiting);
	poll_set[0].events = POLLIN;
	show("poll", poll(poll_set, 1, -1));
	read_some("read", other);
	prompt("poll> ");
	show("poll", poll(poll_set, 1, -1));
	read_some("read", terminal);
	prompt("select> ");
	FD_ZERO(&inputs);
	FD_SET(terminal, &inputs);
	show("select", select(terminal + 1, &inputs, NULL, NULL, NULL));
	read_some("read", terminal);
	prompt("flush> ");
	poll(poll_set, 1, -1);
	show("flushed", tcflush(terminal, TCIFLUSH));
	show("drained", tcdrain(terminal));
	read_some("nothing", other);
}

/* stdin is a pipe that stays silent. */
static void both(void)
{
	struct pollfd inputs[2] = {{.fd = terminal, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
	struct epoll_event event = {.events = EPOLLIN};
	int set = epoll_create1(0);

	for (int i = 0; i < 2; i++) {
		event.data.fd = inputs[i].fd;
		show("add", epoll_ctl(set, EPOLL_CTL_ADD, inputs[i].fd, &event));
	}
	for (int i = 0; i < 3; i++) {
		prompt("poll> ");
		show("poll", poll(inputs, 2, -1));
		printf("%x %x\n", (unsigned int)inputs[0].revents, (unsigned int)inputs[1].revents);
		read_some("read", terminal);
		prompt("epoll> ");
		show("epoll", epoll_wait(set, &event, 1, -1));
		printf("terminal %d\n", event.data.fd == terminal);
		read_some("read", terminal);
	}
	prompt("timeout> ");
	show("poll", poll(inputs, 2, 50));
}

static void requests(void)
{
	struct winsize size = {.ws_row = 33, .ws_col = 44, .ws_xpixel = 5, .ws_ypixel = 6},
		       now = {0};
	struct old_termios old = {0};
	char modern[44];
	int number = -1;

	show("TIOCSWINSZ", ioctl(terminal, TIOCSWINSZ, &size));
	show("TIOCGWINSZ", ioctl(terminal, TIOCGWINSZ, &now));
	printf("%u %u %u %u\n", now.ws_row, now.ws_col, now.ws_xpixel, now.ws_ypixel);
	show("TCGETA", ioctl(terminal, 0x5405, &old));
	printf("%x %x %x %x %d\n", old.input, old.output, old.control, old.local, old.line);
	old.local &= (unsigned short)~ECHO;
	show("TCSETA", ioctl(terminal, 0x5406, &old));
	mode_bits("mode");
	old.local |= ECHO;
	show("TCSETAF", ioctl(terminal, 0x5408, &old));
	mode_bits("mode");
	show("TCGETS2", ioctl(terminal, 0x802c542a, modern));
	show("TCSETS2", ioctl(terminal, 0x402c542b, modern));
	show("TIOCOUTQ", ioctl(terminal, TIOCOUTQ, &number));
	show("TIOCGETD", ioctl(terminal, TIOCGETD, &number));
	printf("%d\n", number);
	show("TCXONC", tcflow(terminal, TCOON));
	show("TCFLSH", tcflush(terminal, 9));
	show("bad pointer", ioctl(terminal, TIOCGWINSZ, 1));
	show("bad pointer", ioctl(terminal, 0x5402, 1));
	show("unknown", ioctl(terminal, 0x54ff, 0));
	number = -5;
	show("TIOCSPGRP", ioctl(terminal, TIOCSPGRP, &number));
	number = getpgrp();
	show("TIOCSPGRP", ioctl(terminal, TIOCSPGRP, &number));
	show("lseek", lseek(terminal, 0, SEEK_SET));
	prompt("done\n");
}

static void note(int signal)
{
	char text[] = "signal 00\n";

	text[7] = (char)('0' + signal / 10);
	text[8] = (char)('0' + signal % 10);
	if (write(1, text, 10) != 10)
		_exit(9);
}

static void signals(void)
{
	const int wanted[] = {SIGINT, SIGQUIT, SIGWINCH};
	struct sigaction action = {.sa_handler = note};
	struct winsize size = {.ws_row = 20, .ws_col = 30};
	struct pollfd input = {.fd = terminal, .events = POLLIN};
	sigset_t blocked, open;

	/* They come only during the waits. */
	sigemptyset(&open);
	sigemptyset(&blocked);
	for (int i = 0; i < 3; i++) {
		sigaction(wanted[i], &action, NULL);
		sigaddset(&blocked, wanted[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	prompt("interrupt> ");
	show("wait", ppoll(&input, 1, NULL, &open));
	prompt("quit> ");
	show("wait", ppoll(&input, 1, NULL, &open));
	show("resize", ioctl(terminal, TIOCSWINSZ, &size));
	show("wait", ppoll(&input, 1, NULL, &open));
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	action.sa_handler = SIG_DFL;
	sigaction(SIGINT, &action, NULL);
	prompt("compute> ");
	for (;;)
		;
}

static void resized(void)
{
	struct sigaction action = {.sa_handler = note};
	struct winsize size;
	sigset_t blocked, open;

	sigemptyset(&open);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGWINCH);
	sigaction(SIGWINCH, &action, NULL);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	for (int i = 0; i < 2; i++) {
		prompt("resize> ");
		sigsuspend(&open);
		ioctl(0, TIOCGWINSZ, &size);
		printf("%u %u\n", size.ws_row, size.ws_col);
	}
	prompt("end> ");
	read_some("end", terminal);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {{"status", status},     {"lines", lines},	     {"streams", streams},
		     {"password", password}, {"raw", raw},	     {"events", events},
		     {"both", both},	     {"requests", requests}, {"signals", signals},
		     {"resized", resized}};

	setvbuf(stdout, NULL, _IONBF, 0);
	terminal = open("/dev/tty", O_RDWR);
	if (terminal < 0)
		printf("/dev/tty: %s\n", strerror(errno));
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (argc > 1 && strcmp(argv[1], parts[i].name) == 0)
			parts[i].run();
	}
	if (argc > 2) { /* end in another mode */
		struct termios mode;

		tcgetattr(terminal, &mode);
		cfmakeraw(&mode);
		tcsetattr(terminal, TCSANOW, &mode);
		if (strcmp(argv[2], "abort") == 0)
			abort();
		prompt("raw> ");
		while (strcmp(argv[2], "wait") == 0)
			pause();
	}
	return 0;
}
