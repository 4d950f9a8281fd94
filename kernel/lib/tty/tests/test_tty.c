/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: tty/characters.c tty/control.c tty/echo.c tty/edit.c tty/file.c tty/flow.c
 * tty/input.c tty/ioctl.c tty/mode.c tty/output.c tty/pair.c tty/queue.c tty/read.c tty/write.c
 * sched/wait.c sched/wait_queue.c signal/wait.c */
/* Pairs of terminals: what end-to-end tests cannot arrange, and random use under the sanitizers;
 * tests/guest/terminal_*.c compare everything else with Linux. */
#include <string.h>
#include <uk/tty.h>
#include <uk/uaccess.h>

#include "check.h"
#include "heap.h"
#include "init.h"
#include "waiting.h"

CHECK_DEFINE_PANIC

static struct uk_tty_pair *pair;
static struct uk_file master, slave;
static struct kernel_sigaction action;
static int signals[_NSIG + 1];
static bool is_faulty; /* the program's memory */
static int pairs_released;

size_t copy_to_buffer(void *buffer, const void *source, size_t size)
{
	if (is_faulty)
		return size;
	memcpy(buffer, source, size);
	return 0;
}

size_t copy_from_buffer(void *destination, const void *buffer, size_t size)
{
	if (is_faulty)
		return size;
	memcpy(destination, buffer, size);
	return 0;
}

int copy_to_user(void *destination, const void *source, size_t size)
{
	return copy_to_buffer(destination, source, size) ? -EFAULT : 0;
}

int copy_from_user(void *destination, const void *source, size_t size)
{
	return copy_from_buffer(destination, source, size) ? -EFAULT : 0;
}

bool uk_signal_pending(void)
{
	return signal_waits;
}

bool uk_signal_is_due(void)
{
	return signal_waits;
}

int uk_signal_send(struct uk_signal_target target, const siginfo_t *information)
{
	CHECK(target.process == &check_process && !target.thread);
	signals[information->si_signo]++;
	return 0;
}

struct kernel_sigaction *uk_signal_action_of(const struct uk_process *process, int signal)
{
	return &action;
}

struct uk_process *uk_process_find(pid_t pid)
{
	return pid == check_process.pid ? &check_process : NULL;
}

struct uk_process *uk_process_after(const struct uk_process *process)
{
	return process ? NULL : &check_process;
}

void uk_process_signal_group(pid_t group, int signal)
{
	if (group == check_process.group)
		signals[signal]++;
}

static bool group_is_orphaned(pid_t group)
{
	return true;
}
bool (*uk_signal_group_is_orphaned)(pid_t group) = group_is_orphaned;
void (*uk_process_leaves_terminal)(struct uk_process *process);

static void released(struct uk_tty_pair *which)
{
	CHECK(which == pair);
	pairs_released++;
}

static void open_file(struct uk_file *file, struct uk_tty *tty, u32 flags)
{
	*file = (struct uk_file){.mode = UK_FILE_READ | UK_FILE_WRITE, .flags = O_RDWR | flags};
	CHECK(uk_tty_open(tty, file, false) == 0);
}

static void open_pair(u32 flags)
{
	pair = uk_tty_pair_create(7);
	CHECK(pair);
	pair->released = released;
	open_file(&master, &pair->master, flags);
	pair->master.locked = false;
	open_file(&slave, &pair->slave, flags);
	pairs_released = 0;
}

static void close_file(struct uk_file *file)
{
	file->operations->release(file);
}

static void close_pair(void)
{
	close_file(&slave);
	CHECK(pairs_released == 0);
	close_file(&master);
	CHECK(pairs_released == 1);
	waits_are_over();
}

static ssize_t put(struct uk_file *file, const void *bytes, size_t length)
{
	return file->operations->write(file, bytes, length, 0);
}

static ssize_t get(struct uk_file *file, void *bytes, size_t length)
{
	return file->operations->read(file, bytes, length, 0);
}

static int events(struct uk_file *file)
{
	return file->operations->poll(file, POLLIN | POLLOUT);
}

static long request(struct uk_file *file, unsigned int number, void *argument)
{
	return file->operations->ioctl(file, number, argument);
}

static void expect(struct uk_file *file, const char *text)
{
	char bytes[256];
	ssize_t count = get(file, bytes, sizeof(bytes));

	CHECK(count == (ssize_t)strlen(text) && memcmp(bytes, text, (size_t)count) == 0);
}

