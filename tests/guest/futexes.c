/* futex(2): each operation against each kind of waiter, all errors, locks whose owner ends, and
 * condition variables whose waiters are moved to a lock; the same on Linux. */
#define _GNU_SOURCE
#include "asleep.h"
#include "errno_text.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* linux/futex.h, which musl's compiler does not find */
enum {
	FUTEX_WAIT,
	FUTEX_WAKE,
	FUTEX_REQUEUE = 3,
	FUTEX_CMP_REQUEUE,
	FUTEX_WAKE_OP,
	FUTEX_LOCK_PI,
	FUTEX_UNLOCK_PI,
	FUTEX_TRYLOCK_PI,
	FUTEX_WAIT_BITSET,
	FUTEX_WAKE_BITSET,
	FUTEX_WAIT_REQUEUE_PI,
	FUTEX_CMP_REQUEUE_PI,
	FUTEX_LOCK_PI2,
};
#define FUTEX_PRIVATE_FLAG   128
#define FUTEX_CLOCK_REALTIME 256
#define FUTEX_WAITERS	     0x80000000u
#define FUTEX_OWNER_DIED     0x40000000u
#define FUTEX_TID_MASK	     0x3fffffffu
/* adds 0, compares with 0 */
#define ADD_NOTHING	     (1u << 28)

struct robust_list {
	struct robust_list *next;
};
struct robust_list_head {
	struct robust_list list;
	long futex_offset;
	struct robust_list *list_op_pending;
};

#define PRIVATE FUTEX_PRIVATE_FLAG
#define NOTHING ((void *)16)

typedef volatile uint32_t word;

static word *words; /* the memory of the words, private or shared */
static volatile int waiter_tid, waiter_ended;
static long waiter_result;
static int waiter_error;

static long futex(word *address, int operation, uint32_t value, const void *timeout, word *other,
		  uint32_t value3)
{
	return syscall(SYS_futex, address, operation, value, timeout, other, value3);
}

static void result(const char *what, long value)
{
	printf("%s: %ld %s\n", what, value, value < 0 ? errno_text() : "");
}

static void *number(unsigned long value)
{
	return (void *)value;
}

/* Hides what differs between runs: the threads' numbers. */
static void show(const char *what, word *of, int first, int second)
{
	uint32_t value = *of, tid = value & FUTEX_TID_MASK;

	printf("%s:%s%s %s\n", what, value & FUTEX_WAITERS ? " waiters" : "",
	       value & FUTEX_OWNER_DIED ? " died" : "",
	       !tid			 ? "free"
	       : tid == (uint32_t)first	 ? "first"
	       : tid == (uint32_t)second ? "second"
					 : "other");
}

enum kind { PLAIN, BITSET, LOCK, REQUEUED, KINDS };
static const char *const kind_names[] = {"plain", "bitset", "lock", "requeue to lock"};
static int waiter_flag;

static void *waiter(void *argument)
{
	enum kind kind = (enum kind)(intptr_t)argument;

	waiter_tid = own_tid();
	switch (kind) {
	case PLAIN:
		waiter_result = futex(&words[0], FUTEX_WAIT | waiter_flag, words[0], NULL, NULL, 0);
		break;
	case BITSET:
		waiter_result =
			futex(&words[0], FUTEX_WAIT_BITSET | waiter_flag, words[0], NULL, NULL, 4);
		break;
	case LOCK:
		waiter_result = futex(&words[0], FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0);
		break;
	default:
		waiter_result = futex(&words[0], FUTEX_WAIT_REQUEUE_PI | waiter_flag, words[0],
				      NULL, &words[1], 0);
		break;
	}
	waiter_error = waiter_result < 0 ? errno : 0;
	/* It may own either of them. */
	for (int i = 0; i < 2; i++)
		futex(&words[i], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0);
	waiter_ended = 1;
	return NULL;
}

