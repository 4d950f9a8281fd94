/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: futex/futex.c futex/waiter.c futex/requeue_to_lock.c futex/lock.c futex/robust.c */
/* futex(2): which threads are woken, in which order, with which result; locks with owners; robust
 * lists. */
#include <string.h>
#include <uk/clock.h>
#include <uk/errno.h>
#include <uk/futex.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

#include "heap.h"
#include "signals.h"

CHECK_DEFINE_PANIC

#define MS	      1000000L
#define REALTIME_AT_0 (1000 * MS) /* CLOCK_REALTIME when CLOCK_MONOTONIC is 0 */
#define ANY	      FUTEX_BITSET_MATCH_ANY
#define NOBODY	      ((u32 *)0x1000) /* no memory is mapped there */

#define THREAD(number)                                                                             \
	{                                                                                          \
		.tid = (number), .process = &check_process                                         \
	}
static struct uk_thread threads[4] = {THREAD(1), THREAD(2), THREAD(3), THREAD(4)};
static char woken[16]; /* the numbers of the woken threads, in order */
static u32 word, other_word, words[2] __attribute__((aligned(8)));

static bool is_memory(const void *address)
{
	return (uintptr_t)address > UK_PAGE_SIZE + 64;
}

int copy_from_user(void *destination, const void *source, size_t size)
{
	if (!is_memory(source))
		return -EFAULT;
	memcpy(destination, source, size);
	return 0;
}

int copy_to_user(void *destination, const void *source, size_t size)
{
	if (!is_memory(destination))
		return -EFAULT;
	memcpy(destination, source, size);
	return 0;
}

s64 uk_clock_read_other(clockid_t id)
{
	CHECK(id == CLOCK_REALTIME);
	return (s64)now + REALTIME_AT_0;
}

static void note_woken(struct uk_thread *thread)
{
	size_t length = strlen(woken);

	CHECK(length + 1 < sizeof(woken));
	woken[length] = (char)('0' + thread->tid);
	woken[length + 1] = '\0';
}

static void check_woken(const char *expected)
{
	CHECK(strcmp(woken, expected) == 0);
	woken[0] = '\0';
}

struct uk_thread *uk_thread_find(pid_t tid)
{
	return tid >= 1 && tid <= 4 ? &threads[tid - 1] : NULL;
}

/* `words` is in shared memory. */
const struct uk_vma *uk_mm_find(const struct uk_mm *mm, uintptr_t address)
{
	static const struct uk_vma shared = {.flags = UK_VMA_SHARED}, private = {.flags = 0};

	return address == (uintptr_t)&words[0] || address == (uintptr_t)&words[1] ? &shared
										  : &private;
}

struct uk_pte ukplat_page_query(const struct ukplat_space *space, uintptr_t address,
				uintptr_t *next)
{
	CHECK(address == ALIGN_DOWN((uintptr_t)words, UK_PAGE_SIZE));
	return (struct uk_pte){.frame = 0x5000, .present = true};
}

static struct uk_futex_word word_of(u32 *address)
{
	struct uk_futex_word found;

	CHECK(uk_futex_word(address, false, &found) == 0 && found.address == address);
	return found;
}

static int wake(u32 *address, int count, u32 bitset)
{
	const struct uk_futex_word found = word_of(address);

	return uk_futex_wake(&found.key, count, bitset);
}

static int unlock(u32 *address)
{
	const struct uk_futex_word found = word_of(address);

	return uk_futex_unlock(&found);
}

static int wait_until(u32 *address, u32 bitset, clockid_t clock, s64 deadline)
{
	const struct uk_futex_word found = word_of(address);

	return uk_futex_wait(&found, 0, bitset, clock, deadline);
}

static int wait_for(u32 *address, u32 bitset, s64 deadline)
{
	return wait_until(address, bitset, CLOCK_MONOTONIC, deadline);
}

static bool same(const struct uk_futex_word *a, const struct uk_futex_word *b)
{
	return a->key.object == b->key.object && a->key.offset == b->key.offset;
}

