/* The line discipline: termios(3), in parts, without the random input of terminal_random.c. */
#define _GNU_SOURCE
#include <sys/uio.h>

#include "terminal_pair.h"

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
	struct later later = {0, 50, 3, "abc"};
	pthread_t thread;

	open_pair(0);
	later.descriptor = master;
	set_minimum(0, 0);
	read_timed("nothing", 10, 0, 500);
	type("xyz");
	read_timed("all", 10, 0, 500);
	set_minimum(0, 6);
	read_timed("late", 10, 550, 5000);
	type("x");
	read_timed("at once", 10, 0, 500);
	pthread_create(&thread, NULL, put_later, &later);
	read_timed("first", 10, 25, 5000);
	pthread_join(thread, NULL);
	settle();
	read_timed("others", 10, 0, 500);
	set_minimum(3, 0);
	pthread_create(&thread, NULL, put_later, &later);
	poll_one("none", slave);
	read_timed("three", 10, 100, 5000);
	pthread_join(thread, NULL);
	type("two");
	read_timed("less", 2, 0, 500);
	type("..");
	poll_one("three", slave);
	read_timed("three", 10, 0, 500);
	set_minimum(5, 9);
	pthread_create(&thread, NULL, put_later, &later);
	read_timed("pause", 10, 950, 5000);
	pthread_join(thread, NULL);
	type("1234567");
	read_timed("more", 10, 0, 500);
	fcntl(slave, F_SETFL, O_NONBLOCK);
	read_timed("nonblocking", 10, 0, 500);
	type("12");
	read_timed("nonblocking", 10, 0, 500);
	set_minimum(0, 3);
	read_timed("nonblocking", 10, 0, 500);
	set_minimum(0, 0);
	read_timed("nonblocking", 10, 0, 500);
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

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {{"lines", lines},	   {"editing", editing}, {"long", long_lines},
		     {"minimum", minimum}, {"flow", flow},	 {"flushes", flushes},
		     {"packets", packets}, {"types", types},	 {"signals", signals},
		     {"outputs", outputs}};

	setvbuf(stdout, NULL, _IONBF, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (argc < 2 || strcmp(argv[1], parts[i].name) == 0) {
			printf("%s\n", parts[i].name);
			parts[i].run();
		}
	}
	return 0;
}