/* Does everything that makes a waiter go on. */
static void release(pthread_t thread)
{
	/* Only what a waiter returned in the operation itself is the test's business. */
	while (!waiter_ended) {
		/* An unlock by the other key has freed the word only. */
		if (!words[0])
			words[0] = (uint32_t)own_tid() | FUTEX_WAITERS;
		for (int i = 0; i < 2; i++) {
			futex(&words[i], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0);
			futex(&words[i], FUTEX_WAKE | waiter_flag, 100, NULL, NULL, 0);
			futex(&words[i], FUTEX_WAKE, 100, NULL, NULL, 0);
		}
		futex(&words[0], FUTEX_CMP_REQUEUE_PI | waiter_flag, 1, number(100), &words[1],
		      words[0]);
		usleep(1000);
	}
	pthread_join(thread, NULL);
}

static const struct operation {
	const char *name;
	int number;
	uint32_t value;
	unsigned long second;
	uint32_t third;
} operations[] = {
	{"wake", FUTEX_WAKE, 1, 0, 0},
	{"wake none", FUTEX_WAKE, 0, 0, 0},
	{"wake bits", FUTEX_WAKE_BITSET, 1, 0, 4},
	{"wake other bits", FUTEX_WAKE_BITSET, 1, 0, 8},
	{"wake no bits", FUTEX_WAKE_BITSET, 1, 0, 0},
	{"wake op", FUTEX_WAKE_OP, 1, 1, ADD_NOTHING},
	{"requeue", FUTEX_REQUEUE, 0, 1, 0},
	{"requeue one of one", FUTEX_REQUEUE, 1, 1, 0},
	{"requeue none", FUTEX_REQUEUE, 0, 0, 0},
	{"requeue fewer than none", FUTEX_REQUEUE, 0, (unsigned long)-1, 0},
	{"compare, requeue", FUTEX_CMP_REQUEUE, 0, 1, 0},
	{"compare in vain", FUTEX_CMP_REQUEUE, 0, 1, 12345},
	{"requeue to lock", FUTEX_CMP_REQUEUE_PI, 1, 1, 0},
	{"requeue to lock, two", FUTEX_CMP_REQUEUE_PI, 2, 1, 0},
	{"requeue to lock in vain", FUTEX_CMP_REQUEUE_PI, 1, 1, 12345},
	{"unlock", FUTEX_UNLOCK_PI, 0, 0, 0},
	{"try", FUTEX_TRYLOCK_PI, 0, 0, 0},
};
#define OPERATIONS (sizeof(operations) / sizeof(*operations))

/* The third value of most comparisons is the word's. */
static long apply(const struct operation *operation, int flag)
{
	uint32_t third = operation->third;

	if (!third &&
	    (operation->number == FUTEX_CMP_REQUEUE || operation->number == FUTEX_CMP_REQUEUE_PI))
		third = words[0];
	return futex(&words[0], operation->number | flag, operation->value,
		     number(operation->second), &words[1], third);
}

static void test_against(enum kind kind, const struct operation *operation, int flag)
{
	pthread_t thread;
	char what[128];
	long value;
	int error;

	words[0] = kind == LOCK ? (uint32_t)own_tid() : 0;
	words[1] = 0;
	waiter_tid = waiter_ended = 0;
	pthread_create(&thread, NULL, waiter, (void *)(intptr_t)kind);
	wait_until_asleep(&waiter_tid);
	errno = 0;
	value = apply(operation, flag);
	error = errno;
	snprintf(what, sizeof(what), "%s waiter, %s, %s", kind_names[kind], operation->name,
		 flag == waiter_flag ? "same" : "different");
	errno = error;
	result(what, value);
	release(thread);
}

static void test_matrix(const char *memory)
{
	printf("%s memory, %s\n", memory, waiter_flag ? "private" : "shared");
	for (int kind = PLAIN; kind < KINDS; kind++) {
		for (unsigned int i = 0; i < OPERATIONS; i++) {
			test_against((enum kind)kind, &operations[i], waiter_flag);
			test_against((enum kind)kind, &operations[i], waiter_flag ^ PRIVATE);
		}
	}
}

/* A time, or the number in its place. */
static const void *second(int operation, const struct timespec *time)
{
	return operation >= FUTEX_REQUEUE && operation <= FUTEX_WAKE_OP ? number(1)
	       : operation == FUTEX_CMP_REQUEUE_PI			? number(1)
									: time;
}

