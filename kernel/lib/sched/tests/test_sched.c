/* SPDX-License-Identifier: BSD-3-Clause */
/* Turns, waits and ends of threads, with a clock that advances only when no thread is ready.
 * Built with: sched/queue.c sched/sched.c sched/wait.c sched/wait_queue.c leave/work.c
 * process/thread.c credentials/credentials.c timer/timer.c
 *     ../plat/common/context.S */
#undef _GNU_SOURCE /* stdio.h would define flags that the kernel's headers define */
#include <string.h>
#include <uk/alloc.h>
#include <uk/leave.h>
#include <uk/thread.h>
#include <uk/wait.h>

#include "check.h"
#include "process.h"

#define STACK_SIZE 65536
#define MS	   1000000UL

CHECK_DEFINE_PANIC

static u64 now, timer = UINT64_MAX;
static unsigned int waits, contexts;

u64 ukplat_monotonic_ns(void)
{
	return now;
}
void ukplat_set_timer(u64 deadline)
{
	uk_cpu.timer_fired = false;
	timer = deadline;
}
void ukplat_wait(u64 deadline)
{
	u64 until = MIN(deadline, timer);

	CHECK(until != UINT64_MAX && !uk_cpu.timer_fired);
	waits++;
	now = MAX(now, until);
	uk_cpu.timer_fired = timer <= now;
}
void *uk_zalloc(size_t size)
{
	return calloc(1, size);
}
void *uk_malloc(size_t size)
{
	return malloc(size);
}
void uk_free(void *memory)
{
	free(memory);
}
void uk_signal_thread_ends(void)
{
}
void uk_futex_thread_ends(void)
{
}
void uk_process_end(void)
{
	abort();
}
void uk_machine_exit(int status, int signal)
{
	abort();
}
void ukplat_space_switch(struct ukplat_space *space)
{
	abort();
}
struct uk_process *uk_process_after(const struct uk_process *process)
{
	return process ? NULL : &check_process;
}
void uk_signal_deliver(struct __regs *regs)
{
	uk_cpu.work &= (u8)~UK_WORK_SIGNAL;
}
void leave_bad_frame(struct __regs *regs)
{
}

/* A thread's program is a function of the test. */
void ukarch_resume(struct __regs *regs)
{
	((void (*)(void))regs->rip)();
	uk_thread_end();
	uk_leave_work(regs);
	abort();
}

void context_switch_stack(u64 *from, u64 to);
void context_begin(void);

int ukplat_context_create(struct ukplat_context *context, struct ukplat_context *parent,
			  const struct __regs *regs)
{
	char *stack = aligned_alloc(64, STACK_SIZE);
	u64 *words = (u64 *)(stack + STACK_SIZE - 256);

	context->stack = stack;
	context->frame = memcpy(words, regs, sizeof(*regs));
	words[-1] = (u64)context_begin;
	words[-2] = (u64)context->frame; /* %rbx */
	context->stack_pointer = (u64)(words - 7);
	contexts++;
	return 0;
}
void ukplat_context_destroy(struct ukplat_context *context)
{
	free(context->stack);
	contexts--;
}
void ukplat_context_switch(struct ukplat_context *from, struct ukplat_context *to)
{
	context_switch_stack(&from->stack_pointer, to->stack_pointer);
}

static char record[64];

static void note(char letter)
{
	size_t length = strlen(record);

	CHECK(length + 1 < sizeof(record));
	record[length] = letter;
	record[length + 1] = '\0';
}

static struct uk_thread *start(void (*function)(void))
{
	const struct __regs regs = {.rip = (u64)function};
	struct uk_thread *thread = uk_thread_create(&check_process, &regs);

	CHECK(thread && thread->tid > check_process.pid && !uk_thread_find(thread->tid));
	uk_thread_start(thread);
	CHECK(uk_thread_find(thread->tid) == thread);
	return thread;
}

static void finish(const char *expected)
{
	while (!uk_sched_is_alone())
		uk_sched_sleep(now + 100 * MS);
	if (strcmp(record, expected))
		fprintf(stderr, "%s instead of %s\n", record, expected);
	CHECK(strcmp(record, expected) == 0);
	CHECK(contexts == 0);
	record[0] = '\0';
}

static void yield_as_a(void)
{
	for (int i = 0; i < 3; i++) {
		note('a');
		uk_sched_yield();
	}
}
static void yield_as_b(void)
{
	for (int i = 0; i < 2; i++) {
		note('b');
		uk_sched_yield();
	}
}

static void test_turns(void)
{
	start(yield_as_a);
	start(yield_as_b);
	note('m');
	uk_sched_yield();
	note('m');
	finish("mabmaba");
}

