/* Sessions, controlling terminals and foreground groups: credentials(7), setsid(2), ioctl_tty(2),
 * signal(7). Each part runs in a session of its own, at the slave of a pair. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>

#include "terminal_pair.h"

pid_t tcgetsid(int descriptor); /* <termios.h> does not go with struct termios2 */
pid_t tcgetpgrp(int descriptor);
int tcflush(int descriptor, int which);

static int results[2]; /* a pipe: children report in order */

static void note(int signal)
{
	dprintf(1, "signal %d\n", signal);
}

static void handle(int signal)
{
	struct sigaction action = {.sa_handler = note};

	sigaction(signal, &action, NULL);
}

static void show_end(const char *what, pid_t pid, int flags)
{
	int status = 0;
	pid_t ended = waitpid(pid, &status, flags);

	printf("%s: %s ", what, ended == pid ? "ended" : "other");
	if (WIFEXITED(status))
		printf("exited %d\n", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else if (WIFSTOPPED(status))
		printf("stopped %d\n", WSTOPSIG(status));
	else if (WIFCONTINUED(status))
		printf("continued\n");
}

/* Runs a function in a new session, with the slave as its terminal if it is to control. */
static pid_t begin_session(void (*run)(void), int controls)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	if (controls && ioctl(slave, TIOCSCTTY, 0))
		printf("no terminal: %s\n", strerror(errno));
	run();
	_exit(0);
}

/* A child in a group of its own; returns when it is in it. */
static pid_t begin_job(void (*run)(void), int in_foreground)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		run();
		_exit(0);
	}
	setpgid(pid, pid);
	if (in_foreground) {
		signal(SIGTTOU, SIG_IGN);
		if (tcsetpgrp(slave, pid))
			printf("no foreground: %s\n", strerror(errno));
		signal(SIGTTOU, SIG_DFL);
	}
	return pid;
}

static void wait_for_news(void)
{
	char byte;

	if (read(results[0], &byte, 1) != 1)
		printf("no news\n");
}

static void tell(void)
{
	if (write(results[1], "x", 1) != 1)
		printf("nobody is told\n");
}

static void show_terminal(const char *what)
{
	int other = open("/dev/tty", O_RDWR);

	printf("%s: tty %d, group %d, session %d\n", what, other >= 0 ? 0 : errno,
	       tcgetpgrp(slave) == getpgrp(), tcgetsid(slave) == getsid(0));
	close(other);
}

static void acquire(void)
{
	int other;

	signal(SIGHUP, SIG_IGN);
	show_terminal("none");
	show("group", tcgetpgrp(slave));
	other = open(name, O_RDWR | O_NOCTTY);
	show_terminal("not by O_NOCTTY");
	close(other);
	other = open(name, O_WRONLY);
	show_terminal("not by O_WRONLY");
	close(other);
	other = open(name, O_RDWR);
	show_terminal("by open");
	close(other);
	show("again", ioctl(slave, TIOCSCTTY, 0));
	show("give up", ioctl(slave, TIOCNOTTY));
	show_terminal("given up");
	show("give up again", ioctl(slave, TIOCNOTTY));
	show("take", ioctl(slave, TIOCSCTTY, 0));
	show_terminal("taken");
	if (fork() == 0) {
		show_terminal("inherited");
		show("give up", ioctl(slave, TIOCNOTTY));
		show_terminal("child without");
		show("take", ioctl(slave, TIOCSCTTY, 0));
		_exit(0);
	}
	wait(NULL);
	show_terminal("parent");
	if (fork() == 0) {
		setsid();
		show_terminal("another session");
		show("take", ioctl(slave, TIOCSCTTY, 0));
		other = open(name, O_RDWR);
		show_terminal("not by open");
		show("steal", ioctl(slave, TIOCSCTTY, 1));
		show_terminal("stolen");
		_exit(0);
	}
	wait(NULL);
	show_terminal("lost");
	show("leader", setsid());
}

