/* SPDX-License-Identifier: BSD-3-Clause */
/* The date, from the CMOS clock (MC146818): registers, and the status bits that describe their
 * format. */
#include "clock.h"
#include "platform.h"

#define NS_PER_SECOND	  1000000000UL
#define CMOS_INDEX	  0x70
#define CMOS_DATA	  0x71
#define CMOS_SECONDS	  0
#define CMOS_MINUTES	  2
#define CMOS_HOURS	  4
#define CMOS_DAY	  7
#define CMOS_MONTH	  8
#define CMOS_YEAR	  9
#define CMOS_STATUS_A	  10
#define CMOS_STATUS_B	  11
#define CMOS_CENTURY	  0x32
#define CMOS_UPDATING	  0x80
#define CMOS_BINARY	  4
#define CMOS_ABSENT	  0xff
#define CMOS_UPDATE_SPINS 100000

static u8 cmos_read(u8 index)
{
	outb(CMOS_INDEX, index);
	return inb(CMOS_DATA);
}

static u64 cmos_number(u8 index)
{
	u8 value = cmos_read(index);

	if (cmos_read(CMOS_STATUS_B) & CMOS_BINARY)
		return value;
	return (value >> 4) * 10u + (value & 15);
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, years counted from March. */
static u64 days_since_epoch(u64 year, u64 month, u64 day)
{
	u64 shifted = month > 2 ? month - 3 : month + 9;

	year -= month <= 2;
	return year * 365 + year / 4 - year / 100 + year / 400 + (shifted * 153 + 2) / 5 + day - 1 -
	       719468;
}

static u64 cmos_epoch_seconds(void)
{
	u64 days, seconds;

	if (cmos_read(CMOS_STATUS_B) == CMOS_ABSENT)
		return 0;
	for (unsigned int i = 0; cmos_read(CMOS_STATUS_A) & CMOS_UPDATING; i++) {
		if (i == CMOS_UPDATE_SPINS)
			return 0;
	}
	days = days_since_epoch(cmos_number(CMOS_CENTURY) * 100 + cmos_number(CMOS_YEAR),
				cmos_number(CMOS_MONTH), cmos_number(CMOS_DAY));
	seconds = cmos_number(CMOS_HOURS) * 3600 + cmos_number(CMOS_MINUTES) * 60 +
		  cmos_number(CMOS_SECONDS);
	return days * 86400 + seconds;
}

u64 clock_epoch_ns(void)
{
	return cmos_epoch_seconds() * NS_PER_SECOND;
}
