/* Random modes, input and output of a pair of terminals: `terminal_random SEED STEPS`. Both ends
 * are read until they are empty after each step, because Linux moves bytes between them later. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int master, slave;
static uint64_t state;

static uint32_t next(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % limit;
}

static void show(const unsigned char *bytes, long count)
{
	for (long i = 0; i < count; i++)
		printf("%02x", bytes[i]);
}

static void show_result(const char *what, long result)
{
	if (result < 0)
		printf(" %s:%s", what, strerrorname_np(errno));
	else
		printf(" %s:%ld", what, result);
}

/* What bytes the keyboard has: letters, the usual special characters, others. */
static unsigned char random_byte(void)
{
	static const unsigned char special[] = {
		3,    28,   127, 21,   4,    17,   19,	26,  18,  15,	23,   22,   '\n', '\r',
		'\t', '\b', 0,	 0xff, 0xc3, 0xa9, 'Z', ' ', '_', '\n', 0x80, 0x1b, 0xe4};

	switch (next(5)) {
	case 0:
	case 1:
		return (unsigned char)('a' + next(6));
	case 2:
		return (unsigned char)next(256);
	default:
		return special[next(sizeof(special))];
	}
}

static size_t random_bytes(unsigned char *bytes, size_t most)
{
	size_t count = 1 + next((uint32_t)most);

	for (size_t i = 0; i < count; i++)
		bytes[i] = random_byte();
	return count;
}

static void poll_one(const char *what, int descriptor)
{
	struct pollfd set = {.fd = descriptor, .events = POLLIN | POLLOUT | POLLPRI};

	poll(&set, 1, 0);
	printf(" %s:%x", what, (unsigned int)set.revents);
}

static int is_readable(int descriptor)
{
	struct pollfd set = {.fd = descriptor, .events = POLLIN};

	return poll(&set, 1, 0) > 0 && set.revents & POLLIN;
}

static void empty_slave(void)
{
	unsigned char bytes[300];
	long count;

	printf(" slave");
	do {
		count = read(slave, bytes, 1 + next(next(3) ? 20 : sizeof(bytes)));
		printf(" ");
		if (count < 0)
			printf("%s", strerrorname_np(errno));
		else
			show(bytes, count);
	} while (count > 0 || (count == 0 && is_readable(slave)));
}

/* Packets of data may arrive in any parts. */
static void empty_master(int packets)
{
	unsigned char bytes[5000];
	long count;

	printf(" master ");
	while ((count = read(master, bytes, sizeof(bytes))) > 0) {
		if (packets && bytes[0]) {
			printf("[%02x]", bytes[0]);
			show(bytes + 1, count - 1);
		} else {
			show(bytes + (packets != 0), count - (packets != 0));
		}
	}
	printf(" %s\n", count < 0 ? strerrorname_np(errno) : "end");
}

static tcflag_t toggle(tcflag_t flags, const tcflag_t *from, size_t count)
{
	for (uint32_t i = next(3); i > 0; i--)
		flags ^= from[next((uint32_t)count)];
	return flags;
}

static void change_mode(void)
{
	static const tcflag_t input[] = {IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, ISTRIP,
					 INLCR,	 IGNCR,	 ICRNL,	 IUCLC,	 IXON,	IXANY,
					 IXOFF,	 IUTF8,	 ICRNL,	 IUTF8};
	static const tcflag_t output[] = {OPOST, OLCUC, ONLCR, OCRNL, ONOCR, ONLRET, XTABS, OPOST};
	static const tcflag_t local[] = {ISIG,	  ICANON,  ECHO,   ECHOE,  ECHOK,   ECHONL, NOFLSH,
					 ECHOCTL, ECHOPRT, ECHOKE, IEXTEN, EXTPROC, ICANON, ECHO};
	static const unsigned char indices[] = {VINTR,	 VQUIT,	 VERASE, VKILL, VEOF,
						VSTART,	 VSTOP,	 VSUSP,	 VEOL,	VREPRINT,
						VWERASE, VLNEXT, VEOL2};
	static const int actions[] = {TCSANOW, TCSADRAIN, TCSAFLUSH};
	struct termios mode;

	tcgetattr(slave, &mode);
	mode.c_iflag = toggle(mode.c_iflag, input, sizeof(input) / sizeof(*input));
	mode.c_oflag = toggle(mode.c_oflag, output, sizeof(output) / sizeof(*output));
	mode.c_lflag = toggle(mode.c_lflag, local, sizeof(local) / sizeof(*local));
	/* Often usual, so that most of the other bits matter. */
	if (next(4) == 0) {
		mode.c_lflag &= ~(tcflag_t)EXTPROC;
		mode.c_lflag |= ICANON | ECHO | IEXTEN;
		mode.c_oflag |= OPOST;
		mode.c_iflag &= ~(tcflag_t)(IXON | ISTRIP | IGNCR);
	}
	if (next(4) == 0)
		mode.c_cc[indices[next(sizeof(indices))]] = next(3) ? random_byte() : 0;
	if (next(6) == 0)
		cfsetospeed(&mode, next(2) ? B9600 : B115200);
	mode.c_cc[VMIN] = (unsigned char)(next(3) ? next(3) : next(90));
	mode.c_cc[VTIME] = 0;
	show_result("set", tcsetattr(next(4) ? slave : master, actions[next(3)], &mode));
	tcgetattr(master, &mode);
	printf(" %x,%x,%x,%x,", mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag);
	show(mode.c_cc, 17);
}