static void groups(void)
{
	pid_t group = 123456, job;

	show("no such group", ioctl(slave, TIOCSPGRP, &group));
	group = -2;
	show("negative", ioctl(slave, TIOCSPGRP, &group));
	group = getppid();
	show("another session", ioctl(slave, TIOCSPGRP, &group));
	show("bad pointer", ioctl(slave, TIOCSPGRP, 1));
	show("master", ioctl(master, TIOCSPGRP, &group));
	show("master", ioctl(master, TIOCGPGRP, &group));
	printf("%d\n", group == getpid());
	show("master", ioctl(master, TIOCGSID, &group));
	printf("%d\n", group == getpid());
	job = begin_job(tell, 1);
	wait_for_news();
	printf("foreground %d\n", tcgetpgrp(slave) == job);
	show_end("job", job, 0);
	show("its group is gone", tcgetpgrp(slave) == job);
	signal(SIGTTOU, SIG_IGN);
	show("back", tcsetpgrp(slave, getpid()));
}

static void pause_in_job(void)
{
	tell();
	pause();
}

static void keys(void)
{
	static const char *const typed[] = {"\003", "\034", "\032"};

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	for (int i = 0; i < 3; i++) {
		pid_t job;

		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		job = begin_job(pause_in_job, 1);
		wait_for_news();
		type(typed[i]);
		show_end("job", job, WUNTRACED);
		kill(-job, SIGKILL);
		waitpid(job, NULL, 0);
	}
	printf("the leader is not in that group\n");
}

static void read_in_job(void)
{
	char bytes[10];
	ssize_t count;

	tell();
	count = read(slave, bytes, sizeof(bytes));
	printf("job read %zd %s\n", count, count < 0 ? strerror(errno) : "");
}

static void read_with_handler(void)
{
	handle(SIGTTIN);
	read_in_job();
}

static void read_ignoring(void)
{
	signal(SIGTTIN, SIG_IGN);
	read_in_job();
}

static void write_in_job(void)
{
	ssize_t count;

	tell();
	count = write(slave, "job\n", 4);
	printf("job wrote %zd %s\n", count, count < 0 ? strerror(errno) : "");
}

static void write_ignoring(void)
{
	signal(SIGTTOU, SIG_IGN);
	write_in_job();
}

static void change_in_job(void)
{
	struct termios2 mode = mode_of(slave);

	tell();
	show("job sets the mode", ioctl(slave, TCSETS2, &mode));
}

static void flush_in_job(void)
{
	tell();
	show("job flushes", ioctl(slave, TCFLSH, TCIFLUSH));
}

static void foreground_in_job(void)
{
	pid_t group = getpgrp();

	tell();
	show("job takes the foreground", ioctl(slave, TIOCSPGRP, &group));
}

/* A job in the background stops, is brought to the foreground and continues. */
static void stop_and_continue(const char *what, void (*run)(void))
{
	pid_t job;

	printf("%s\n", what);
	job = begin_job(run, 0);
	wait_for_news();
	show_end("background", job, WUNTRACED);
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(slave, job);
	kill(-job, SIGCONT);
	type("typed\n");
	show_end("foreground", job, WUNTRACED);
	tcsetpgrp(slave, getpid());
	signal(SIGTTOU, SIG_DFL);
	tcflush(slave, TCIOFLUSH);
}

static void run_in_background(const char *what, void (*run)(void))
{
	pid_t job;

	printf("%s\n", what);
	job = begin_job(run, 0);
	wait_for_news();
	show_end("background", job, WUNTRACED);
	kill(-job, SIGKILL);
	waitpid(job, NULL, WNOHANG);
}

static void background(void)
{
	struct termios2 mode = mode_of(slave);
	pid_t job;

	stop_and_continue("read", read_in_job);
	run_in_background("read, ignoring", read_ignoring);
	run_in_background("write", write_in_job);
	mode.c_lflag |= TOSTOP;
	ioctl(slave, TCSETS2, &mode);
	stop_and_continue("write with TOSTOP", write_in_job);
	run_in_background("write with TOSTOP, ignoring", write_ignoring);
	stop_and_continue("mode", change_in_job);
	stop_and_continue("flush", flush_in_job);
	stop_and_continue("foreground", foreground_in_job);
	/* With a handler the read is restarted, or fails, again and again. */
	job = begin_job(read_with_handler, 0);
	wait_for_news();
	show_end("handler", job, WUNTRACED);
	kill(-job, SIGKILL);
	waitpid(job, NULL, WNOHANG);
}

