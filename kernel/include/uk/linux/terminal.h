/* SPDX-License-Identifier: BSD-3-Clause */
/* Terminals (uapi asm-generic/ioctls.h, termbits.h, termbits-common.h, termios.h). */
#ifndef UK_LINUX_TERMINAL_H
#define UK_LINUX_TERMINAL_H

#include <uk/types.h>

#define TCGETS	       0x5401
#define TCSETS	       0x5402
#define TCSETSW	       0x5403
#define TCSETSF	       0x5404
#define TCGETA	       0x5405
#define TCSETA	       0x5406
#define TCSETAW	       0x5407
#define TCSETAF	       0x5408
#define TCSBRK	       0x5409
#define TCXONC	       0x540a
#define TCFLSH	       0x540b
#define TIOCEXCL       0x540c
#define TIOCNXCL       0x540d
#define TIOCSCTTY      0x540e
#define TIOCGPGRP      0x540f
#define TIOCSPGRP      0x5410
#define TIOCOUTQ       0x5411
#define TIOCSTI	       0x5412
#define TIOCGWINSZ     0x5413
#define TIOCSWINSZ     0x5414
#define TIOCGSOFTCAR   0x5419
#define TIOCSSOFTCAR   0x541a
#define TIOCCONS       0x541d
#define TIOCPKT	       0x5420
#define TIOCNOTTY      0x5422
#define TIOCSETD       0x5423
#define TIOCGETD       0x5424
#define TCSBRKP	       0x5425
#define TIOCSBRK       0x5427
#define TIOCCBRK       0x5428
#define TIOCGSID       0x5429
#define TIOCVHANGUP    0x5437
#define TIOCGPTPEER    0x5441
#define TIOCGLCKTRMIOS 0x5456
#define TIOCSLCKTRMIOS 0x5457
#define TIOCSIG	       0x40045436U
#define TIOCSPTLCK     0x40045431U
#define TIOCGPTN       0x80045430U
#define TIOCGDEV       0x80045432U
#define TIOCGPKT       0x80045438U
#define TIOCGPTLCK     0x80045439U
#define TIOCGEXCL      0x80045440U
#define TCGETS2	       0x802c542aU
#define TCSETS2	       0x402c542bU
#define TCSETSW2       0x402c542cU
#define TCSETSF2       0x402c542dU

struct winsize {
	u16 ws_row, ws_col, ws_xpixel, ws_ypixel;
};

#define NCCS 19
struct termios {
	u32 c_iflag, c_oflag, c_cflag, c_lflag;
	u8 c_line;
	u8 c_cc[NCCS];
};
_Static_assert(sizeof(struct termios) == 36, "uapi/asm-generic/termbits.h");
struct termios2 {
	struct termios termios;
	u32 c_ispeed, c_ospeed;
};
_Static_assert(sizeof(struct termios2) == 44, "uapi/asm-generic/termbits.h");
#define NCC 8
struct termio { /* the form of TCGETA */
	u16 c_iflag, c_oflag, c_cflag, c_lflag;
	u8 c_line;
	u8 c_cc[NCC];
};
_Static_assert(sizeof(struct termio) == 18, "uapi/asm-generic/termios.h");

/* c_iflag */
#define IGNBRK	0x0001u
#define BRKINT	0x0002u
#define IGNPAR	0x0004u
#define PARMRK	0x0008u
#define INPCK	0x0010u
#define ISTRIP	0x0020u
#define INLCR	0x0040u
#define IGNCR	0x0080u
#define ICRNL	0x0100u
#define IUCLC	0x0200u
#define IXON	0x0400u
#define IXANY	0x0800u
#define IXOFF	0x1000u
#define IMAXBEL 0x2000u
#define IUTF8	0x4000u

/* c_oflag */
#define OPOST  0x0001u
#define OLCUC  0x0002u
#define ONLCR  0x0004u
#define OCRNL  0x0008u
#define ONOCR  0x0010u
#define ONLRET 0x0020u
#define TABDLY 0x1800u
#define XTABS  0x1800u

/* c_cflag */
#define CBAUD	0x0000100fu
#define BOTHER	0x00001000u
#define CBAUDEX 0x00001000u
#define B38400	0x0000000fu
#define CSIZE	0x00000030u
#define CS8	0x00000030u
#define CREAD	0x00000080u
#define PARENB	0x00000100u
#define CLOCAL	0x00000800u
#define IBSHIFT 16

/* c_lflag */
#define ISIG	0x00001u
#define ICANON	0x00002u
#define ECHO	0x00008u
#define ECHOE	0x00010u
#define ECHOK	0x00020u
#define ECHONL	0x00040u
#define NOFLSH	0x00080u
#define TOSTOP	0x00100u
#define ECHOCTL 0x00200u
#define ECHOPRT 0x00400u
#define ECHOKE	0x00800u
#define IEXTEN	0x08000u
#define EXTPROC 0x10000u

/* Indices of c_cc. */
#define VINTR	 0
#define VQUIT	 1
#define VERASE	 2
#define VKILL	 3
#define VEOF	 4
#define VTIME	 5
#define VMIN	 6
#define VSTART	 8
#define VSTOP	 9
#define VSUSP	 10
#define VEOL	 11
#define VREPRINT 12
#define VWERASE	 14
#define VLNEXT	 15
#define VEOL2	 16

/* Arguments of TCXONC and TCFLSH. */
#define TCOOFF	  0
#define TCOON	  1
#define TCIOFF	  2
#define TCION	  3
#define TCIFLUSH  0
#define TCOFLUSH  1
#define TCIOFLUSH 2

/* The first byte of what the master reads in packet mode (TIOCPKT); 0: data follow. */
#define TIOCPKT_FLUSHREAD  0x01u
#define TIOCPKT_FLUSHWRITE 0x02u
#define TIOCPKT_STOP	   0x04u
#define TIOCPKT_START	   0x08u
#define TIOCPKT_NOSTOP	   0x10u
#define TIOCPKT_DOSTOP	   0x20u
#define TIOCPKT_IOCTL	   0x40u

#endif
