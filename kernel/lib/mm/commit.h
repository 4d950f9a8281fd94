/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much memory a mapping may request: no more than is free when it is created, so that a request
 * that can never be met fails at once (mmap(2): ENOMEM) and not at a later access. Nothing is
 * reserved: mappings that fit one by one may be too large together, as on Linux
 * (vm.overcommit_memory=0).
 */
#ifndef MM_COMMIT_H
#define MM_COMMIT_H

#include "vma.h"

/* Whether a VMA with these attributes must be counted when it becomes writable. */
bool mm_commit_wanted(const struct uk_vma *vma, u32 prot);
/* Whether length bytes are available, after `reusable` pages are freed. */
bool mm_commit_allows(size_t length, size_t reusable);

#endif
