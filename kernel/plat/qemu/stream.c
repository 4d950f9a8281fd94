/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program's standard streams over virtio-serial (VIRTIO 1.2, 5.3) with the MULTIPORT feature:
 * ports 1, 2, 3 are stdin, stdout, stderr, and port 4, if there is one, the host's terminal, for
 * all streams that are terminals, except for the output of the first three. The device is set up on
 * first use. A buffer for input is offered only when the program reads, and not larger than it asks
 * for, so that input that the program does not read stays with the host. Without the device, output
 * goes to the kernel's console and input is at its end.
 */
#include <uk/errno.h>
#include <uk/signal.h>
#include <uk/string.h>

#include "platform.h"
#include "terminal.h"
#include "virtio.h"

#define F_MULTIPORT (1UL << 1)

/* 5.3.2: port n > 0 has queues 2n + 2 (to the driver) and 2n + 3 (to the device). */
#define QUEUE_CONTROL_IN   2
#define QUEUE_CONTROL_OUT  3
#define QUEUE_STDIN	   4
#define QUEUE_STDOUT	   7
#define QUEUE_STDERR	   9
#define QUEUE_TERMINAL_IN  10
#define QUEUE_TERMINAL_OUT 11
#define PORT_STDIN	   1
#define PORT_STDERR	   3
#define PORT_TERMINAL	   4
#define CONFIG_MAX_PORTS   4 /* offset in the device's configuration, 5.3.4 */

/* 5.3.6.2 */
#define EVENT_DEVICE_READY 0
#define EVENT_PORT_READY   3
#define EVENT_PORT_OPEN	   6

struct control {
	u32 port;
	u16 event;
	u16 value;
};

#define CONTROL_BUFFERS	    VIRTQUEUE_SIZE
#define CONTROL_BUFFER_SIZE 32 /* a message and a port's name */
#define INPUT_SIZE	    4096

enum { CONTROL_IN, CONTROL_OUT, STDIN, STDOUT, STDERR, TERMINAL_IN, TERMINAL_OUT, QUEUES };

static struct {
	struct virtio_device device;
	struct virtqueue *queues[QUEUES];
	enum { UNKNOWN, ABSENT, READY } state;
	char (*control)[CONTROL_BUFFER_SIZE];
	char *input;		     /* INPUT_SIZE bytes */
	size_t input_from, input_to; /* the part of it that was not read yet */
	bool input_offered;	     /* the device has the buffer */
	bool input_closed;	     /* the host's end is closed */
	unsigned int terminals;	     /* bit n: stream n is a terminal */
	u32 last_port;
} streams;

static void offer_control(u16 index)
{
	virtqueue_offer(streams.queues[CONTROL_IN], index, streams.control[index],
			CONTROL_BUFFER_SIZE, true);
}

static void send_control(u32 port, u16 event, u16 value)
{
	struct control *message = (struct control *)streams.control[CONTROL_BUFFERS];
	u16 index;
	u32 length;

	*message = (struct control){port, event, value};
	virtqueue_offer(streams.queues[CONTROL_OUT], 0, message, sizeof(*message), false);
	virtqueue_notify(streams.queues[CONTROL_OUT]);
	virtqueue_wait(streams.queues[CONTROL_OUT], &index, &length);
}

/* Of the host's messages only the end of input matters. */
static void take_control(void)
{
	bool taken = false;
	u16 index;
	u32 length;

	while (virtqueue_take(streams.queues[CONTROL_IN], &index, &length)) {
		const struct control *message = (const struct control *)streams.control[index];

		if (length >= sizeof(*message) && message->event == EVENT_PORT_OPEN &&
		    message->port == PORT_STDIN)
			streams.input_closed = message->value == 0;
		if (length >= sizeof(*message) && message->event == EVENT_PORT_OPEN &&
		    message->port == PORT_TERMINAL && message->value == 0)
			terminal_close();
		offer_control(index);
		taken = true;
	}
	if (taken)
		virtqueue_notify(streams.queues[CONTROL_IN]);
}