static void sleep_long(void)
{
	u64 begin = now;

	uk_sched_sleep(now + 30 * MS);
	CHECK(now - begin == 30 * MS);
	note('l');
}
static void sleep_short(void)
{
	uk_sched_sleep(now + 10 * MS);
	note('s');
}

static void test_sleep(void)
{
	waits = 0;
	start(sleep_long);
	start(sleep_short);
	finish("sl");
	/* No thread spins. */
	CHECK(waits < 10);
}

static struct uk_wait_queue queue;
static bool happened;

static void wait_for_it(void)
{
	struct uk_wait_one one;

	CHECK(!happened);
	uk_wait_begin(&one.wait);
	uk_wait_prepare(&one.entry, &one.wait, 1);
	uk_wait_add(&queue, &one.entry);
	uk_sched_sleep(UINT64_MAX);
	CHECK(one.wait.woken && happened);
	uk_wait_remove(&one.entry);
	note('w');
}
static void let_it_happen(void)
{
	uk_sched_sleep(now + 20 * MS);
	/* Not what they wait for. */
	uk_wait_wake(&queue, 2);
	uk_sched_yield();
	happened = true;
	uk_wait_wake(&queue, 3);
	note('h');
	/* They run when this thread waits or its slice is over, and not before. */
	uk_leave_work(uk_thread_current()->sched.context.frame);
	note('e');
}

static void test_waiters(void)
{
	happened = false;
	start(wait_for_it);
	start(wait_for_it);
	start(let_it_happen);
	finish("heww");
	CHECK(!queue.first && !queue.last);
}

/* Input of the host, which is there after some waits of the processor. */
static struct uk_wait_source source;
static unsigned int asked, arrives_at;

static bool ask(struct uk_wait_source *asked_one)
{
	CHECK(asked_one == &source && source.queue.first);
	if (++asked != arrives_at)
		return false;
	uk_wait_wake_all(&source.queue, 1);
	return true;
}
static void wait_for_source(void)
{
	struct uk_wait_one one;

	uk_wait_begin(&one.wait);
	uk_wait_prepare(&one.entry, &one.wait, 1);
	uk_wait_add(&source.queue, &one.entry);
	while (!one.wait.woken)
		uk_sched_sleep(UINT64_MAX);
	uk_wait_remove(&one.entry);
	note('i');
}

static void sleep_until_woken(void)
{
	uk_sched_sleep(UINT64_MAX);
	note('n');
}

static void test_wake(void)
{
	struct uk_thread *sleeper = start(sleep_until_woken);

	/* It is not waiting yet. */
	uk_sched_wake(sleeper);
	uk_sched_yield();
	note('m');
	uk_sched_wake(sleeper);
	uk_sched_wake(sleeper);
	finish("mn");
}

/* A program that computes and is interrupted by the timer. */
static void compute(char letter)
{
	for (int i = 0; i < 40; i++) {
		now += MS;
		uk_cpu.timer_fired = timer <= now;
		uk_timer_check();
		if (uk_cpu.work & UK_WORK_YIELD)
			note(letter);
		if (uk_cpu.work)
			uk_leave_work(uk_thread_current()->sched.context.frame);
	}
}
static void compute_as_c(void)
{
	compute('c');
}
static void compute_as_d(void)
{
	compute('d');
}

static void test_slices(void)
{
	u64 before = now - uk_cpu.idle_ns;

	start(compute_as_c);
	start(compute_as_d);
	finish("cdcdcdcd");
	CHECK(now - uk_cpu.idle_ns - before == 80 * MS);
}

/* A source is asked when the processor is idle, and once per slice while it is not. */
static void test_sources(void)
{
	source.ask = ask;
	uk_wait_add_source(&source);
	CHECK(!uk_wait_ask_sources() && !uk_wait_has_sources());
	arrives_at = 4;
	start(wait_for_source);
	finish("i");
	CHECK(asked == arrives_at);
	asked = 0;
	arrives_at = 2;
	start(wait_for_source);
	start(compute_as_c);
	uk_sched_yield();
	finish("cci");
	CHECK(asked == arrives_at);
}

static void test_held(void)
{
	u64 begin = now;

	start(yield_as_b);
	uk_cpu.held++;
	uk_sched_yield();
	timer = now + 5 * MS;
	uk_sched_sleep(now + 5 * MS);
	CHECK(now - begin == 5 * MS && record[0] == '\0');
	uk_cpu.held--;
	finish("bb");
}

int main(void)
{
	test_turns();
	test_sleep();
	test_waiters();
	test_wake();
	test_slices();
	test_sources();
	test_held();
	return 0;
}
