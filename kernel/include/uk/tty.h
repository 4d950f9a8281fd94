/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Terminals: termios(3), tty(4), pty(7). A terminal has a device below it, which takes output and
 * delivers input: the other end of a pair, or the host's terminal. Between the device and the open
 * files is the line discipline, which behaves like Linux's N_TTY (drivers/tty/n_tty.c), byte by
 * byte.
 *
 * Input: the device calls uk_tty_receive(). What the discipline has no room for stays in a queue,
 * from where it is taken when the program reads. Output: the discipline calls the operations.
 */
#ifndef UK_TTY_H
#define UK_TTY_H

#include <uk/file.h>
#include <uk/linux/terminal.h>

struct uk_process;
struct uk_tty;

#define UK_TTY_BUFFER_SIZE 4096u /* Linux's N_TTY_BUF_SIZE */
#define UK_TTY_QUEUE_SIZE  8192u /* pty.c: the limit of a port's buffers */

struct uk_tty_operations {
	/* Takes output. Returns the number of bytes for which there was room. */
	size_t (*write)(struct uk_tty *tty, const u8 *bytes, size_t length);
	/* The number of bytes that `write` has room for. */
	size_t (*room)(struct uk_tty *tty);
	/* Passes on output that was taken. NULL: `write` has done it. */
	void (*push)(struct uk_tty *tty);
	/* Discards output that was taken and not passed on. NULL: nothing to do. */
	void (*flush)(struct uk_tty *tty);
	/* The queue of input has room again. NULL: nothing to do. */
	void (*resume_input)(struct uk_tty *tty);
	/* The mode has changed, or TIOCPKT's events have happened. NULL: nothing to do. */
	void (*mode_changed)(struct uk_tty *tty, const struct termios *old);
	void (*packet_event)(struct uk_tty *tty, u32 clear, u32 set);
	/* TIOCSWINSZ has set another size. */
	void (*resized)(struct uk_tty *tty);
	/* Requests of this kind of terminal. [ENOTTY] */
	long (*ioctl)(struct uk_tty *tty, struct uk_file *file, unsigned int request,
		      void __user *argument);
	/* Opening a file for it; NULL: 0. */
	int (*open)(struct uk_tty *tty);
	/* A file was closed; may free the terminal if it was the last one. NULL: nothing to do. */
	void (*closed)(struct uk_tty *tty);
};

struct uk_tty {
	const struct uk_tty_operations *operations;
	struct uk_tty *link;   /* the other end of a pair, or NULL */
	struct uk_tty *master; /* this end of a pair, if it is the master; or NULL */
	u64 device;	       /* uk_device_number() */
	unsigned int files;
	u32 hang_ups; /* files opened before the last one are dead: their `number` differs */
	struct uk_wait_queue queue;
	struct winsize size;

	/* Controlling terminal: credentials(7); 0: none. */
	pid_t session, foreground;
	bool exclusive;	   /* TIOCEXCL */
	bool locked;	   /* TIOCSPTLCK, of the master */
	bool other_closed; /* the other end has no file */
	bool packet;	   /* TIOCPKT, of the master */
	u32 packet_status; /* of the other end: TIOCPKT_* */

	struct termios mode;
	struct termios mode_locked; /* TIOCSLCKTRMIOS */
	u32 input_speed, output_speed;
	bool stopped; /* by VSTOP or TCOOFF */
	bool held;    /* by TCOOFF: VSTART does not resume it */
	bool reading; /* a thread is in the middle of a read; others wait in `readers` */
	struct uk_wait_queue readers;

