/* SPDX-License-Identifier: BSD-3-Clause */
/* Flags of splice(2), vmsplice(2), tee(2) (Linux, include/linux/splice.h), and pipe(7)'s limits
 * (uapi/linux/limits.h). */
#ifndef UK_LINUX_SPLICE_H
#define UK_LINUX_SPLICE_H

#define SPLICE_F_MOVE	  1u
#define SPLICE_F_NONBLOCK 2u
#define SPLICE_F_MORE	  4u
#define SPLICE_F_GIFT	  8u
#define SPLICE_F_ALL	  15u

#endif
