/* SPDX-License-Identifier: BSD-3-Clause */
/* epoll(7) (uapi/linux/eventpoll.h). The events are POLL* of uk/linux/file.h. */
#ifndef UK_LINUX_EPOLL_H
#define UK_LINUX_EPOLL_H

#include <uk/essentials.h>

#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3

#define EPOLLEXCLUSIVE (1u << 28)
#define EPOLLWAKEUP    (1u << 29)
#define EPOLLONESHOT   (1u << 30)
#define EPOLLET	       (1u << 31)

struct epoll_event {
	u32 events;
	u64 data;
} __packed;
_Static_assert(sizeof(struct epoll_event) == 12, "uapi/linux/eventpoll.h");

#endif
