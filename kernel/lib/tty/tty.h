/* SPDX-License-Identifier: BSD-3-Clause */
/* Internal to lib/tty. */
#ifndef LIB_TTY_TTY_H
#define LIB_TTY_TTY_H

#include <uk/tty.h>

#define TTY_READABLE (POLLIN | POLLRDNORM)
#define TTY_WRITABLE (POLLOUT | POLLWRNORM)

/* A character of c_cc that is off: its position is never special. */
#define TTY_DISABLED 0

static inline bool tty_input_flag(const struct uk_tty *tty, u32 flag)
{
	return tty->mode.c_iflag & flag;
}
static inline bool tty_output_flag(const struct uk_tty *tty, u32 flag)
{
	return tty->mode.c_oflag & flag;
}
static inline bool tty_local_flag(const struct uk_tty *tty, u32 flag)
{
	return tty->mode.c_lflag & flag;
}
static inline u8 tty_character(const struct uk_tty *tty, unsigned int index)
{
	return tty->mode.c_cc[index];
}

static inline void tty_push(struct uk_tty *tty)
{
	if (tty->operations->push)
		tty->operations->push(tty);
}

/* Sets of 64-bit words. */
static inline bool tty_bit(const u64 *set, u32 bit)
{
	return set[bit / 64] >> bit % 64 & 1;
}
static inline void tty_set_bit(u64 *set, u32 bit)
{
	set[bit / 64] |= 1UL << bit % 64;
}
static inline void tty_clear_bit(u64 *set, u32 bit)
{
	set[bit / 64] &= ~(1UL << bit % 64);
}

static inline u32 tty_index(u32 position)
{
	return position % UK_TTY_BUFFER_SIZE;
}
static inline u8 tty_byte(const struct uk_tty *tty, u32 position)
{
	return tty->buffer[tty_index(position)];
}

/* Lines are read as wholes. */
static inline bool tty_reads_lines(const struct uk_tty *tty)
{
	return tty->canonical && !tty_local_flag(tty, EXTPROC);
}

/* characters.c: Linux's ctype, which is that of Latin-1. */
bool tty_is_control(u8 byte);
bool tty_is_alphanumeric(u8 byte);
u8 tty_to_upper(u8 byte);
u8 tty_to_lower(u8 byte);
/* A further byte of a multi-byte character, in the mode IUTF8. */
bool tty_is_continuation(const struct uk_tty *tty, u8 byte);

/* output.c: OPOST */
/* Outputs a byte. Returns the room that it used, of the room that there is; -1: too little. */
int output_byte(struct uk_tty *tty, u8 byte, size_t room);
/* Outputs bytes, as far as there is room. Returns their number. */
size_t output_bytes(struct uk_tty *tty, const u8 *bytes, size_t length);

/* echo.c: echoes are stored, because there may be no room for output. */
void echo_byte(struct uk_tty *tty, u8 byte);	 /* ECHOCTL: a control character as ^X */
void echo_raw_byte(struct uk_tty *tty, u8 byte); /* as it is */
void echo_back_column(struct uk_tty *tty);	 /* what follows takes no column */
void echo_line_begins(struct uk_tty *tty);	 /* the input begins in this column */
/* Erases a tab: columns is the number of those between the line's beginning, or the previous tab,
 * and the tab. */
void echo_erase_tab(struct uk_tty *tty, u32 columns, bool after_tab);
void echo_end_erasing(struct uk_tty *tty);
void echo_discard(struct uk_tty *tty);
void echo_commit(struct uk_tty *tty);  /* outputs them if there are many */
void echo_process(struct uk_tty *tty); /* outputs the committed ones */
void echo_flush(struct uk_tty *tty);   /* outputs all */

/* edit.c: VERASE, VWERASE, VKILL, VREPRINT */
void edit_erase(struct uk_tty *tty, u8 byte);
void edit_reprint(struct uk_tty *tty, u8 byte);

/* input.c: what the discipline does with bytes that arrive. */
/* Returns the number of bytes that it has taken. */
size_t input_receive(struct uk_tty *tty, const u8 *bytes, size_t length);
/* Obeys VSTART and VSTOP in bytes that it has not taken. */
void input_look_ahead(struct uk_tty *tty, const u8 *bytes, size_t length);
/* Appends a byte to what can be read. */
void input_store(struct uk_tty *tty, u8 byte);
/* Which bytes are special, after the mode has changed. */
void input_choose_special(struct uk_tty *tty);
/* Discards what was typed and not read. */
void input_discard(struct uk_tty *tty);

/* queue.c */
/* Gives the discipline what it has had no room for. */
void queue_drain(struct uk_tty *tty);

/* flow.c */
void flow_stop(struct uk_tty *tty);  /* VSTOP */
void flow_start(struct uk_tty *tty); /* VSTART: no effect while TCOOFF holds it */
long flow_request(struct uk_tty *tty, unsigned long action); /* TCXONC */

/* mode.c */
long mode_request(struct uk_tty *tty, unsigned int request, void __user *argument);

/* read.c and write.c */
bool read_is_ready(const struct uk_tty *tty, bool for_poll);
ssize_t tty_read(struct uk_file *file, void *buffer, size_t length, s64 offset);
u32 read_count(const struct uk_tty *tty); /* FIONREAD */
ssize_t tty_write(struct uk_file *file, const void *buffer, size_t length, s64 offset);

/* ioctl.c */
long tty_ioctl(struct uk_file *file, unsigned int request, void __user *argument);

/* file.c */
bool tty_is_hung_up(const struct uk_file *file);

/* control.c: controlling terminals and job control */
/* Whether the current process may read, write or change it: 0; -EIO; -UK_ERESTART after it has sent
 * the signal, SIGTTIN or SIGTTOU, to the process's group. */
int control_check(struct uk_tty *tty, int signal);
void control_signal_foreground(const struct uk_tty *tty, int signal);
/* For open(2): takes it if the process has none and may have one. */
void control_take(struct uk_tty *tty, const struct uk_file *file);
long control_request(struct uk_tty *tty, struct uk_tty *real, struct uk_file *file,
		     unsigned int request, void __user *argument);
void control_hang_up(struct uk_tty *tty);

#endif
