/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's console: QEMU's debug console, otherwise a 16550, if there is one. */
#include "platform.h"

#define DEBUGCON_PORT	    0xe9
#define DEBUGCON_PRESENT    0xe9 /* the value read from the port (QEMU, hw/char/debugcon.c) */
#define UART_PORT	    0x3f8
#define UART_LINE_CONTROL   (UART_PORT + 3)
#define UART_LINE_STATUS    (UART_PORT + 5)
#define UART_SCRATCH	    (UART_PORT + 7)
#define UART_TRANSMIT_EMPTY 0x20
#define UART_SPINS_MAX	    100000

static enum { CONSOLE_NONE, CONSOLE_DEBUGCON, CONSOLE_UART } console;

void console_init(void)
{
	if (inb(DEBUGCON_PORT) == DEBUGCON_PRESENT) {
		console = CONSOLE_DEBUGCON;
		return;
	}
	outb(UART_SCRATCH, 0x5a);
	if (inb(UART_SCRATCH) == 0x5a) {
		outb(UART_LINE_CONTROL, 3); /* 8 data bits, no parity */
		console = CONSOLE_UART;
	}
}

static void uart_put(char character)
{
	unsigned int spins = 0;

	while (!(inb(UART_LINE_STATUS) & UART_TRANSMIT_EMPTY) && ++spins < UART_SPINS_MAX)
		;
	outb(UART_PORT, (u8)character);
}

void ukplat_console_write(const char *text, size_t length)
{
	switch (console) {
	case CONSOLE_DEBUGCON:
		__asm__ volatile("rep outsb"
				 : "+S"(text), "+c"(length)
				 : "d"(DEBUGCON_PORT)
				 : "memory");
		break;
	case CONSOLE_UART:
		for (size_t i = 0; i < length; i++) {
			if (text[i] == '\n')
				uart_put('\r');
			uart_put(text[i]);
		}
		break;
	case CONSOLE_NONE:
		break;
	}
}