static void test_keys(void)
{
	struct uk_futex_word found, other;

	CHECK(uk_futex_word((u32 *)((char *)&word + 1), false, &found) == -EINVAL);
	CHECK(uk_futex_word((u32 *)UK_GUEST_END, false, &found) == -EFAULT);
	CHECK(uk_futex_word(NOBODY, true, &found) == -EFAULT);
	/* The key of a private futex is its address, even if nothing is mapped there. */
	CHECK(uk_futex_word(NOBODY, false, &found) == 0 && found.key.offset == (u64)NOBODY);
	/* That of a shared one is another one, even in private memory. */
	other = word_of(&word);
	CHECK(uk_futex_word(&word, true, &found) == 0 && !same(&found, &other));
	CHECK(found.key.offset == other.key.offset);
	/* In shared memory the key is the location, which differs from every address. */
	CHECK(uk_futex_word(&words[0], true, &found) == 0);
	CHECK(uk_futex_word(&words[1], true, &other) == 0);
	CHECK(found.key.object == other.key.object && other.key.offset - found.key.offset == 4);
	CHECK(found.key.offset != (u64)&words[0]);
}

static void wake_everybody(void)
{
	run_as(&threads[1]);
	CHECK(wake(&word, INT32_MAX, ANY) == 1);
}

static void wake_others(void)
{
	CHECK(wake(&other_word, INT32_MAX, ANY) == 0);
	CHECK(wake(&word, INT32_MAX, 2) == 0);
}

static void test_wait(void)
{
	u64 before = now;

	word = 1;
	CHECK(wait_for(&word, ANY, INT64_MAX) == -EAGAIN);
	word = 0;
	CHECK(wait_for(NOBODY, ANY, 0) == -EFAULT);
	wait_does(wake_others);
	wait_does(wake_everybody);
	CHECK(wait_for(&word, 1, INT64_MAX) == 0);
	check_woken("1");
	/* A timeout leaves no waiter that could be woken. */
	wait_does(NULL);
	CHECK(wait_for(&word, ANY, (s64)now + 5 * MS) == -ETIMEDOUT && now == before + 5 * MS);
	CHECK(wake(&word, INT32_MAX, ANY) == 0);
	wait_does(NULL);
	CHECK(wait_until(&word, ANY, CLOCK_REALTIME, (s64)now + REALTIME_AT_0 + MS) == -ETIMEDOUT);
	CHECK(now == before + 6 * MS);
	CHECK(wait_for(&word, ANY, 0) == -ETIMEDOUT);
	wait_does(signal_comes);
	CHECK(wait_for(&word, ANY, INT64_MAX) == -EINTR);
	signal_waits = false;
	CHECK(wake(&word, INT32_MAX, ANY) == 0);
	waits_are_over();
	check_woken("");
}

static void signal_and_wake(void)
{
	wake_everybody();
	signal_comes();
}

/* A woken thread returns success, whatever else has happened: otherwise a wake would be lost. */
static void test_woken_with_a_signal(void)
{
	wait_does(signal_and_wake);
	CHECK(wait_for(&word, ANY, INT64_MAX) == 0);
	signal_waits = false;
	waits_are_over();
	check_woken("1");
}

static void second_waits(void)
{
	run_as(&threads[1]);
	CHECK(wait_for(&word, ANY, INT64_MAX) == 0);
}

static void third_waits(void)
{
	run_as(&threads[2]);
	CHECK(wait_for(&word, ANY, INT64_MAX) == 0);
}

static void wake_one_by_one(void)
{
	run_as(&threads[3]);
	CHECK(wake(&word, 1, ANY) == 1);
	check_woken("1");
	CHECK(wake(&word, 2, ANY) == 2);
	check_woken("23");
}

static void requeue(void)
{
	const struct uk_futex_word from = word_of(&word), to = word_of(&other_word);
	const u32 expected = 0, unexpected = 1;

	run_as(&threads[3]);
	/* Onto itself they stay where they are, but count. */
	CHECK(uk_futex_requeue(&from, &from.key, 0, INT32_MAX, &expected) == 3);
	CHECK(uk_futex_requeue(&from, &to.key, 1, 1, &unexpected) == -EAGAIN);
	CHECK(uk_futex_requeue(&from, &to.key, 1, 1, NULL) == 2);
	check_woken("1");
	CHECK(wake(&other_word, INT32_MAX, ANY) == 1);
	check_woken("2");
	CHECK(uk_futex_requeue(&from, &to.key, 0, 5, &expected) == 1);
	CHECK(wake(&word, 5, ANY) == 0 && wake(&other_word, 5, ANY) == 1);
	check_woken("3");
}

static void test_order(void (*action)(void))
{
	wait_does(second_waits);
	wait_does(third_waits);
	wait_does(action);
	CHECK(wait_for(&word, ANY, INT64_MAX) == 0);
	waits_are_over();
}