static void test_memory(void)
{
	allocations_left = 0;
	CHECK(!uk_tty_pair_create(0));
	allocations_left = SIZE_MAX;

	/* A write without memory for its buffer is made in small parts. */
	char text[1000], got[1100];

	open_pair(O_NONBLOCK);
	memset(text, 'x', sizeof(text));
	allocations_left = 0;
	CHECK(put(&slave, text, sizeof(text)) == (ssize_t)sizeof(text));
	allocations_left = SIZE_MAX;
	CHECK(get(&master, got, sizeof(got)) == (ssize_t)sizeof(text));
	is_faulty = true;
	CHECK(put(&slave, text, 5) == -EFAULT && request(&slave, TCGETS, got) == -EFAULT);
	CHECK(request(&slave, TCSETS, got) == -EFAULT && request(&slave, TIOCSTI, got) == -EFAULT);
	is_faulty = false;
	CHECK(put(&master, "line\n", 5) == 5);
	is_faulty = true;
	CHECK(get(&slave, got, 10) == -EFAULT && get(&master, got, 10) == -EFAULT);
	is_faulty = false;
	CHECK(get(&slave, got, 10) == -EAGAIN);
	close_pair();
}

static void type_line(void)
{
	CHECK(put(&master, "line\n", 5) == 5);
}

static void signal_comes(void)
{
	signal_waits = true;
}

static void close_master(void)
{
	close_file(&master);
}

static void take_some(void)
{
	char bytes[4000];

	CHECK(get(&master, bytes, sizeof(bytes)) > 0);
}

static void test_waits(void)
{
	static char text[40000];
	char bytes[100];

	open_pair(0);
	wait_does(type_line);
	CHECK(get(&slave, bytes, sizeof(bytes)) == 5);
	expect(&master, "line\r\n");
	wait_does(signal_comes);
	CHECK(get(&slave, bytes, 1) == -UK_ERESTART);
	signal_waits = false;
	/* A write waits for room, and a signal ends it. */
	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 3; i++)
		wait_does(take_some);
	wait_does(signal_comes);
	CHECK(put(&slave, text, sizeof(text)) > 12000);
	signal_waits = false;
	waits_are_over();
	/* A hang-up ends both; the pair stays until the last file is closed. */
	wait_does(close_master);
	CHECK(put(&slave, text, sizeof(text)) == -EIO);
	CHECK(events(&slave) == (POLLIN | POLLOUT | POLLERR | POLLHUP));
	CHECK(get(&slave, bytes, 1) == 0 && pairs_released == 0);
	close_file(&slave);
	CHECK(pairs_released == 1);
	open_pair(0);
	wait_does(close_master);
	CHECK(get(&slave, bytes, 1) == -EIO);
	close_file(&slave);
	waits_are_over();
}

/* The other thread's read has taken the first part of what is needed. */
static void type_two(void)
{
	CHECK(put(&master, "ab", 2) == 2);
}

static void read_too(void)
{
	char byte;

	slave.flags |= O_NONBLOCK;
	CHECK(get(&slave, &byte, 1) == -EAGAIN);
	slave.flags &= ~(u32)O_NONBLOCK;
	CHECK(put(&master, "c", 1) == 1);
}

static void test_minimum(void)
{
	struct termios mode;
	char bytes[10];
	u64 before;

	open_pair(0);
	CHECK(request(&slave, TCGETS, &mode) == 0);
	mode.c_lflag = 0;
	mode.c_cc[VMIN] = 3;
	CHECK(request(&slave, TCSETS, &mode) == 0);
	wait_does(type_two);
	wait_does(read_too);
	CHECK(get(&slave, bytes, 10) == 3 && memcmp(bytes, "abc", 3) == 0);
	/* The time between bytes begins with the first one. */
	mode.c_cc[VTIME] = 5;
	CHECK(request(&slave, TCSETS, &mode) == 0);
	wait_does(type_two);
	wait_does(NULL);
	before = now;
	CHECK(get(&slave, bytes, 10) == 2 && now - before == 500000000);
	mode.c_cc[VMIN] = 0;
	CHECK(request(&slave, TCSETS, &mode) == 0);
	wait_does(NULL);
	before = now;
	CHECK(get(&slave, bytes, 10) == 0 && now - before == 500000000);
	close_pair();
}

