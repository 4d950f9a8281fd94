/* SPDX-License-Identifier: BSD-3-Clause */
/* Fixed-width types, and the POSIX types in the signatures of handlers, for freestanding and hosted
 * builds. */
#ifndef UK_TYPES_H
#define UK_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#if __STDC_HOSTED__
#include <sys/types.h>
#else
typedef long ssize_t;
typedef long off_t;
typedef int pid_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int mode_t;
typedef long time_t;
typedef int clockid_t;
#endif

/* A pointer given by the guest: only uk/uaccess.h may dereference it. */
#define __user

#endif
