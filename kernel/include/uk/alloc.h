/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's heap, on top of uk/page.h. Alignment 16 bytes. Sizes above 4 MiB are refused. */
#ifndef UK_ALLOC_H
#define UK_ALLOC_H

#include <uk/essentials.h>

/* NULL if memory is short (callers return -ENOMEM). */
void *uk_malloc(size_t size);
void *uk_zalloc(size_t size);
void uk_free(void *memory); /* NULL is allowed */

#endif