static void orphan(void)
{
	setpgid(0, 0);
	while (getppid() != 1)
		usleep(1000);
	read_in_job();
	write_in_job();
	change_in_job();
	tell();
}

/* The parent of a group in the background has ended: nobody could continue it. */
static void orphans(void)
{
	struct termios2 mode = mode_of(slave);
	pid_t child;

	mode.c_lflag |= TOSTOP;
	ioctl(slave, TCSETS2, &mode);
	child = fork();
	if (child == 0) {
		if (fork() == 0) {
			orphan();
			_exit(0);
		}
		_exit(0);
	}
	waitpid(child, NULL, 0);
	for (int i = 0; i < 4; i++)
		wait_for_news();
}

static void stopped_member(void)
{
	setpgid(0, 0);
	handle(SIGHUP);
	handle(SIGCONT);
	tell();
	raise(SIGSTOP);
	tell();
}

/* A stopped group that becomes orphaned gets SIGHUP and SIGCONT. */
static void orphaned_while_stopped(void)
{
	pid_t child = fork();

	if (child == 0) {
		pid_t member = fork();

		if (member == 0) {
			stopped_member();
			_exit(0);
		}
		wait_for_news();
		waitpid(member, NULL, WUNTRACED);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	wait_for_news();
}

static void block_hang_up(sigset_t *before)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGHUP);
	sigaddset(&blocked, SIGCONT);
	sigprocmask(SIG_BLOCK, &blocked, before);
	handle(SIGHUP);
	handle(SIGCONT);
}

static void wait_for_hang_up(void)
{
	sigset_t open;

	block_hang_up(&open);
	tell();
	sigsuspend(&open);
	show_terminal("after the hang-up");
	tell();
}

static void leader_of_foreground(void)
{
	begin_job(wait_for_hang_up, 1);
	wait_for_news();
}

/* The master is closed: the leader gets both signals. */
static void leader_hung_up(void)
{
	sigset_t open;

	block_hang_up(&open);
	close(master);
	tell();
	sigsuspend(&open);
	sigprocmask(SIG_SETMASK, &open, NULL);
	show_terminal("hung up");
	show("write", write(slave, "x", 1));
	get("read", slave, 1);
}

static void sizes(void)
{
	struct winsize size = {.ws_row = 5, .ws_col = 6};

	handle(SIGWINCH);
	show("size", ioctl(master, TIOCSWINSZ, &size));
	show("the same", ioctl(master, TIOCSWINSZ, &size));
	size.ws_row++;
	show("size", ioctl(slave, TIOCSWINSZ, &size));
	handle(SIGINT);
	handle(SIGTSTP);
	show("signal", ioctl(master, TIOCSIG, SIGINT));
	show("signal", ioctl(master, TIOCSIG, SIGTSTP));
	type("\003");
	usleep(300000);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
		int controls;
		int awaits; /* news after the leader has ended */
	} parts[] = {{"acquire", acquire, 0, 0},
		     {"groups", groups, 1, 0},
		     {"keys", keys, 1, 0},
		     {"background", background, 1, 0},
		     {"orphans", orphans, 1, 0},
		     {"orphaned", orphaned_while_stopped, 1, 0},
		     {"foreground", leader_of_foreground, 1, 1},
		     {"hung-up", leader_hung_up, 1, 0},
		     {"sizes", sizes, 1, 0}};

	setvbuf(stdout, NULL, _IONBF, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		siginfo_t information;
		pid_t pid;

		if (argc > 1 && strcmp(argv[1], parts[i].name) != 0)
			continue;
		printf("%s\n", parts[i].name);
		open_pair(0);
		if (pipe(results))
			return 1;
		pid = begin_session(parts[i].run, parts[i].controls);
		if (strcmp(parts[i].name, "hung-up") == 0)
			close(master);
		waitid(P_PID, (id_t)pid, &information, WEXITED | WNOWAIT);
		for (int j = 0; j < parts[i].awaits; j++)
			wait_for_news();
		show_end("leader", pid, 0);
		close_pair();
		close(results[0]);
		close(results[1]);
	}
	return 0;
}
