/* SPDX-License-Identifier: BSD-3-Clause */
/* What becomes of the locks of a thread that ends. */
#ifndef FUTEX_ROBUST_H
#define FUTEX_ROBUST_H

/* lock.c: hands on those for which somebody waits. */
void futex_release_locks(void);

#endif