static int change_packets(int packets)
{
	packets = !packets;
	show_result("packets", ioctl(master, TIOCPKT, &packets));
	return packets;
}

static void type_one(void)
{
	char byte = (char)random_byte();

	show_result("sti", ioctl(slave, TIOCSTI, &byte));
}

static void empty_both(int packets)
{
	int number = -1;

	poll_one("slave", slave);
	empty_slave();
	show_result("queue", ioctl(slave, FIONREAD, &number));
	printf("=%d", number);
	poll_one("master", master);
	empty_master(packets);
}

/* The number of bytes up to one that discards the others, which must have arrived before: whether
 * they are discarded too is a matter of time on Linux. */
static size_t harmless(const unsigned char *bytes, size_t count)
{
	struct termios mode;

	tcgetattr(slave, &mode);
	for (size_t i = 0; i < count && mode.c_lflag & ISIG && !(mode.c_lflag & NOFLSH); i++) {
		unsigned char byte = bytes[i];

		if (mode.c_iflag & ISTRIP)
			byte &= 0x7f;
		if (byte == mode.c_cc[VINTR] || byte == mode.c_cc[VQUIT] ||
		    byte == mode.c_cc[VSUSP] || byte >= 0x80 || (byte >= 'A' && byte <= 'Z'))
			return i ? i : 1;
	}
	return count;
}

static void type(const unsigned char *bytes, size_t count, int packets)
{
	while (count) {
		size_t part = harmless(bytes, count);

		printf(" in ");
		show(bytes, (long)part);
		show_result("", write(master, bytes, part));
		count -= part;
		bytes += part;
		if (count)
			empty_both(packets);
	}
}

static int step(int packets)
{
	unsigned char bytes[260];
	size_t count;

	switch (next(12)) {
	case 0:
	case 1:
		change_mode();
		break;
	case 2:
	case 3:
		count = random_bytes(bytes, next(3) ? 30 : sizeof(bytes));
		printf(" out ");
		show(bytes, (long)count);
		show_result("", write(slave, bytes, count));
		break;
	case 4:
		if (next(4) == 0)
			packets = change_packets(packets);
		break;
	case 5:
		if (next(2))
			show_result("flow", ioctl(next(4) ? slave : master, TCXONC, next(4)));
		break;
	case 6:
		if (next(3) == 0)
			show_result("flush", ioctl(slave, TCFLSH, next(4)));
		break;
	case 7:
		if (next(4) == 0)
			type_one();
		break;
	default:
		count = random_bytes(bytes, next(3) ? 12 : sizeof(bytes));
		type(bytes, count, packets);
	}
	empty_both(packets);
	return packets;
}

int main(int argc, char **argv)
{
	char name[64];
	int packets = 0;

	state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15u + 1;
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (master < 0 || grantpt(master) || unlockpt(master) ||
	    ptsname_r(master, name, sizeof(name)))
		return 1;
	slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (slave < 0)
		return 2;
	for (int i = 0; i < atoi(argv[2]); i++) {
		printf("%d", i);
		packets = step(packets);
	}
	return argc > 3;
}
