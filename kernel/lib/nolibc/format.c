/* SPDX-License-Identifier: BSD-3-Clause */
/* Bounded formatting: the part of C11 7.21.6.1 that uk/string.h lists. */
#include <uk/string.h>

#define NUMBER_SIZE 24 /* 64 bits in octal take 22 digits */

struct output {
	char *buffer;
	size_t size;
	size_t length; /* of the whole text, including what did not fit */
};

struct conversion {
	bool left, zero, plus, space, alternate;
	int width;
	int precision;	    /* -1: none */
	unsigned int bytes; /* of an integer argument */
};

static void put(struct output *output, char character)
{
	if (output->length + 1 < output->size)
		output->buffer[output->length] = character;
	output->length++;
}

static void put_padding(struct output *output, char character, int count)
{
	while (count-- > 0)
		put(output, character);
}

static void put_text(struct output *output, const struct conversion *conversion, const char *text,
		     int length)
{
	if (!conversion->left)
		put_padding(output, ' ', conversion->width - length);
	for (int i = 0; i < length; i++)
		put(output, text[i]);
	if (conversion->left)
		put_padding(output, ' ', conversion->width - length);
}

static void put_number(struct output *output, const struct conversion *conversion, u64 value,
		       unsigned int base, bool upper, const char *prefix)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[NUMBER_SIZE];
	int length = 0, zeros, prefix_length = (int)strlen(prefix);

	/* "The result of converting zero with a precision of zero is no characters." */
	while (value || (length == 0 && conversion->precision != 0)) {
		text[length++] = digits[value % base];
		value /= base;
	}
	zeros = conversion->precision - length;
	if (conversion->precision < 0 && conversion->zero && !conversion->left)
		zeros = conversion->width - prefix_length - length;
	zeros = MAX(zeros, 0);
	if (!conversion->left)
		put_padding(output, ' ', conversion->width - prefix_length - zeros - length);
	for (int i = 0; i < prefix_length; i++)
		put(output, prefix[i]);
	put_padding(output, '0', zeros);
	for (int i = length; i-- > 0;)
		put(output, text[i]);
	if (conversion->left)
		put_padding(output, ' ', conversion->width - prefix_length - zeros - length);
}

static const char *parse_flags(const char *format, struct conversion *conversion)
{
	for (;; format++) {
		switch (*format) {
		case '-':
			conversion->left = true;
			break;
		case '0':
			conversion->zero = true;
			break;
		case '+':
			conversion->plus = true;
			break;
		case ' ':
			conversion->space = true;
			break;
		case '#':
			conversion->alternate = true;
			break;
		default:
			return format;
		}
	}
}

static const char *parse_count(const char *format, int *count, va_list *arguments)
{
	if (*format == '*') {
		*count = va_arg(*arguments, int);
		return format + 1;
	}
	for (*count = 0; *format >= '0' && *format <= '9'; format++)
		*count = *count * 10 + (*format - '0');
	return format;
}

static const char *parse_length(const char *format, struct conversion *conversion)
{
	conversion->bytes = sizeof(int);
	for (;; format++) {
		switch (*format) {
		case 'h':
			conversion->bytes /= 2;
			break;
		case 'l':
		case 'z':
		case 't':
		case 'j':
			conversion->bytes = sizeof(long);
			break;
		default:
			return format;
		}
	}
}

static u64 take_integer(const struct conversion *conversion, bool is_signed, va_list *arguments)
{
	u64 value = conversion->bytes == sizeof(long) ? va_arg(*arguments, u64)
						      : (u64)va_arg(*arguments, unsigned int);
	unsigned int unused = 64 - 8 * conversion->bytes;

	if (is_signed)
		return (u64)((s64)(value << unused) >> unused);
	return value << unused >> unused;
}

static void convert(struct output *output, struct conversion *conversion, char specifier,
		    va_list *arguments)
{
	const char *text;
	char character;
	u64 value;

	switch (specifier) {
	case 'd':
	case 'i':
		value = take_integer(conversion, true, arguments);
		text = conversion->plus ? "+" : conversion->space ? " " : "";
		if ((s64)value < 0) {
			text = "-";
			value = -value;
		}
		put_number(output, conversion, value, 10, false, text);
		break;
	case 'u':
		put_number(output, conversion, take_integer(conversion, false, arguments), 10,
			   false, "");
		break;
	case 'o':
		put_number(output, conversion, take_integer(conversion, false, arguments), 8, false,
			   conversion->alternate ? "0" : "");
		break;
	case 'x':
	case 'X':
		value = take_integer(conversion, false, arguments);
		text = specifier == 'X' ? "0X" : "0x";
		put_number(output, conversion, value, 16, specifier == 'X',
			   conversion->alternate && value ? text : "");
		break;
	case 'p':
		put_number(output, conversion, (u64)(uintptr_t)va_arg(*arguments, void *), 16,
			   false, "0x");
		break;
	case 'c':
		character = (char)va_arg(*arguments, int);
		put_text(output, conversion, &character, 1);
		break;
	case 's':
		text = va_arg(*arguments, const char *);
		if (!text)
			text = "(null)";
		put_text(output, conversion, text,
			 (int)strnlen(text, conversion->precision < 0
						    ? (size_t)INT32_MAX
						    : (size_t)conversion->precision));
		break;
	default:
		put(output, specifier);
	}
}

int uk_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
	struct output output = {buffer, size, 0};
	va_list list;

	va_copy(list, arguments);
	while (*format) {
		struct conversion conversion = {.precision = -1};

		if (*format != '%') {
			put(&output, *format++);
			continue;
		}
		format = parse_flags(format + 1, &conversion);
		format = parse_count(format, &conversion.width, &list);
		if (conversion.width < 0) {
			conversion.left = true;
			conversion.width = -conversion.width;
		}
		if (*format == '.')
			format = parse_count(format + 1, &conversion.precision, &list);
		format = parse_length(format, &conversion);
		if (!*format)
			break;
		convert(&output, &conversion, *format++, &list);
	}
	va_end(list);
	if (size > 0)
		buffer[MIN(output.length, size - 1)] = '\0';
	return (int)output.length;
}

int uk_snprintf(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = uk_vsnprintf(buffer, size, format, arguments);
	va_end(arguments);
	return length;
}