	/* The discipline. Positions count bytes; the index is the position modulo the size. */
	bool canonical;	   /* ICANON, when the mode was set */
	bool raw;	   /* bytes need no processing */
	bool next_literal; /* VLNEXT was typed */
	bool erasing;	   /* ECHOPRT: between '\' and '/' */
	bool pushed;	   /* the first line has no end: it was there before ICANON was set */
	u32 head, line_end, committed, tail; /* of `buffer`; line_end: following the last line */
	u32 column, line_column;	     /* of the output; line_column: where input begins */
	u32 echo_head, echo_mark, echo_committed, echo_tail; /* of `echo` */
	u32 queue_head, queue_tail;			     /* of `queued` */
	u32 looked_ahead;      /* bytes of `queued` in which VSTART and VSTOP were obeyed */
	u64 special[256 / 64]; /* bytes that need more than to be stored */
	u64 ends[UK_TTY_BUFFER_SIZE / 64]; /* positions of the ends of lines */
	u8 buffer[UK_TTY_BUFFER_SIZE];	   /* input for the program */
	u8 echo[UK_TTY_BUFFER_SIZE];	   /* echoes that were not output yet, see echo.c */
	u8 queued[UK_TTY_QUEUE_SIZE];	   /* input that the discipline has not taken */
};

/* Linux's tty_std_termios, for a line without a modem. */
extern const struct termios uk_tty_standard_mode;

/* Sets up a terminal, whose memory is all 0. */
void uk_tty_init(struct uk_tty *tty, const struct uk_tty_operations *operations, u64 device,
		 const struct termios *mode);
/* Changes the mode as TCSETS does. */
void uk_tty_set_mode(struct uk_tty *tty, const struct termios2 *mode);
/* Sets the size, and sends SIGWINCH to the foreground group if it has changed. */
void uk_tty_set_size(struct uk_tty *tty, const struct winsize *size);

/* Takes input. Returns the number of bytes for which there was room. */
size_t uk_tty_receive(struct uk_tty *tty, const u8 *bytes, size_t length);
/* The number of bytes that uk_tty_receive() has room for. */
size_t uk_tty_receive_room(const struct uk_tty *tty);
/* Discards input that the discipline has not taken. */
void uk_tty_receive_flush(struct uk_tty *tty);
/* The device has room for output again. */
void uk_tty_output_resumes(struct uk_tty *tty);

/* Gives a terminal that is not one of a pair a name in /dev/pts, and a device number. devpts sets
 * it; NULL: there is no devpts. 0; -ENOENT, -ENOSPC, -ENOMEM. */
extern int (*uk_tty_show)(struct uk_tty *tty, char *path, size_t size);

/* Hangs up: files that are open now read the end and cannot be written, the session loses its
 * terminal and its leader gets SIGHUP and SIGCONT. */
void uk_tty_hang_up(struct uk_tty *tty);
/* Before the terminal is freed: no process has it as controlling terminal any more. */
void uk_tty_forget(struct uk_tty *tty);

/* Makes a file one of the terminal's, for `open` of vnodes and devices. As open(2) of a terminal
 * says, it becomes the controlling terminal, unless controls is false. 0, -EBUSY, -EIO. */
int uk_tty_open(struct uk_tty *tty, struct uk_file *file, bool controls);
/* The terminal of a file, or NULL. */
struct uk_tty *uk_tty_of(const struct uk_file *file);
/* The controlling terminal of the current process, or NULL. */
struct uk_tty *uk_tty_current(void);
/* Makes it the controlling terminal of the current process's session. */
void uk_tty_set_controlling(struct uk_tty *tty);

extern const struct uk_file_operations uk_tty_file_operations;

/* A pair; both ends are freed when neither has files. A file of the master is opened by the caller
 * with uk_tty_open(), before anything else happens. NULL: no memory. */
struct uk_tty_pair {
	struct uk_tty master, slave;
	u32 index; /* TIOCGPTN */
	/* TIOCGPTPEER on a file of the master: opens the slave. Returns a descriptor. */
	long (*open_peer)(struct uk_tty_pair *pair, struct uk_file *file, u32 flags);
	/* The last file of the master was closed: removes the slave's name. */
	void (*master_closed)(struct uk_tty_pair *pair);
	/* Frees the index; then the pair is freed. */
	void (*released)(struct uk_tty_pair *pair);
	void *data; /* of whoever has set these functions */
};
struct uk_tty_pair *uk_tty_pair_create(u32 index);

#endif
