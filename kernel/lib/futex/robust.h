/* SPDX-License-Identifier: BSD-3-Clause */
/* The locks of a thread that ends. */
#ifndef FUTEX_ROBUST_H
#define FUTEX_ROBUST_H

/* lock.c: hands over the thread's locks that other threads wait for. */
void futex_release_locks(void);

#endif