static void test_errors(void)
{
	const struct timespec bad = {0, 1000000000}, past = {0, 0}, soon = {0, 1000000};
	word *odd = (word *)((char *)words + 1);

	words[0] = words[1] = 0;
	for (int operation = 0; operation < 16; operation++) {
		char what[64];

		for (int flags = 0; flags < 4; flags++) {
			int all = operation | (flags & 1 ? PRIVATE : 0) |
				  (flags & 2 ? FUTEX_CLOCK_REALTIME : 0);

			/* No operation waits: the value differs, or the lock is free. */
			words[0] = words[1] = 0;
			snprintf(what, sizeof(what), "operation %d, flags %d", operation, flags);
			result(what,
			       futex(&words[0], all, 1, second(operation, &past), &words[1], 1));
			snprintf(what, sizeof(what), "operation %d, flags %d, bad time", operation,
				 flags);
			words[0] = words[1] = 0;
			result(what,
			       futex(&words[0], all, 1, second(operation, &bad), &words[1], 0));
		}
		words[0] = words[1] = 0;
		snprintf(what, sizeof(what), "operation %d, odd address", operation);
		result(what, futex(odd, operation, 1, second(operation, &past), &words[1], 1));
		snprintf(what, sizeof(what), "operation %d, no memory", operation);
		result(what, futex(NOTHING, operation, 1, second(operation, &past), &words[1], 1));
		words[0] = words[1] = 0;
		snprintf(what, sizeof(what), "operation %d, no private memory", operation);
		result(what, futex(NOTHING, operation | PRIVATE, 1, second(operation, &past),
				   &words[1], 1));
		words[0] = words[1] = 0;
		snprintf(what, sizeof(what), "operation %d, no second memory", operation);
		if (operation != FUTEX_WAIT_REQUEUE_PI)
			result(what,
			       futex(&words[0], operation | PRIVATE, 1, number(1), NOTHING, 0));
	}
	words[0] = words[1] = 0;
	result("timeout", futex(&words[0], FUTEX_WAIT, 0, &soon, NULL, 0));
	result("no bits", futex(&words[0], FUTEX_WAIT_BITSET, 0, &past, NULL, 0));
	result("past", futex(&words[0], FUTEX_WAIT_BITSET, 0, &past, NULL, 1));
	result("past, for a lock", futex(&words[0], FUTEX_WAIT_REQUEUE_PI, 0, &past, &words[1], 1));
	result("the same word", futex(&words[0], FUTEX_WAIT_REQUEUE_PI, 0, &past, &words[0], 1));
	result("to the same word",
	       futex(&words[0], FUTEX_CMP_REQUEUE_PI, 1, number(1), &words[0], 0));
	result("wake op without comparison",
	       futex(&words[0], FUTEX_WAKE_OP, 1, number(1), &words[1], 15u << 24));
	result("wake op without operation",
	       futex(&words[0], FUTEX_WAKE_OP, 1, number(1), &words[1], 7u << 28));
	for (uint32_t operation = 0; operation < 10; operation++) {
		words[1] = 6;
		result("operation on a word", futex(&words[0], FUTEX_WAKE_OP, 1, number(1),
						    &words[1], operation << 28 | 3u << 12));
		printf("word %#x\n", words[1]);
	}
}

static word seen; /* what a thread saw, printed by the other one */

static void *lock_and_unlock(void *unused)
{
	waiter_tid = own_tid();
	futex(&words[0], FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0);
	seen = words[0];
	waiter_result = futex(&words[0], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0);
	return unused;
}

