/* SPDX-License-Identifier: BSD-3-Clause */
/* Controlling terminals, sessions and foreground groups: credentials(7), ioctl_tty(2). */
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/uaccess.h>

#include "tty.h"

#define STEAL 1 /* argument of TIOCSCTTY */

/* Processes do not have groups and sessions yet: each is alone in its own. */
static pid_t group_of(const struct uk_process *process)
{
	return process->pid;
}

static pid_t session_of(const struct uk_process *process)
{
	return process->pid;
}

static bool is_orphaned(pid_t group)
{
	return true;
}

static pid_t session_of_group(pid_t group)
{
	return uk_process_find(group) ? group : 0;
}

static void signal_group(pid_t group, int signal)
{
	const siginfo_t information = {.si_signo = signal, .si_code = SI_KERNEL};
	struct uk_process *process = uk_process_find(group);

	if (process)
		uk_signal_send(uk_signal_to_process(process), &information);
}

static struct uk_process *next_process(const struct uk_process *process)
{
	return uk_process_next(process ? process->pid + 1 : 1);
}

static bool leads_session(const struct uk_process *process)
{
	return session_of(process) == process->pid;
}

struct uk_tty *uk_tty_current(void)
{
	return uk_process_current()->terminal;
}

/* All processes of the session lose their controlling terminal. */
static void clear_session(pid_t session)
{
	struct uk_process *process = NULL;

	while ((process = next_process(process))) {
		if (session_of(process) == session)
			process->terminal = NULL;
	}
}

void uk_tty_forget(struct uk_tty *tty)
{
	struct uk_process *process = NULL;

	while ((process = next_process(process))) {
		if (process->terminal == tty)
			process->terminal = NULL;
	}
}

void uk_tty_set_controlling(struct uk_tty *tty)
{
	struct uk_process *process = uk_process_current();

	tty->session = session_of(process);
	tty->foreground = group_of(process);
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
		signal_group(tty->foreground, signal);
}

int control_check(struct uk_tty *tty, int signal)
{
	const struct uk_process *process = uk_process_current();

	if (process->terminal != tty || !tty->foreground || tty->foreground == group_of(process))
		return 0;
	if (uk_thread_current()->signal.blocked & uk_signal_bit(signal) ||
	    uk_signal_action_of(process, signal)->handler == SIG_IGN)
		return signal == SIGTTIN ? -EIO : 0;
	if (is_orphaned(group_of(process)))
		return -EIO;
	signal_group(group_of(process), signal);
	return -UK_ERESTART;
}

/* Files of the terminal are hung up: the leader gets the signals. */
void control_hang_up(struct uk_tty *tty)
{
	struct uk_process *process = NULL;

	while (tty->session && (process = next_process(process))) {
		if (session_of(process) != tty->session)
			continue;
		if (process->terminal == tty)
			process->terminal = NULL;
		if (!leads_session(process))
			continue;
		signal_group(process->pid, SIGHUP);
		signal_group(process->pid, SIGCONT);
	}
	tty->session = tty->foreground = 0;
}

static long set_controlling(struct uk_tty *tty, unsigned long argument)
{
	const struct uk_process *process = uk_process_current();

	if (leads_session(process) && tty->session == session_of(process))
		return 0;
	if (!leads_session(process) || process->terminal)
		return -EPERM;
	if (tty->session) {
		if (argument != STEAL)
			return -EPERM;
		clear_session(tty->session);
	}
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
	clear_session(session_of(process));
	if (foreground) {
		signal_group(foreground, SIGHUP);
		signal_group(foreground, SIGCONT);
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
	if (process->terminal != tty || tty->session != session_of(process))
		return -ENOTTY;
	if (copy_from_user(&group, argument, sizeof(group)))
		return -EFAULT;
	if (group < 0)
		return -EINVAL;
	if (!session_of_group(group))
		return -ESRCH;
	if (session_of_group(group) != session_of(process))
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
		return set_controlling(real, (unsigned long)argument);
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
