/* SPDX-License-Identifier: BSD-3-Clause */
/* Controlling terminals, sessions and foreground groups: credentials(7), ioctl_tty(2). */
#include <uk/credentials.h>
#include <uk/init.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/uaccess.h>

#include "tty.h"

#define STEAL 1 /* argument of TIOCSCTTY */

static bool leads_session(const struct uk_process *process)
{
	return process->session == process->pid;
}

/* The session of a group, or, as on Linux, of a process with this number; 0: neither exists. */
static pid_t session_of_group(pid_t group)
{
	const struct uk_process *process = NULL;

	while ((process = uk_process_after(process))) {
		if (process->group == group)
			return process->session;
	}
	process = uk_process_find(group);
	return process ? process->session : 0;
}

struct uk_tty *uk_tty_current(void)
{
	return uk_process_current()->terminal;
}

/* All processes of the session lose their controlling terminal. */
static void clear_session(pid_t session)
{
	struct uk_process *process = NULL;

	while ((process = uk_process_after(process))) {
		if (process->session == session)
			process->terminal = NULL;
	}
}

void uk_tty_forget(struct uk_tty *tty)
{
	struct uk_process *process = NULL;

	while ((process = uk_process_after(process))) {
		if (process->terminal == tty)
			process->terminal = NULL;
	}
}

void uk_tty_set_controlling(struct uk_tty *tty)
{
	struct uk_process *process = uk_process_current();

	tty->session = process->session;
	tty->foreground = process->group;
	process->terminal = tty;
}

void control_take(struct uk_tty *tty, const struct uk_file *file)
{
	const struct uk_process *process = uk_process_current();

	/* Whoever may only write does not get it (Linux, tty_open_proc_set_tty()). */
	if (leads_session(process) && !process->terminal && !tty->session &&
	    file->mode & UK_FILE_READ)
		uk_tty_set_controlling(tty);
}

void control_signal_foreground(const struct uk_tty *tty, int signal)
{
	if (tty->foreground)
		uk_process_signal_group(tty->foreground, signal);
}

int control_check(struct uk_tty *tty, int signal)
{
	const struct uk_process *process = uk_process_current();

	if (process->terminal != tty || !tty->foreground || tty->foreground == process->group)
		return 0;
	if (uk_thread_current()->signal.blocked & uk_signal_bit(signal) ||
	    uk_signal_action_of(process, signal)->handler == SIG_IGN)
		return signal == SIGTTIN ? -EIO : 0;
	if (uk_signal_group_is_orphaned(process->group))
		return -EIO;
	uk_process_signal_group(process->group, signal);
	return -UK_ERESTART;
}

static void signal_process(struct uk_process *process, int signal)
{
	const siginfo_t information = {.si_signo = signal, .si_code = SI_KERNEL};

	if (!process->is_zombie)
		uk_signal_send(uk_signal_to_process(process), &information);
}

/* Files of the terminal are hung up: the leader gets the signals. */
void control_hang_up(struct uk_tty *tty)
{
	struct uk_process *process = NULL;

	while (tty->session && (process = uk_process_after(process))) {
		if (process->session != tty->session)
			continue;
		if (process->terminal == tty)
			process->terminal = NULL;
		if (!leads_session(process))
			continue;
		process->lost_foreground = tty->foreground;
		signal_process(process, SIGHUP);
		signal_process(process, SIGCONT);
	}
	tty->session = tty->foreground = 0;
}

/* A process ends: if it leads a session, nobody has its terminal any more (Linux,
 * disassociate_ctty()). */
static void process_ends(struct uk_process *process)
{
	struct uk_tty *tty = process->terminal;

	if (!leads_session(process))
		return;
	if (tty) {
		pid_t foreground = tty->foreground;

		tty->session = tty->foreground = 0;
		clear_session(process->session);
		if (foreground)
			uk_process_signal_group(foreground, SIGHUP);
	} else if (process->lost_foreground) {
		uk_process_signal_group(process->lost_foreground, SIGHUP);
		uk_process_signal_group(process->lost_foreground, SIGCONT);
	}
}

static int register_ends(void)
{
	uk_process_leaves_terminal = process_ends;
	return 0;
}
UK_INIT(UK_INIT_CLASS_LIB, register_ends);

static long set_controlling(struct uk_tty *tty, const struct uk_file *file, unsigned long argument)
{
	const struct uk_process *process = uk_process_current();

	if (leads_session(process) && tty->session == process->session)
		return 0;
	if (!leads_session(process) || process->terminal)
		return -EPERM;
	if (tty->session) {
		if (argument != STEAL || !uk_capable(CAP_SYS_ADMIN))
			return -EPERM;
		clear_session(tty->session);
	}
	/* As for control_take(). */
	if (!(file->mode & UK_FILE_READ) && !uk_capable(CAP_SYS_ADMIN))
		return -EPERM;
	uk_tty_set_controlling(tty);
	return 0;
}

static long give_up(struct uk_tty *tty)
{
	struct uk_process *process = uk_process_current();
	pid_t foreground = tty->foreground;

	if (process->terminal != tty)
		return -ENOTTY;
	process->terminal = NULL;
	if (!leads_session(process))
		return 0;
	tty->session = tty->foreground = 0;
	clear_session(process->session);
	if (foreground) {
		uk_process_signal_group(foreground, SIGHUP);
		uk_process_signal_group(foreground, SIGCONT);
	}
	return 0;
}

static long set_foreground(struct uk_tty *tty, const void __user *argument)
{
	const struct uk_process *process = uk_process_current();
	int error = control_check(tty, SIGTTOU);
	pid_t group;

	if (error)
		return error == -EIO ? -ENOTTY : error;
	if (process->terminal != tty || tty->session != process->session)
		return -ENOTTY;
	if (copy_from_user(&group, argument, sizeof(group)))
		return -EFAULT;
	if (group < 0)
		return -EINVAL;
	if (!session_of_group(group))
		return -ESRCH;
	if (session_of_group(group) != process->session)
		return -EPERM;
	tty->foreground = group;
	return 0;
}

long control_request(struct uk_tty *tty, struct uk_tty *real, struct uk_file *file,
		     unsigned int request, void __user *argument)
{
	/* Only the master may ask about a session that is not the process's own. */
	bool may_ask = tty != real || uk_process_current()->terminal == real;

	switch (request) {
	case TIOCSCTTY:
		return set_controlling(real, file, (unsigned long)argument);
	case TIOCNOTTY:
		return give_up(tty);
	case TIOCSPGRP:
		return set_foreground(real, argument);
	case TIOCGPGRP:
		if (!may_ask)
			return -ENOTTY;
		return copy_to_user(argument, &real->foreground, sizeof(real->foreground));
	default: /* TIOCGSID */
		if (!may_ask || !real->session)
			return -ENOTTY;
		return copy_to_user(argument, &real->session, sizeof(real->session));
	}
}