static void test_lock(void)
{
	const struct timespec past = {0, 0};
	pthread_t thread;
	int self = own_tid();

	words[0] = 0;
	result("lock", futex(&words[0], FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	show("locked", &words[0], self, 0);
	result("again", futex(&words[0], FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	result("try again", futex(&words[0], FUTEX_TRYLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	waiter_tid = 0;
	pthread_create(&thread, NULL, lock_and_unlock, NULL);
	wait_until_asleep(&waiter_tid);
	show("contended", &words[0], self, waiter_tid);
	/* The word is not what the kernel knows. */
	words[0] = (uint32_t)waiter_tid | FUTEX_WAITERS;
	result("unlock another's",
	       futex(&words[0], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	result("contradiction", futex(&words[0], FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	words[0] = FUTEX_WAITERS;
	result("free contradiction",
	       futex(&words[0], FUTEX_TRYLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	words[0] = (uint32_t)self | FUTEX_WAITERS;
	result("unlock", futex(&words[0], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	pthread_join(thread, NULL);
	show("waiter", &seen, self, waiter_tid);
	result("waiter unlocks", waiter_result);
	result("not locked", futex(&words[0], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	words[0] = FUTEX_TID_MASK;
	result("no owner", futex(&words[0], FUTEX_LOCK_PI | waiter_flag, 0, &past, NULL, 0));
	show("no owner", &words[0], self, 0);
	words[0] = FUTEX_TID_MASK;
	result("no owner, try", futex(&words[0], FUTEX_TRYLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	words[0] = FUTEX_OWNER_DIED;
	result("died", futex(&words[0], FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	show("died", &words[0], self, 0);
	words[0] = 0;
}

static void *hold_and_wait(void *unused)
{
	const struct timespec never = {INT32_MAX, 0};

	waiter_tid = own_tid();
	futex(&words[1], FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0);
	waiter_result = futex(&words[0], FUTEX_LOCK_PI2 | waiter_flag, 0, &never, NULL, 0);
	futex(&words[0], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0);
	futex(&words[1], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0);
	return unused;
}

static void *try_held(void *unused)
{
	const struct timespec past = {0, 0};

	result("held", futex(&words[0], FUTEX_TRYLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	show("tried", &words[0], waiter_tid, 0);
	result("held until then", futex(&words[0], FUTEX_LOCK_PI | waiter_flag, 0, &past, NULL, 0));
	return unused;
}

static void test_deadlock(void)
{
	pthread_t thread;
	int self = own_tid();

	words[0] = (uint32_t)self;
	words[1] = 0;
	waiter_tid = self;
	pthread_create(&thread, NULL, try_held, NULL);
	pthread_join(thread, NULL);
	waiter_tid = 0;
	pthread_create(&thread, NULL, hold_and_wait, NULL);
	wait_until_asleep(&waiter_tid);
	result("circle", futex(&words[1], FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	result("unlock", futex(&words[0], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	pthread_join(thread, NULL);
	result("second waits", waiter_result);
	show("first", &words[0], self, waiter_tid);
	show("second", &words[1], self, waiter_tid);
}

struct robust {
	struct robust_list list;
	word value;
};
static struct robust locks[3];
static struct robust_list_head head;
static volatile int owner_tid, go_on;
static int own_word, in_list, writes_itself;

/* Ends while another thread waits for its lock. */
static void *die(void *unused)
{
	word *value = own_word ? &words[0] : &locks[0].value;

	owner_tid = own_tid();
	futex(value, FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0);
	if (in_list) {
		head.list.next = (void *)((uintptr_t)&locks[0].list | 1);
		locks[0].list.next = &head.list;
		head.futex_offset = offsetof(struct robust, value);
		syscall(SYS_set_robust_list, &head, sizeof(head));
	}
	while (!go_on)
		usleep(1000);
	if (writes_itself)
		*value = FUTEX_OWNER_DIED;
	/* Without the C library, which would handle its own list. */
	syscall(SYS_exit, 0);
	return unused;
}

static void *survive(void *unused)
{
	word *value = own_word ? &words[0] : &locks[0].value;

	waiter_tid = own_tid();
	result("the survivor", futex(value, FUTEX_LOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	show("the survivor's", value, 0, waiter_tid);
	result("unlocks", futex(value, FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	show("afterwards", value, 0, waiter_tid);
	return unused;
}

static void test_death(void)
{
	pthread_t owner, other;

	for (int way = 0; way < 8; way++) {
		own_word = way & 1;
		in_list = way >> 1 & 1;
		writes_itself = way >> 2 & 1;
		words[0] = locks[0].value = 0;
		owner_tid = waiter_tid = go_on = 0;
		printf("death %d\n", way);
		pthread_create(&owner, NULL, die, NULL);
		wait_until_asleep(&owner_tid);
		pthread_create(&other, NULL, survive, NULL);
		wait_until_asleep(&waiter_tid);
		go_on = 1;
		pthread_join(other, NULL);
		/* Not by pthread_join(), for which the C library would have to end the thread. */
		while (syscall(SYS_tgkill, getpid(), owner_tid, 0) == 0)
			usleep(1000);
	}
}

#define WAITERS 5
static volatile int tids[WAITERS];
static volatile unsigned int passed;

static void *wait_on_condition(void *argument)
{
	int index = (int)(intptr_t)argument;

	tids[index] = own_tid();
	if (futex(&words[0], FUTEX_WAIT_REQUEUE_PI | waiter_flag, 0, NULL, &words[1], -1u) == 0 &&
	    (words[1] & FUTEX_TID_MASK) == (uint32_t)tids[index])
		__atomic_fetch_add(&passed, 1, __ATOMIC_SEQ_CST);
	futex(&words[1], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0);
	return NULL;
}

/* held: the caller has the lock meanwhile. */
static void test_condition(int held)
{
	pthread_t threads[WAITERS];

	words[0] = words[1] = passed = 0;
	for (int i = 0; i < WAITERS; i++) {
		tids[i] = 0;
		pthread_create(&threads[i], NULL, wait_on_condition, (void *)(intptr_t)i);
		wait_until_asleep(&tids[i]);
	}
	if (held)
		words[1] = (uint32_t)own_tid();
	result("other lock",
	       futex(&words[0], FUTEX_CMP_REQUEUE_PI | waiter_flag, 1, number(1), &words[2], 0));
	result("one",
	       futex(&words[0], FUTEX_CMP_REQUEUE_PI | waiter_flag, 1, number(0), &words[1], 0));
	if (held) {
		printf("waits: %d\n", (words[1] & FUTEX_WAITERS) != 0);
		result("two more", futex(&words[0], FUTEX_CMP_REQUEUE_PI | waiter_flag, 1,
					 number(1), &words[1], 0));
		result("the rest", futex(&words[0], FUTEX_CMP_REQUEUE_PI | waiter_flag, 1,
					 number(100), &words[1], 0));
		result("nobody", futex(&words[0], FUTEX_CMP_REQUEUE_PI | waiter_flag, 1,
				       number(100), &words[1], 0));
		result("unlock", futex(&words[1], FUTEX_UNLOCK_PI | waiter_flag, 0, NULL, NULL, 0));
	} else {
		/* Until all have passed. */
		while (passed < WAITERS) {
			futex(&words[0], FUTEX_CMP_REQUEUE_PI | waiter_flag, 1, number(100),
			      &words[1], 0);
			usleep(1000);
		}
	}
	for (int i = 0; i < WAITERS; i++)
		pthread_join(threads[i], NULL);
	printf("passed: %u\n", passed);
}

static void nothing(int signal)
{
	(void)signal;
}

/* A signal without SA_RESTART: the waits for locks go on, the other ones end. */
static void test_signals(void)
{
	const struct sigaction action = {.sa_handler = nothing};
	pthread_t thread;

	sigaction(SIGUSR1, &action, NULL);
	for (int kind = PLAIN; kind < KINDS; kind++) {
		words[0] = kind == LOCK ? (uint32_t)own_tid() : 0;
		words[1] = 0;
		waiter_tid = waiter_ended = 0;
		pthread_create(&thread, NULL, waiter, (void *)(intptr_t)kind);
		wait_until_asleep(&waiter_tid);
		pthread_kill(thread, SIGUSR1);
		if (kind == PLAIN || kind == BITSET) {
			pthread_join(thread, NULL);
		} else {
			usleep(20000);
			wait_until_asleep(&waiter_tid);
			release(thread);
		}
		printf("signal, %s: %ld %s\n", kind_names[kind], waiter_result,
		       waiter_error ? strerror(waiter_error) : "");
	}
}

static void test_all(const char *memory)
{
	test_matrix(memory);
	test_lock();
	test_deadlock();
	test_death();
	test_condition(0);
	test_condition(1);
	test_signals();
}

int main(void)
{
	static word private_words[4];

	setvbuf(stdout, NULL, _IONBF, 0);
	words = private_words;
	test_errors();
	waiter_flag = PRIVATE;
	test_all("private");
	waiter_flag = 0;
	test_all("private");
	words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	test_all("shared");
	waiter_flag = PRIVATE;
	test_matrix("shared");
	return 0;
}
