/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trace: a ring of binary records in the channel's memory, which the host decodes. A record is
 * begun at the entry of a call and ended at its return. Only the last record can be unfinished; the
 * host recognises it by its stamp. Only functions of this header write to the ring.
 */
#ifndef UK_TRACE_H
#define UK_TRACE_H

#include <uk/arch/regs.h>
#include <uk/arch/trace.h>
#include <uk/bits/channel_layout.h>
#include <uk/essentials.h>
#include <uk/signal.h>

/* Which memory that an argument points to is recorded; generated from the table of system calls. */
struct uk_capture {
	u8 argument;
	u8 form;       /* UK_CAPTURE_FORM_* */
	u8 flags;      /* UK_CHANNEL_CAPTURE_* */
	u8 count_kind; /* UK_CAPTURE_COUNT_* */
	u16 count;     /* the constant, or the argument's index */
	u16 item_size; /* bytes */
	u8 selector;   /* 1 + the index of the argument that must equal value; 0: none */
	u32 value;
};

struct uk_trace {
	struct uk_channel_control *control; /* NULL: no trace */
	u64 limit;			    /* up to this head, a record of maximum size fits */
	/* Stamps of records: the time, if the host asks for it, because reading it takes longer
	 * than everything else; otherwise their order. */
	bool timed;
	u64 order;
};
extern struct uk_trace uk_trace;

/* Waits for the host to consume records. */
void uk_trace_make_room(void);

static inline bool uk_trace_has_room(void)
{
	return uk_trace.control->head <= uk_trace.limit;
}

static inline void uk_trace_stamp(u64 *where)
{
	if (uk_trace.timed)
		ukarch_store_ticks(where);
	else
		*where = ++uk_trace.order;
}

/* The caller has made sure of the room. Each instruction counts here. */
static inline struct uk_trace_record *uk_trace_begin(const struct __regs *regs, s64 nr)
{
	struct uk_trace_record *record = (struct uk_trace_record *)uk_trace.control->head;

	/* The kind is 0, a call. */
	*(u64 *)&record->size = sizeof(*record);
	uk_trace_stamp(&record->entered);
	record->number = nr;
	record->ip = regs->rip;
	record->arguments[0] = regs->rarg0;
	record->arguments[1] = regs->rarg1;
	record->arguments[2] = regs->rarg2;
	record->arguments[3] = regs->rarg3;
	record->arguments[4] = regs->rarg4;
	record->arguments[5] = regs->rarg5;
	return record;
}

/* size: of the whole record. */
static inline void uk_trace_end(struct uk_trace_record *record, long result, size_t size)
{
	record->result = result;
	uk_trace_stamp(&record->left);
	/* The host's processor has read these cache lines; fetch them while the program runs. */
	__builtin_prefetch((char *)record + size + 256, 1);
	__builtin_prefetch((char *)record + size + 320, 1);
	__atomic_store_n(&uk_trace.control->head, (u64)record + size, __ATOMIC_RELEASE);
}

/* Whether it is read at the entry or, if leave, at the return. The array of a vector is always
 * input; the flags describe its data. */
static inline bool uk_capture_is_due(const struct uk_capture *capture, bool leave)
{
	if (leave)
		return capture->flags & UK_CHANNEL_CAPTURE_OUT;
	return capture->flags & UK_CHANNEL_CAPTURE_IN || capture->form == UK_CAPTURE_FORM_VECTOR;
}

/* Appends the memory that the captures before end describe and that is due. */
void uk_trace_capture(struct uk_trace_record *record, const struct uk_capture *capture,
		      const struct uk_capture *end, bool leave);

/* Records a signal on its way to a handler, or that ends the program. */
void uk_trace_signal(const siginfo_t *information);
/* Called at the end of the program: stores the clock for the last records. */
void uk_trace_finish(void);

#endif