static void test_control(void)
{
	struct uk_thread *self = uk_thread_current();
	struct winsize size = {.ws_row = 5};
	pid_t group = 0;
	char byte;

	open_pair(O_NONBLOCK);
	CHECK(!uk_tty_current() && request(&slave, TIOCGPGRP, &group) == -ENOTTY);
	CHECK(request(&slave, TIOCNOTTY, NULL) == -ENOTTY);
	CHECK(request(&slave, TIOCSCTTY, NULL) == 0 && uk_tty_current() == &pair->slave);
	CHECK(request(&slave, TIOCGPGRP, &group) == 0 && group == 1);
	CHECK(put(&master, "\003\034\032", 3) == 3);
	CHECK(signals[SIGINT] == 1 && signals[SIGQUIT] == 1 && signals[SIGTSTP] == 1);
	CHECK(request(&master, TIOCSWINSZ, &size) == 0 && signals[SIGWINCH] == 1);
	CHECK(request(&master, TIOCSWINSZ, &size) == 0 && signals[SIGWINCH] == 1);
	group = 99;
	CHECK(request(&slave, TIOCSPGRP, &group) == -ESRCH);
	/* Another group is in the foreground: this one has nobody who would continue it. */
	pair->slave.foreground = 2;
	CHECK(get(&slave, &byte, 1) == -EIO && put(&slave, "x", 1) == 1);
	pair->slave.mode.c_lflag |= TOSTOP;
	CHECK(put(&slave, "x", 1) == -EIO);
	self->signal.blocked = uk_signal_bit(SIGTTOU);
	CHECK(put(&slave, "x", 1) == 1);
	self->signal.blocked = 0;
	pair->slave.foreground = 1;
	/* The leader ends. */
	uk_process_leaves_terminal(&check_process);
	CHECK(signals[SIGHUP] == 1 && !signals[SIGCONT] && !uk_tty_current());
	CHECK(!pair->slave.session && !pair->slave.foreground);
	/* The terminal is hung up. */
	CHECK(request(&slave, TIOCSCTTY, NULL) == 0);
	close_file(&master);
	CHECK(signals[SIGHUP] == 2 && signals[SIGCONT] == 1 && !uk_tty_current());
	/* The leader ends afterwards. */
	uk_process_leaves_terminal(&check_process);
	CHECK(signals[SIGHUP] == 3 && signals[SIGCONT] == 2);
	close_file(&slave);
	CHECK(pairs_released == 1);
	memset(signals, 0, sizeof(signals));
}

static u32 random_below(size_t limit)
{
	static uint64_t state = 1;

	return (u32)(check_random(&state) >> 20) % (u32)limit;
}

/* Any bytes in any mode: nothing leaves its memory, and the counts fit. */
static void test_random(void)
{
	static char bytes[10000];
	struct termios mode;

	open_pair(O_NONBLOCK);
	for (int i = 0; i < 30000; i++) {
		size_t length = random_below(i % 50 ? 40 : sizeof(bytes));
		struct uk_file *file = random_below(2) ? &master : &slave;
		int count = -1;
		int number = (int)random_below(256);

		for (size_t j = 0; j < length; j++)
			bytes[j] =
				(char)(random_below(2)
					       ? random_below(256)
					       : "\003\177\025\027\022\026\n\r\t"[random_below(9)]);
		switch (random_below(8)) {
		case 0:
			CHECK(request(&slave, TCGETS, &mode) == 0);
			mode.c_iflag ^= 1u << random_below(15);
			mode.c_oflag ^= 1u << random_below(14);
			mode.c_lflag ^= 1u << random_below(17);
			mode.c_cc[random_below(NCCS)] = (u8)number;
			mode.c_cc[VTIME] = 0;
			CHECK(request(&slave, random_below(2) ? TCSETS : TCSETSF, &mode) == 0);
			break;
		case 1:
		case 2:
			CHECK(get(file, bytes, length) <= (ssize_t)length);
			break;
		case 3:
			request(file, TCXONC, (void *)(uintptr_t)random_below(4));
			break;
		case 4:
			request(file, random_below(4) ? TIOCSTI : TIOCPKT, &number);
			break;
		case 5:
			if (random_below(10) == 0)
				request(file, TCFLSH, (void *)(uintptr_t)random_below(3));
			break;
		default:
			CHECK(put(file, bytes, length) <= (ssize_t)length);
		}
		CHECK(request(file, FIONREAD, &count) == 0);
		CHECK(count >= 0 && count <= (int)UK_TTY_BUFFER_SIZE + 1);
		CHECK(pair->slave.head - pair->slave.tail <= UK_TTY_BUFFER_SIZE);
	}
	close_pair();
}

int main(void)
{
	check_process.group = check_process.session = check_process.pid;
	run_constructors();
	test_memory();
	test_waits();
	test_minimum();
	test_control();
	test_random();
	return 0;
}
