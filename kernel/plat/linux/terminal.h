/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PLAT_LINUX_TERMINAL_H
#define PLAT_LINUX_TERMINAL_H

/* The host's descriptor of a stream. */
int terminal_descriptor(unsigned int stream);
/* The first stream that has the same input: streams can be one terminal. */
unsigned int terminal_source(unsigned int stream);

#endif
