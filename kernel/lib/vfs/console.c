/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's standard streams as files: terminals where the host's are, else pipes. */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/clock.h>
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/plat.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#include "vfs.h"

#define BOUNCE_SIZE 16384 /* bytes moved at a time */
#define SMALL_SIZE  512	  /* the same when memory is short */

#define TERMINAL_MAJOR 5 /* Linux, Documentation/admin-guide/devices.txt */
#define TERMINAL_MODE  (S_IFCHR | 0620)
#define PIPE_MODE      (S_IFIFO | 0600)

static struct {
	unsigned int terminals; /* bit n: stream n is one */
	struct winsize size;
	struct termios termios;
	pid_t foreground;
} console = {
	.size = {.ws_row = 24, .ws_col = 80},
	/* ICRNL IXON, OPOST ONLCR, B38400 CS8 CREAD, ISIG ICANON ECHO ECHOE ECHOK IEXTEN ECHOCTL
	 * ECHOKE: Linux's tty_std_termios. */
	.termios = {.c_iflag = 0x500,
		    .c_oflag = 0x5,
		    .c_cflag = 0xbf,
		    .c_lflag = 0x8a3b,
		    .c_cc = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22}},
	.foreground = 1,
};

void uk_console_configure(unsigned int terminals, u16 rows, u16 columns)
{
	console.terminals = terminals;
	if (rows && columns)
		console.size = (struct winsize){.ws_row = rows, .ws_col = columns};
}

static bool is_terminal(const struct uk_file *file)
{
	return console.terminals >> file->number & 1;
}

static ssize_t write_part(struct uk_file *file, const void *buffer, size_t length, char *memory)
{
	size_t missing = copy_from_buffer(memory, buffer, length);
	ssize_t written;

	if (missing == length)
		return -EFAULT;
	written = ukplat_stream_write(file->number, memory, length - missing);
	if (written == -EPIPE) {
		const siginfo_t information = {.si_signo = SIGPIPE, .si_code = SI_KERNEL};

		uk_signal_send(uk_thread_current(), &information);
	}
	return written;
}

/* Through kernel memory, which is what devices can read. */
static __attribute__((noinline)) ssize_t write_all(struct uk_file *file, const void *buffer,
						   size_t length)
{
	size_t size = MIN(length, (size_t)BOUNCE_SIZE), done = 0;
	ssize_t written = 0;
	char *memory;

	memory = uk_malloc(size);
	if (!memory) {
		size = MIN(size, (size_t)SMALL_SIZE);
		memory = uk_malloc(size);
	}
	if (!memory)
		return -ENOMEM;
	while (done < length) {
		size_t part = MIN(size, length - done);

		written = write_part(file, (const char *)buffer + done, part, memory);
		if (written < 0)
			break;
		done += (size_t)written;
		if ((size_t)written < part)
			break;
	}
	uk_free(memory);
	return done ? (ssize_t)done : written;
}

static ssize_t console_write(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	return length ? write_all(file, buffer, length) : 0;
}

/* Only the input's wait lets other threads run. */
static ssize_t read_stream(const struct uk_file *file, char *memory, size_t size)
{
	bool nonblocking = file->flags & O_NONBLOCK, shared = file->number == 0;

	for (;;) {
		ssize_t got = ukplat_stream_read(file->number, memory, size, nonblocking || shared);

		if (got != -EAGAIN || nonblocking)
			return got;
		if (uk_signal_pending())
			return -UK_ERESTART;
		uk_sched_wait(UINT64_MAX);
	}
}

static ssize_t console_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	char small[SMALL_SIZE], *memory = small;
	size_t size = MIN(length, (size_t)BOUNCE_SIZE);
	ssize_t got;

	if (length == 0)
		return 0;
	if (size > sizeof(small))
		memory = uk_malloc(size);
	if (!memory) {
		memory = small;
		size = sizeof(small);
	}
	got = read_stream(file, memory, size);
	if (got > 0 && copy_to_buffer(buffer, memory, (size_t)got))
		got = -EFAULT;
	if (memory != small)
		uk_free(memory);
	return got;
}

static int console_poll(struct uk_file *file, int wanted)
{
	int events = wanted & POLLOUT;

	if (wanted & POLLIN && ukplat_stream_readable(file->number) > 0)
		events |= POLLIN;
	return events;
}

