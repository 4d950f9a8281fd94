/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host's terminal: port 4 of virtio-serial. The launcher at the other end answers one request
 * at a time (src/unishim/platforms/qemu/terminal.py), reports input that somebody waits for, and
 * passes the terminal's signals on.
 */
#include <uk/bits/contract.h>
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/linux/terminal.h>
#include <uk/signal.h>
#include <uk/string.h>

#include "platform.h"
#include "terminal.h"
#include "virtio.h"

#define PART_MAX 2048 /* bytes of data in a message */

struct header {
	u32 kind, size; /* size: of what follows */
};

struct reply {
	s64 result;
	char data[PART_MAX];
};

#define MESSAGE_MAX (sizeof(struct header) + sizeof(struct reply))

static struct {
	struct virtqueue *in, *out;
	char *input;  /* a page that the device fills */
	char *output; /* a page with the request */
	/* What has arrived and is not a whole message yet. */
	char received[MESSAGE_MAX + UK_PAGE_SIZE];
	size_t received_size;
	struct reply *reply; /* where it goes; NULL: it has arrived, or is not awaited */
	u64 signals;
	bool is_awaited; /* the launcher will report input */
	bool is_closed;
	bool notifies; /* input is a signal */
} terminal;

static void offer(void)
{
	virtqueue_offer(terminal.in, 0, terminal.input, UK_PAGE_SIZE, true);
	virtqueue_notify(terminal.in);
}

int terminal_start(struct virtqueue *in, struct virtqueue *out)
{
	uk_paddr_t pages = uk_page_alloc_order(1);

	if (!pages)
		return -ENOMEM;
	terminal.input = uk_page_address(pages);
	terminal.output = terminal.input + UK_PAGE_SIZE;
	terminal.in = in;
	terminal.out = out;
	virtqueue_interrupts(in, true);
	offer();
	return 0;
}

void terminal_close(void)
{
	terminal.is_closed = true;
}

static void take_message(const struct header *header, const char *content)
{
	u32 number;

	switch (header->kind) {
	case UK_STREAM_REPLY:
		if (terminal.reply)
			memcpy(terminal.reply, content,
			       MIN((size_t)header->size, sizeof(*terminal.reply)));
		terminal.reply = NULL;
		break;
	case UK_STREAM_READABLE:
		terminal.is_awaited = false;
		if (terminal.notifies) {
			terminal.signals |= uk_signal_bit(SIGIO);
			timer_fire();
		}
		break;
	case UK_STREAM_SIGNAL:
		memcpy(&number, content, sizeof(number));
		if (number >= 1 && number <= _NSIG)
			terminal.signals |= uk_signal_bit((int)number);
		timer_fire();
		break;
	default:
		break;
	}
}

/* Removes the whole messages from what has arrived. */
static void take_messages(void)
{
	size_t done = 0;

	while (terminal.received_size - done >= sizeof(struct header)) {
		struct header header;
		size_t end;

		memcpy(&header, terminal.received + done, sizeof(header));
		end = done + sizeof(header) + header.size;
		if (header.size > MESSAGE_MAX || end > terminal.received_size)
			break;
		take_message(&header, terminal.received + done + sizeof(header));
		done = end;
	}
	terminal.received_size -= done;
	memmove(terminal.received, terminal.received + done, terminal.received_size);
}

void terminal_receive(void)
{
	u16 index;
	u32 length;

	while (terminal.in && virtqueue_take(terminal.in, &index, &length)) {
		size_t room = sizeof(terminal.received) - terminal.received_size;

		length = (u32)MIN((size_t)length, room);
		memcpy(terminal.received + terminal.received_size, terminal.input, length);
		terminal.received_size += length;
		take_messages();
		offer();
	}
}

/* Makes a request, whose content is in the output page, and waits for the reply. */
static s64 ask(u32 kind, size_t size, struct reply *reply)
{
	const struct header header = {kind, (u32)size};
	u16 index;
	u32 length;

	memcpy(terminal.output, &header, sizeof(header));
	terminal.reply = reply;
	virtqueue_offer(terminal.out, 0, terminal.output, sizeof(header) + size, false);
	virtqueue_notify(terminal.out);
	virtqueue_wait(terminal.out, &index, &length);
	for (;;) {
		terminal_receive();
		/* A signal can come with the reply, and nothing else would look for it. */
		uk_timer_check();
		if (!terminal.reply)
			return reply->result;
		if (terminal.is_closed)
			return -EIO;
		ukplat_wait(UINT64_MAX);
	}
}

static char *content(void)
{
	return terminal.output + sizeof(struct header);
}

ssize_t terminal_read(void *buffer, size_t length)
{
	u32 size = (u32)MIN(length, (size_t)PART_MAX);
	struct reply reply;
	s64 result;

	terminal_receive();
	uk_timer_check();
	if (terminal.is_awaited)
		return -EAGAIN;
	memcpy(content(), &size, sizeof(size));
	/* Not later: the news can come together with the reply. */
	terminal.is_awaited = true;
	result = ask(UK_STREAM_READ, sizeof(size), &reply);
	if (result != -EAGAIN)
		terminal.is_awaited = false;
	if (result > 0)
		memcpy(buffer, reply.data, MIN((size_t)result, (size_t)size));
	return result;
}

ssize_t terminal_write(const void *buffer, size_t length)
{
	size_t done = 0;

	while (done < length) {
		size_t part = MIN(length - done, (size_t)PART_MAX);
		struct reply reply;
		s64 written;

		memcpy(content(), (const char *)buffer + done, part);
		written = ask(UK_STREAM_WRITE, part, &reply);
		if (written <= 0)
			return done ? (ssize_t)done : written;
		done += (size_t)written;
	}
	return (ssize_t)done;
}

/* The size of the argument in memory; 0: it is a number. */
static size_t argument_size(unsigned int request)
{
	switch (request) {
	case TCGETS:
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return sizeof(struct termios);
	case TIOCGWINSZ:
	case TIOCSWINSZ:
		return sizeof(struct winsize);
	case FIONREAD:
	case TIOCOUTQ:
		return sizeof(int);
	case TCSBRK:
	case TCXONC:
	case TCFLSH:
		return 0;
	default:
		return sizeof(struct termios2);
	}
}

long terminal_control(unsigned int request, void *argument)
{
	size_t size = argument_size(request);
	struct reply reply;
	s64 result;

	_Static_assert(UK_STREAM_IOCTL_SIZE >= sizeof(struct termios2), "the largest argument");
	memset(content(), 0, sizeof(request) + UK_STREAM_IOCTL_SIZE);
	memcpy(content(), &request, sizeof(request));
	if (size)
		memcpy(content() + sizeof(request), argument, size);
	else
		memcpy(content() + sizeof(request), &argument, sizeof(argument));
	result = ask(UK_STREAM_IOCTL, sizeof(request) + UK_STREAM_IOCTL_SIZE, &reply);
	if (result == 0 && size)
		memcpy(argument, reply.data, size);
	return result;
}

void ukplat_terminal_notify(void)
{
	terminal.notifies = true;
}

void ukplat_stop(void)
{
	struct reply reply;

	if (terminal.in)
		ask(UK_STREAM_STOP, 0, &reply);
}

bool terminal_has_signals(void)
{
	return terminal.signals;
}

u64 ukplat_take_signals(void)
{
	u64 signals = terminal.signals;

	terminal.signals = 0;
	return signals;
}
