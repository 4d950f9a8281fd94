/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: futex/futex.c futex/lock.c futex/robust.c */
/* futex(2): which threads are woken, in which order, with which result; locks with owners; robust
 * lists. */
#include <string.h>
#include <uk/clock.h>
#include <uk/errno.h>
#include <uk/futex.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

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

static u64 key_of(const u32 *address)
{
	u64 key;

	CHECK(uk_futex_key(address, false, &key) == 0);
	return key;
}

static int wait_for(const u32 *address, u32 bitset, s64 deadline)
{
	return uk_futex_wait(address, key_of(address), 0, bitset, CLOCK_MONOTONIC, deadline);
}

static void test_keys(void)
{
	u64 key, other;

	CHECK(uk_futex_key((u32 *)((char *)&word + 1), false, &key) == -EINVAL);
	CHECK(uk_futex_key((u32 *)UK_GUEST_END, false, &key) == -EFAULT);
	CHECK(uk_futex_key(NOBODY, true, &key) == -EFAULT);
	/* The key of a private futex is its address, even if nothing is mapped there. */
	CHECK(uk_futex_key(NOBODY, false, &key) == 0 && key == (u64)NOBODY);
	CHECK(uk_futex_key(&word, true, &key) == 0 && key == key_of(&word));
	/* In shared memory the key is the location, which differs from every address. */
	CHECK(uk_futex_key(&words[0], true, &key) == 0 && key != key_of(&words[0]));
	CHECK(uk_futex_key(&words[1], true, &other) == 0 && key != other);
	CHECK(other - key == 4);
}

static void wake_everybody(void)
{
	run_as(&threads[1]);
	CHECK(uk_futex_wake(key_of(&word), INT32_MAX, ANY) == 1);
}

static void wake_others(void)
{
	CHECK(uk_futex_wake(key_of(&other_word), INT32_MAX, ANY) == 0);
	CHECK(uk_futex_wake(key_of(&word), INT32_MAX, 2) == 0);
	CHECK(uk_futex_wake(key_of(&word), 0, ANY) == 0);
}

static void test_wait(void)
{
	u64 before = now;

	word = 1;
	CHECK(wait_for(&word, ANY, INT64_MAX) == -EAGAIN);
	word = 0;
	CHECK(uk_futex_wait(NOBODY, key_of(NOBODY), 0, ANY, CLOCK_MONOTONIC, 0) == -EFAULT);
	wait_does(wake_others);
	wait_does(wake_everybody);
	CHECK(wait_for(&word, 1, INT64_MAX) == 0);
	check_woken("1");
	/* A timeout leaves no waiter that could be woken. */
	wait_does(NULL);
	CHECK(wait_for(&word, ANY, (s64)now + 5 * MS) == -ETIMEDOUT && now == before + 5 * MS);
	CHECK(uk_futex_wake(key_of(&word), INT32_MAX, ANY) == 0);
	wait_does(NULL);
	CHECK(uk_futex_wait(&word, key_of(&word), 0, ANY, CLOCK_REALTIME,
			    (s64)now + REALTIME_AT_0 + MS) == -ETIMEDOUT);
	CHECK(now == before + 6 * MS);
	CHECK(wait_for(&word, ANY, 0) == -ETIMEDOUT);
	wait_does(signal_comes);
	CHECK(wait_for(&word, ANY, INT64_MAX) == -EINTR);
	signal_waits = false;
	CHECK(uk_futex_wake(key_of(&word), INT32_MAX, ANY) == 0);
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
	CHECK(uk_futex_wake(key_of(&word), 1, ANY) == 1);
	check_woken("1");
	CHECK(uk_futex_wake(key_of(&word), 2, ANY) == 2);
	check_woken("23");
}

static void requeue(void)
{
	u64 key = key_of(&word), target = key_of(&other_word);

	run_as(&threads[3]);
	CHECK(uk_futex_requeue(key, 0, key, INT32_MAX) == 0);
	CHECK(uk_futex_requeue(key, 1, target, 1) == 2);
	check_woken("1");
	CHECK(uk_futex_wake(target, INT32_MAX, ANY) == 1);
	check_woken("2");
	CHECK(uk_futex_requeue(key, 0, target, 5) == 1 && uk_futex_wake(key, 5, ANY) == 0);
	CHECK(uk_futex_wake(target, 5, ANY) == 1);
	check_woken("3");
}

static void test_order(void (*wake)(void))
{
	wait_does(second_waits);
	wait_does(third_waits);
	wait_does(wake);
	CHECK(wait_for(&word, ANY, INT64_MAX) == 0);
	waits_are_over();
}

static int lock(bool try, s64 deadline)
{
	return uk_futex_lock(&word, key_of(&word), try, CLOCK_MONOTONIC, deadline);
}

static void second_locks(void)
{
	run_as(&threads[1]);
	CHECK(lock(true, INT64_MAX) == -EAGAIN && uk_futex_unlock(&word, key_of(&word)) == -EPERM);
	CHECK(lock(false, INT64_MAX) == 0);
}

static void third_locks(void)
{
	run_as(&threads[2]);
	CHECK(lock(false, INT64_MAX) == 0);
	CHECK(word == 3 && uk_futex_unlock(&word, key_of(&word)) == 0 && word == 0);
}

static void first_unlocks(void)
{
	/* Waiting for the lock is not waiting for the word. */
	CHECK(uk_futex_wake(key_of(&word), INT32_MAX, ANY) == 0);
	run_as(&threads[0]);
	CHECK(word == (1 | FUTEX_WAITERS) && uk_futex_unlock(&word, key_of(&word)) == 0);
	CHECK(word == (2 | FUTEX_WAITERS));
	check_woken("2");
}

static void second_unlocks(void)
{
	run_as(&threads[1]);
	CHECK(uk_futex_unlock(&word, key_of(&word)) == 0 && word == 3);
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
	CHECK(uk_futex_unlock(&word, key_of(&word)) == 0 && word == 0);
	word = 99;
	CHECK(lock(false, INT64_MAX) == -ESRCH && uk_futex_unlock(&word, key_of(&word)) == -EPERM);
	CHECK(uk_futex_lock(NOBODY, 0, false, CLOCK_MONOTONIC, 0) == -EFAULT);
	CHECK(uk_futex_unlock(NOBODY, 0) == -EFAULT);
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

static void test_robust_lists(void)
{
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
	wait_does(second_dies);
	CHECK(uk_futex_wait(&entries[0].word, key_of(&entries[0].word), 2 | FUTEX_WAITERS, ANY,
			    CLOCK_MONOTONIC, INT64_MAX) == 0);
	check_woken("1");
	CHECK(entries[0].word == (FUTEX_OWNER_DIED | FUTEX_WAITERS));
	waits_are_over();
	/* And a thread that waits for a lock that the dying one owns gets it. */
	word = 2;
	wait_does(second_dies);
	CHECK(lock(false, INT64_MAX) == 0);
	check_woken("1");
	CHECK(word == (1 | FUTEX_OWNER_DIED));
	waits_are_over();
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
	return 0;
}