static int put_int(void __user *argument, int value)
{
	return copy_to_user(argument, &value, sizeof(value));
}

static long console_ioctl(struct uk_file *file, unsigned int request, void __user *argument)
{
	struct termios termios;
	size_t readable;
	pid_t group;

	if (request == FIONREAD) {
		readable = ukplat_stream_readable(file->number);
		return put_int(argument, readable == SIZE_MAX ? 0 : (int)readable);
	}
	if (!is_terminal(file))
		return -ENOTTY;
	switch (request) {
	case TCGETS:
		return copy_to_user(argument, &console.termios, sizeof(console.termios));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		/* Kept, but the host's terminal stays in its mode. */
		if (copy_from_user(&termios, argument, sizeof(termios)))
			return -EFAULT;
		console.termios = termios;
		return 0;
	case TIOCGWINSZ:
		return copy_to_user(argument, &console.size, sizeof(console.size));
	case TIOCGPGRP:
		return put_int(argument, console.foreground);
	case TIOCSPGRP:
		if (copy_from_user(&group, argument, sizeof(group)))
			return -EFAULT;
		console.foreground = group;
		return 0;
	default:
		return -ENOTTY;
	}
}

static int console_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "pipe:[%lu]", file->vnode->ino);
}

static const struct uk_file_operations console_operations = {
	.read = console_read,
	.write = console_write,
	.poll = console_poll,
	.ioctl = console_ioctl,
	.name = console_name,
};

/* /dev/tty: the program's terminal, when one of the streams is one (tty(4)). */
static int open_terminal(struct uk_vnode *vnode, struct uk_file *file)
{
	if (!console.terminals)
		return -ENXIO;
	file->number = (unsigned int)__builtin_ctz(console.terminals);
	return 0;
}

static int register_terminal(void)
{
	static struct uk_device terminal = {.name = "tty",
					    .mode = 0666,
					    .operations = &console_operations,
					    .open = open_terminal};
	static struct uk_device system_console = {.name = "console",
						  .mode = 0600,
						  .operations = &console_operations,
						  .open = open_terminal};

	terminal.number = uk_device_number(TERMINAL_MAJOR, 0);
	system_console.number = uk_device_number(TERMINAL_MAJOR, 1);
	uk_device_register(&system_console);
	uk_device_register(&terminal);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_terminal);

static const struct uk_vnode *stream_vnodes[3];

/* By /proc/self/fd: the same stream once more, in its own direction. */
static int reopen_stream(struct uk_vnode *vnode, struct uk_file *file)
{
	unsigned int stream = 0;

	while (stream_vnodes[stream] != vnode)
		stream++;
	if (uk_vnode_is(vnode, S_IFIFO) &&
	    file->mode & (stream == 0 ? UK_FILE_WRITE : UK_FILE_READ))
		return -EACCES;
	file->number = stream;
	return 0;
}

/* A stream that is no terminal, or one where there is no /dev/tty. */
static struct uk_file *new_stream(unsigned int stream, u32 flags)
{
	static const struct uk_vnode_operations operations = {.open = reopen_stream};
	bool terminal = console.terminals >> stream & 1;
	struct uk_vnode *vnode = uk_vnode_new_anonymous(terminal ? TERMINAL_MODE : PIPE_MODE);
	int error;

	if (!vnode)
		return NULL;
	vnode->rdev = terminal ? uk_device_number(TERMINAL_MAJOR, 0) : 0;
	vnode->operations = &operations;
	vnode->file_operations = &console_operations;
	stream_vnodes[stream] = vnode;
	return uk_file_new(vnode, &console_operations, flags, &error);
}

void uk_console_open(void)
{
	for (unsigned int stream = 0; stream < 3; stream++) {
		bool terminal = console.terminals >> stream & 1;
		u32 flags = terminal ? O_RDWR : stream == 0 ? O_RDONLY : O_WRONLY;
		struct uk_file *file = NULL;
		int error;

		if (terminal)
			file = uk_vfs_open(&uk_process_paths.current, "/dev/tty", flags, 0, 0,
					   &error);
		if (!file)
			file = new_stream(stream, flags);
		UK_ASSERT(file);
		file->number = stream;
		uk_fd_install(file, (int)stream, false);
	}
}
