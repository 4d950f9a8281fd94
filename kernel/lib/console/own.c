/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The run's terminal as the machine's own: the host's is in raw mode, and passes bytes on in both
 * directions; the line discipline, the modes and the signals are those of uk/tty.h.
 */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/timer.h>
#include <uk/tty.h>
#include <uk/wait.h>

#include "console.h"

#define OUTPUT_STREAM 1
#define OUTPUT_SIZE   4096
#define INPUT_SIZE    256 /* bytes read at a time */
#define RETRY_NS      10000000UL

static struct {
	struct uk_tty tty;
	bool exists;
	bool size_has_changed, stop_is_due;
	bool is_closed; /* the host's terminal is gone */
	/* A platform's function is running: timers that run meanwhile must not begin another one,
	 * and must not use the discipline, which may be in the middle of something. */
	bool is_busy;
	struct uk_wait_source input;
	struct uk_wait_entry always; /* keeps the source asked */
	struct uk_timer retry;
	size_t length; /* of the output that was not passed on yet */
	u8 *output;    /* OUTPUT_SIZE bytes that a device can read */
} own;

static void close_terminal(void)
{
	own.length = 0;
	if (own.is_closed)
		return;
	own.is_closed = true;
	uk_tty_hang_up(&own.tty);
}

static void try_later(void)
{
	uk_timer_start(&own.retry, ukplat_monotonic_ns() + RETRY_NS);
}

static void own_push(struct uk_tty *tty)
{
	ssize_t written;

	if (!own.length || own.is_busy)
		return;
	own.is_busy = true;
	written = ukplat_stream_write(OUTPUT_STREAM, own.output, own.length);
	own.is_busy = false;
	if (written == -UK_ERESTART)
		written = 0;
	if (written < 0) {
		close_terminal();
		return;
	}
	own.length -= (size_t)written;
	memmove(own.output, own.output + written, own.length);
	if (own.length)
		try_later(); /* a signal is pending */
}

static size_t own_room(struct uk_tty *tty)
{
	if (tty->stopped)
		return 0;
	if (own.length == OUTPUT_SIZE)
		own_push(tty);
	return OUTPUT_SIZE - own.length;
}

static size_t own_write(struct uk_tty *tty, const u8 *bytes, size_t length)
{
	size_t done = 0;

	while (done < length) {
		size_t part = MIN(length - done, own_room(tty));

		if (!part)
			break;
		memcpy(own.output + own.length, bytes + done, part);
		own.length += part;
		done += part;
	}
	return done;
}

static void do_what_is_due(void);

/* Takes the input that there is. Whether there was some. */
static bool take_input(void)
{
	u8 bytes[INPUT_SIZE];
	bool taken = false;

	if (own.is_busy) {
		try_later();
		return false;
	}
	while (!own.is_closed) {
		size_t room = MIN(uk_tty_receive_room(&own.tty), sizeof(bytes));
		ssize_t got = -EAGAIN;

		own.is_busy = true;
		if (room)
			got = ukplat_stream_read(UKPLAT_TERMINAL, bytes, room);
		own.is_busy = false;
		if (got == -EAGAIN || got == -UK_ERESTART)
			break;
		taken = true;
		if (got <= 0)
			close_terminal();
		else
			uk_tty_receive(&own.tty, bytes, (size_t)got);
	}
	/* It was too early in the functions of the platform, which let timers run. */
	do_what_is_due();
	return taken;
}

static void own_resume_input(struct uk_tty *tty)
{
	take_input();
}

static long request_of_host(unsigned int request, void *argument)
{
	bool was_busy = own.is_busy;
	long result;

	own.is_busy = true;
	result = own.is_closed ? -EIO : ukplat_terminal_ioctl(UKPLAT_TERMINAL, request, argument);
	own.is_busy = was_busy;
	return result;
}

static void own_resized(struct uk_tty *tty)
{
	struct winsize size;

	/* Not if the size came from there. */
	if (request_of_host(TIOCGWINSZ, &size) || memcmp(&size, &tty->size, sizeof(size)) != 0)
		request_of_host(TIOCSWINSZ, &tty->size);
}

static void take_size(void)
{
	struct winsize size;

	own.size_has_changed = own.is_busy;
	if (own.is_busy)
		try_later();
	else if (request_of_host(TIOCGWINSZ, &size) == 0)
		uk_tty_set_size(&own.tty, &size);
}

static const struct uk_tty_operations own_operations = {
	.write = own_write,
	.room = own_room,
	.push = own_push,
	.resume_input = own_resume_input,
	.resized = own_resized,
};

static bool ask_for_input(struct uk_wait_source *source)
{
	/* Otherwise they would always expire in the platform's functions. */
	uk_timer_check();
	return take_input();
}

static bool stay_asleep(struct uk_wait_entry *entry, u32 happened)
{
	return false;
}

/* The first process stops: the shell that started the run has the terminal meanwhile. */
static bool stop_run(void)
{
	own.stop_is_due = own.is_busy;
	if (own.is_busy) {
		try_later();
		return true;
	}
	if (own.is_closed)
		return false;
	own.is_busy = true;
	ukplat_stop();
	own.is_busy = false;
	take_size();
	take_input();
	uk_process_signal_group(uk_process_next(1)->group, SIGCONT);
	return true;
}

static void do_what_is_due(void)
{
	if (own.size_has_changed)
		take_size();
	if (own.stop_is_due)
		stop_run();
}

static void retry(struct uk_timer *timer)
{
	if (own.is_busy) {
		try_later();
		return;
	}
	own_push(&own.tty);
	if (!own.length)
		uk_tty_output_resumes(&own.tty);
	take_input();
}

void own_take_signals(u64 signals)
{
	if (signals & uk_signal_bit(SIGWINCH))
		take_size();
	take_input();
}

/* The mode of the host's terminal becomes the machine's, then it gets out of the way. */
static void take_mode(void)
{
	struct termios2 mode, raw;

	if (request_of_host(TCGETS2, &mode))
		return;
	raw = mode;
	raw.termios.c_iflag = 0;
	raw.termios.c_oflag &= ~OPOST;
	raw.termios.c_lflag = 0;
	raw.termios.c_cc[VMIN] = 1;
	raw.termios.c_cc[VTIME] = 0;
	uk_tty_set_mode(&own.tty, &mode);
	request_of_host(TCSETSW2, &raw);
}

void own_configure(const struct winsize *size)
{
	uk_tty_init(&own.tty, &own_operations, CONSOLE_NUMBER, &uk_tty_standard_mode);
	own.tty.size = *size;
	own.output = uk_malloc(OUTPUT_SIZE);
	UK_ASSERT(own.output);
	own.exists = true;
	if (terminal_is_controlling())
		uk_signal_stop_run = stop_run;
	own.input.ask = ask_for_input;
	own.always.wake = stay_asleep;
	own.retry.expire = retry;
	take_mode();
	if (request_of_host(TIOCGWINSZ, &own.tty.size))
		own.tty.size = *size;
	ukplat_terminal_notify();
	uk_wait_add_source(&own.input);
	uk_wait_add(&own.input.queue, &own.always);
}

struct uk_tty *own_terminal(void)
{
	return own.exists ? &own.tty : NULL;
}