static int lock(bool try, s64 deadline)
{
	const struct uk_futex_word found = word_of(&word);

	return uk_futex_lock(&found, try, CLOCK_MONOTONIC, deadline);
}

static void second_locks(void)
{
	run_as(&threads[1]);
	CHECK(lock(true, INT64_MAX) == -EAGAIN && unlock(&word) == -EPERM);
	CHECK(lock(false, INT64_MAX) == 0);
}

static void third_locks(void)
{
	run_as(&threads[2]);
	CHECK(lock(false, INT64_MAX) == 0);
	CHECK(word == (3 | FUTEX_WAITERS) && unlock(&word) == 0 && word == 0);
}

static void first_unlocks(void)
{
	/* Waiting for the lock is not waiting for the word. */
	CHECK(wake(&word, INT32_MAX, ANY) == -EINVAL);
	run_as(&threads[0]);
	CHECK(word == (1 | FUTEX_WAITERS) && unlock(&word) == 0);
	CHECK(word == (2 | FUTEX_WAITERS));
	check_woken("2");
}

static void second_unlocks(void)
{
	run_as(&threads[1]);
	CHECK(unlock(&word) == 0 && word == (3 | FUTEX_WAITERS));
	check_woken("3");
}

/* The unlock hands the lock to the thread that has waited longest. */
static void test_handing_on(void)
{
	word = 0;
	CHECK(lock(false, INT64_MAX) == 0);
	wait_does(second_locks);
	wait_does(third_locks);
	wait_does(first_unlocks);
	wait_does(second_unlocks);
	wait_does(NULL);
	CHECK(wait_for(&other_word, ANY, (s64)now + MS) == -ETIMEDOUT);
	waits_are_over();
}

static void test_locks(void)
{
	word = 0;
	CHECK(lock(false, INT64_MAX) == 0 && word == 1);
	CHECK(lock(false, INT64_MAX) == -EDEADLK && lock(true, INT64_MAX) == -EDEADLK);
	CHECK(unlock(&word) == 0 && word == 0);
	word = 99;
	CHECK(lock(false, INT64_MAX) == -ESRCH && unlock(&word) == -EPERM);
	CHECK(unlock(NOBODY) == -EFAULT);
	/* The owner died: the next owner is informed. */
	word = FUTEX_OWNER_DIED;
	CHECK(lock(true, INT64_MAX) == 0 && word == (1 | FUTEX_OWNER_DIED));
	word = 2;
	wait_does(NULL);
	CHECK(lock(false, (s64)now + MS) == -ETIMEDOUT && word == (2 | FUTEX_WAITERS));
	wait_does(signal_comes);
	CHECK(lock(false, INT64_MAX) == -EINTR);
	signal_waits = false;
	waits_are_over();
}

struct robust_entry {
	struct robust_entry *next;
	u32 word;
};

static struct robust_entry entries[3];
static struct {
	struct robust_entry *next;
	long offset;
	struct robust_entry *pending;
} head = {.offset = offsetof(struct robust_entry, word)};

static void thread_ends(void)
{
	uk_thread_current()->robust_list = &head;
	uk_futex_thread_ends();
	CHECK(!uk_thread_current()->robust_list);
}

static void link_entries(void)
{
	head.next = &entries[0];
	entries[0].next = &entries[1];
	entries[1].next = &entries[2];
	entries[2].next = (struct robust_entry *)&head;
}

static void second_dies(void)
{
	run_as(&threads[1]);
	thread_ends();
}

static void second_writes_and_dies(void)
{
	word = FUTEX_OWNER_DIED;
	second_dies();
}

static void second_frees_and_dies(void)
{
	word = 0;
	second_dies();
}

