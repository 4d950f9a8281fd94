/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The contract between the library OS and a platform. Nothing above this header knows which
 * platform it runs on. (Spaces and their pages are in uk/space.h.)
 */
#ifndef UK_PLAT_H
#define UK_PLAT_H

#include <uk/bits/contract.h> /* UK_STATUS_*, UK_SHARES_MAX */
#include <uk/clock_page.h>
#include <uk/essentials.h>
#include <uk/page.h>

/* What the platform knows when it calls uk_boot_main(). */
struct uk_boot_info {
	const char *command_line; /* NUL-terminated, may be "" */
	/* may be NULL; page-aligned, the rest of its last page is zero */
	const void *initrd;
	size_t initrd_size; /* bytes */
};
void uk_boot_main(const struct uk_boot_info *info) __noreturn;
/* Copies bytes of the initial ramdisk from its file, whose pages do not become resident by that.
 * Only until the program starts. False: read them in memory. */
bool ukplat_initrd_read(void *buffer, size_t size, size_t offset);

/* The phases from the kernel's entry to the program; the report states how long each took. */
enum ukplat_boot_phase {
	UKPLAT_BOOT_SETUP, /* the platform: memory, processor, clock */
	UKPLAT_BOOT_CONSTRUCTORS,
	UKPLAT_BOOT_ROOT, /* mounts, the initial ramdisk */
	UKPLAT_BOOT_LOAD, /* the program */
	UKPLAT_BOOT_START,
	UKPLAT_BOOT_PHASES,
};
void ukplat_boot_phase_done(enum ukplat_boot_phase phase);

/* The kernel's console: best effort, never blocks for ever, usable from the first instruction. */
void ukplat_console_write(const char *text, size_t length);

/* The program's standard streams: 0 input, 1 output, 2 error; and its controlling terminal. */
#define UKPLAT_TERMINAL 3
#define UKPLAT_STREAMS	4
/* Sets which streams are terminals (bit n for stream n); called once, before any other function of
 * streams. Stream UKPLAT_TERMINAL exists if its bit is set. Terminals can be read and written. */
void ukplat_set_terminals(unsigned int streams);
/* Blocks until everything is written. Returns length, or the host's error (-EPIPE, -EIO, -EBADF).
 * buffer is kernel memory. */
ssize_t ukplat_stream_write(unsigned int stream, const void *buffer, size_t length);
/* Does not block: -EAGAIN if there is no input; from then on, input ends ukplat_wait(). 0 at the
 * end, otherwise the host's error. Never takes more from the host than length. */
ssize_t ukplat_stream_read(unsigned int stream, void *buffer, size_t length);
/* Bytes that can be read without blocking; SIZE_MAX at the end of input. May read ahead. */
size_t ukplat_stream_readable(unsigned int stream);
/*
 * ioctl_tty(2) of a stream that is a terminal, as the host's terminal answers it: TCGETS, TCSETS,
 * TCSETSW, TCSETSF and their forms for struct termios2, TIOCGWINSZ, TIOCSWINSZ, FIONREAD, TIOCOUTQ,
 * with argument in kernel memory; TCSBRK, TCXONC, TCFLSH, with a number in its place. -UK_ERESTART:
 * a signal is pending. -ENOSYS: this run has no connection to the terminal.
 */
long ukplat_terminal_ioctl(unsigned int stream, unsigned int request, void *argument);
/* From now on input at stream UKPLAT_TERMINAL counts as a signal of the terminal, SIGIO. */
void ukplat_terminal_notify(void);
/* The signals (uk_signal_bit()) that the terminal, or others by way of the launcher, have sent
 * since the last call. When one arrives, timer_fired of struct uk_cpu is set, as if the timer had
 * fired. */
u64 ukplat_take_signals(void);

/* Stops the run, as a job of the host's shell, and returns when it continues; at once if it cannot
 * be stopped. */
void ukplat_stop(void);

/* Time. Nanoseconds since boot, monotonic; nanoseconds since 1970-01-01T00:00:00Z at boot. */
u64 ukplat_monotonic_ns(void);
u64 ukplat_boot_epoch_ns(void);
/* clock= of the command line: nanoseconds since the epoch at boot; replaces the platform's
 * value. */
void ukplat_set_epoch_ns(u64 epoch);
/* Keeps page up to date with the clock from now on. */
void ukplat_share_clock(struct uk_clock_page *page);
/* The current clock, for callers that convert ticks themselves. */
const struct uk_clock_page *ukplat_clock_page(void);
/* Sleeps until the monotonic clock reaches deadline (UINT64_MAX: no deadline), a host event (input,
 * channel) occurs, or the timer fires; returns at once if it has fired. May return early. */
void ukplat_wait(u64 deadline);
/*
 * The timer: when the monotonic clock reaches deadline (UINT64_MAX: never), sometimes earlier,
 * timer_fired of struct uk_cpu is set, and uk_timer_check() is called before the program continues:
 * at once, if the program was interrupted. Setting the timer clears timer_fired.
 */
void ukplat_set_timer(u64 deadline);

/*
 * The channel to the host. open: returns size bytes of zeroed memory that the host sees too, or
 * NULL if this run has no channel; called once. notify: rings the host's bell with a reason. wait:
 * returns when *word, which the host changes, is no longer value.
 */
void *ukplat_channel_open(size_t size);
void ukplat_channel_notify(u8 reason);
void ukplat_channel_wait(const u32 *word, u32 value);

/*
 * Shared directories: connections to 9P servers of the host (lib/9p), identified by their tags.
 *
 * open: returns the connection's number, to be closed; -ENOENT (no such tag), -EBUSY (it is open),
 * -ENOMEM, -EIO. request: sends a message and waits, regardless of interruptions, for its answer.
 * Returns the answer's bytes, at least 7 and equal to its size field, or -EIO: the server is gone
 * or violates the protocol, and all later requests fail too. All memory is the kernel's, in the
 * direct map.
 */
struct ukplat_9p_message {
	const void *request;
	size_t request_size;
	const void *payload; /* sent after the request */
	size_t payload_size;
	void *reply; /* the first reply_size bytes, at least 7; the rest goes to data */
	size_t reply_size;
	void *data;
	size_t data_size;
};
int ukplat_9p_open(const char *tag);
void ukplat_9p_close(int connection);
ssize_t ukplat_9p_request(int connection, const struct ukplat_9p_message *message);

/* Fills buffer with entropy of the machine. Returns the number of bytes of real entropy (0 if there
 * is no source: the buffer is then filled from clocks). */
size_t ukplat_entropy(void *buffer, size_t length);

/* The thread's %fs and %gs bases (arch_prctl(2)). address is canonical. */
void ukplat_set_fs_base(u64 address);
u64 ukplat_get_fs_base(void);
void ukplat_set_gs_base(u64 address);
u64 ukplat_get_gs_base(void);

/* The guest's registers as the last entry to the kernel left them. */
struct __regs;
struct __regs *ukplat_guest_regs(void);
/* Starts the program: all registers are zero except the two (psABI 3.4.1: %rdx is a function for
 * atexit). */
void ukplat_start_program(uintptr_t entry, uintptr_t stack) __noreturn;

/* Ends the machine. */
struct uk_exit_report {
	int status; /* 0-255, as in a shell */
	int signal; /* 0 or the signal that ended the program */
	u64 peak_kib;
	const struct uk_crash_code *code; /* where a fault ended it (uk/crash.h); NULL: no fault */
};
void ukplat_exit(const struct uk_exit_report *report) __noreturn;

/* Handles a kernel parameter of the platform; false if the parameter is not one. */
bool ukplat_parameter(const char *word);

#endif