static int start(void)
{
	static const u16 numbers[QUEUES] = {QUEUE_CONTROL_IN,  QUEUE_CONTROL_OUT, QUEUE_STDIN,
					    QUEUE_STDOUT,      QUEUE_STDERR,	  QUEUE_TERMINAL_IN,
					    QUEUE_TERMINAL_OUT};
	uk_paddr_t pages;
	int error = virtio_find(VIRTIO_ID_CONSOLE, 0, &streams.device);

	if (error)
		return error;
	streams.last_port = PORT_STDERR;
	if (streams.terminals &&
	    *(volatile u32 *)(streams.device.config + CONFIG_MAX_PORTS) > PORT_TERMINAL)
		streams.last_port = PORT_TERMINAL;
	error = virtio_start(&streams.device, F_MULTIPORT, streams.queues, numbers,
			     streams.last_port == PORT_TERMINAL ? QUEUES : TERMINAL_IN);
	if (error)
		return error;
	pages = uk_page_alloc_order(1);
	if (!pages)
		return -ENOMEM;
	streams.input = uk_page_address(pages);
	streams.control = (void *)(streams.input + INPUT_SIZE);
	for (u16 i = 0; i < CONTROL_BUFFERS; i++)
		offer_control(i);
	virtqueue_notify(streams.queues[CONTROL_IN]);
	send_control(0, EVENT_DEVICE_READY, 1);
	for (u32 port = PORT_STDIN; port <= streams.last_port; port++) {
		send_control(port, EVENT_PORT_READY, 1);
		send_control(port, EVENT_PORT_OPEN, 1);
	}
	virtqueue_interrupts(streams.queues[CONTROL_IN], true);
	virtqueue_interrupts(streams.queues[STDIN], true);
	if (streams.last_port != PORT_TERMINAL)
		return 0;
	return terminal_start(streams.queues[TERMINAL_IN], streams.queues[TERMINAL_OUT]);
}

static bool ready(void)
{
	if (unlikely(streams.state == UNKNOWN))
		streams.state = start() == 0 ? READY : ABSENT;
	return streams.state == READY;
}

/* Whether the stream is the terminal of port 4. */
static bool is_connected(unsigned int stream)
{
	return streams.terminals >> stream & 1 && ready() && streams.last_port == PORT_TERMINAL;
}

ssize_t ukplat_stream_write(unsigned int stream, const void *buffer, size_t length)
{
	struct virtqueue *queue;
	u16 index;
	u32 written;

	if (!ready()) {
		ukplat_console_write(buffer, length);
		return (ssize_t)length;
	}
	if ((stream == 0 || stream == UKPLAT_TERMINAL) && is_connected(stream))
		return terminal_write(buffer, length);
	queue = streams.queues[stream == 1 ? STDOUT : STDERR];
	virtqueue_offer(queue, 0, (void *)(uintptr_t)buffer, length, false);
	virtqueue_notify(queue);
	virtqueue_wait(queue, &index, &written);
	return (ssize_t)length;
}

/* Takes input that has arrived. False if nothing has arrived and the device may still send
 * input. */
static bool input_arrived(void)
{
	u16 index;
	u32 length;

	if (streams.input_from < streams.input_to)
		return true;
	take_control();
	if (streams.input_offered && virtqueue_take(streams.queues[STDIN], &index, &length)) {
		streams.input_offered = false;
		streams.input_from = 0;
		streams.input_to = MIN(length, (u32)INPUT_SIZE);
		if (streams.input_to)
			return true;
	}
	return streams.input_closed;
}

static void offer_input(size_t length)
{
	if (streams.input_offered)
		return;
	streams.input_offered = true;
	virtqueue_offer(streams.queues[STDIN], 0, streams.input, length, true);
	virtqueue_notify(streams.queues[STDIN]);
}

ssize_t ukplat_stream_read(unsigned int stream, void *buffer, size_t length)
{
	size_t part;

	if (!ready() || length == 0)
		return 0;
	if (is_connected(stream))
		return terminal_read(buffer, length);
	if (!input_arrived()) {
		offer_input(MIN(length, (size_t)INPUT_SIZE));
		if (!input_arrived())
			return -EAGAIN;
	}
	part = MIN(length, streams.input_to - streams.input_from);
	memcpy(buffer, streams.input + streams.input_from, part);
	streams.input_from += part;
	return (ssize_t)part;
}

size_t ukplat_stream_readable(unsigned int stream)
{
	if (!ready())
		return SIZE_MAX;
	if (is_connected(stream))
		return terminal_read(NULL, 0) == -EAGAIN ? 0 : 1;
	if (!input_arrived()) {
		offer_input(INPUT_SIZE);
		if (!input_arrived())
			return 0;
	}
	if (streams.input_from < streams.input_to)
		return streams.input_to - streams.input_from;
	return SIZE_MAX;
}

/* With a terminal the device is started now, because signals can arrive at any time. */
void ukplat_set_terminals(unsigned int terminals)
{
	streams.terminals = terminals;
	if (terminals)
		ready();
}

long ukplat_terminal_ioctl(unsigned int stream, unsigned int request, void *argument)
{
	if (!is_connected(stream))
		return -ENOSYS;
	return terminal_control(request, argument);
}