static void test_robust_lists(void)
{
	struct uk_futex_word shared;

	/* Held, held by another, held with waiters. */
	link_entries();
	entries[0].word = 1;
	entries[1].word = 2;
	entries[2].word = 1 | FUTEX_WAITERS;
	thread_ends();
	CHECK(entries[0].word == FUTEX_OWNER_DIED && entries[1].word == 2);
	CHECK(entries[2].word == (FUTEX_OWNER_DIED | FUTEX_WAITERS));
	/* A lock that is about to be taken is released once, even if it is in the list too. */
	head.pending = &entries[1];
	entries[1].word = 1;
	thread_ends();
	CHECK(entries[1].word == FUTEX_OWNER_DIED);
	head.pending = NULL;
	/* A circle without the head, a list to unmapped memory, an unmapped head: the walk ends. */
	entries[2].next = &entries[1];
	thread_ends();
	entries[0].next = (struct robust_entry *)NOBODY;
	entries[0].word = 1;
	thread_ends();
	CHECK(entries[0].word == FUTEX_OWNER_DIED);
	uk_thread_current()->robust_list = NOBODY;
	uk_futex_thread_ends();
	/* A thread that waits for the lock of a dying thread is woken. */
	link_entries();
	entries[0].word = 2 | FUTEX_WAITERS;
	CHECK(uk_futex_word(&entries[0].word, true, &shared) == 0);
	wait_does(second_dies);
	CHECK(uk_futex_wait(&shared, 2 | FUTEX_WAITERS, ANY, CLOCK_MONOTONIC, INT64_MAX) == 0);
	check_woken("1");
	CHECK(entries[0].word == (FUTEX_OWNER_DIED | FUTEX_WAITERS));
	waits_are_over();
	/* And a thread that waits for a lock that the dying one owns gets it, whatever that one has
	 * written to the word. */
	for (int way = 0; way < 3; way++) {
		word = 2;
		wait_does(way == 0   ? second_dies
			  : way == 1 ? second_writes_and_dies
				     : second_frees_and_dies);
		CHECK(lock(false, INT64_MAX) == 0);
		check_woken("1");
		CHECK(word == (1 | FUTEX_OWNER_DIED | FUTEX_WAITERS));
		CHECK(!threads[0].futex_locks && !threads[1].futex_locks);
		CHECK(!threads[0].futex_awaited);
		waits_are_over();
	}
}

static int requeue_to_lock(int move)
{
	const struct uk_futex_word from = word_of(&word), to = word_of(&other_word);

	return uk_futex_requeue_to_lock(&from, &to, move, 0);
}

static void wait_and_lock(unsigned int number)
{
	const struct uk_futex_word from = word_of(&word), to = word_of(&other_word);

	run_as(&threads[number]);
	CHECK(uk_futex_wait_for_lock(&from, &to, 0, CLOCK_MONOTONIC, INT64_MAX) == 0);
	CHECK((other_word & FUTEX_TID_MASK) == number + 1 && unlock(&other_word) == 0);
}

static void second_waits_and_locks(void)
{
	wait_and_lock(1);
}

static void fourth_requeues(void)
{
	run_as(&threads[3]);
	CHECK(wake(&word, 1, ANY) == -EINVAL);
	/* The first one gets the lock, the others wait for it. */
	allocations_left = 0;
	CHECK(requeue_to_lock(9) == -ENOMEM);
	allocations_left = -1;
	CHECK(requeue_to_lock(9) == 2 && other_word == (1 | FUTEX_WAITERS));
	check_woken("1");
	CHECK(requeue_to_lock(9) == 0 && threads[0].futex_locks && threads[1].futex_awaited);
	run_as(&threads[0]);
	CHECK(unlock(&other_word) == 0);
	check_woken("2");
}

static void test_requeue_to_lock(void)
{
	const struct uk_futex_word from = word_of(&word), to = word_of(&other_word);

	run_as(&threads[0]);
	word = other_word = 0;
	CHECK(uk_futex_wait_for_lock(&from, &from, 0, CLOCK_MONOTONIC, 0) == -EINVAL);
	CHECK(uk_futex_wait_for_lock(&from, &to, 1, CLOCK_MONOTONIC, 0) == -EAGAIN);
	CHECK(uk_futex_wait_for_lock(&from, &to, 0, CLOCK_MONOTONIC, 0) == -ETIMEDOUT);
	CHECK(requeue_to_lock(1) == 0);
	wait_does(second_waits_and_locks);
	wait_does(fourth_requeues);
	CHECK(uk_futex_wait_for_lock(&from, &to, 0, CLOCK_MONOTONIC, INT64_MAX) == 0);
	waits_are_over();
	check_woken("");
	CHECK(other_word == 0 && !threads[1].futex_locks && !threads[1].futex_awaited);
}

int main(void)
{
	when_woken = note_woken;
	run_as(&threads[0]);
	test_keys();
	test_wait();
	test_woken_with_a_signal();
	test_order(wake_one_by_one);
	test_order(requeue);
	test_locks();
	test_handing_on();
	test_robust_lists();
	test_requeue_to_lock();
	return 0;
}
