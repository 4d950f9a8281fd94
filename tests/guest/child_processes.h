/* For programs that create processes: output that children have no copy of, signals that are
 * counted, and what became of a child. */
#define _GNU_SOURCE
#include "errno_text.h"
#include "wait_status.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static volatile int last_code, last_status;

static inline void handler(int signal, siginfo_t *information, void *context)
{
	caught++;
	last_code = information->si_code;
	last_status = information->si_status;
}

static inline void act(int signal, void (*function)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = {.sa_flags = flags | (function ? SA_SIGINFO : 0)};

	if (function)
		action.sa_sigaction = function;
	else
		action.sa_handler = SIG_DFL;
	sigaction(signal, &action, NULL);
}

static inline void ignore(int signal)
{
	struct sigaction action = {.sa_handler = SIG_IGN};

	sigaction(signal, &action, NULL);
}

/* Everything is written at once, so that children have no copies of it. */
#define SAY(...)                                                                                   \
	do {                                                                                       \
		printf(__VA_ARGS__);                                                               \
		fflush(stdout);                                                                    \
	} while (0)

static inline void result(const char *what, long value)
{
	SAY("%s: %ld %s\n", what, value, value < 0 ? errno_text() : "");
}

static inline int end_of(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static inline void end(const char *what, pid_t pid)
{
	SAY("%s: %s\n", what, status_text(end_of(pid)));
}

#define CHILD(what, ...)                                                                           \
	do {                                                                                       \
		pid_t child = fork();                                                              \
                                                                                                   \
		if (child == 0) {                                                                  \
			__VA_ARGS__;                                                               \
			_exit(0);                                                                  \
		}                                                                                  \
		end(what, child);                                                                  \
	} while (0)

static inline void pause_for_ever(void)
{
	for (;;)
		pause();
}
