/*
 * Fuzzes mails: whatever text an alert holds, its mail is 7-bit text in
 * bounded lines, with the boundaries that ctail wrote and no others.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "message/mail.h"
#include "message/mail_html.h"
#include "message/mail_mbox.h"

#define ID "0123456789abcdef0123456789abcdef01234567"
#define HEAD_BYTES 6
#define LINE_BYTES 998

static void
fill(struct alert *alert, const uint8_t *bytes, size_t len)
{
	struct span text =
	    span_of((const char *)bytes + HEAD_BYTES, len - HEAD_BYTES);

	alert_init(alert);
	memcpy(alert->id, ID, ALERT_ID_SIZE);
	alert->severity = (enum severity)(bytes[0] % (SEVERITY_CRITICAL + 1));
	alert->kind = (enum alert_kind)(bytes[1] % (ALERT_REPORT + 1));
	alert_set(&alert->rule, text);
	alert_set(&alert->subject, text);
	alert_set(&alert->hostname, text);
	alert_set(&alert->file, text);
	alert_set_hint(&alert->hint_exclude, text);
	if (alert->kind == ALERT_REPORT)
		alert_set_report(alert, text);
	alert_add_before(alert, text);
	alert_add_line(alert, text);
	alert_set_match(alert, bytes[2] | bytes[3] << 8, bytes[4]);
	alert->times.width_ms = bytes[5];
	for (size_t i = 0; i < ALERT_BINS; i++)
		alert->times.bins[i] = bytes[i % len];
}

static void
check_line(struct span line)
{
	if (line.len > LINE_BYTES || span_is(line, "."))
		abort();
	while (line.len > 0 && *line.data == '>')
		line = span_of(line.data + 1, line.len - 1);
	if (line.len >= 5 && !memcmp(line.data, "From ", 5))
		abort();
}

static void
check_mail(struct span mail, size_t parts)
{
	size_t start = 0, boundaries = 0;

	for (size_t i = 0; i < mail.len; i++) {
		unsigned char byte = (unsigned char)mail.data[i];
		struct span line = span_of(mail.data + start, i - start);

		if (byte >= 0x7F || (byte < ' ' && !strchr("\n\t", byte)))
			abort();
		if (byte != '\n')
			continue;
		check_line(line);
		boundaries += line.len > 4 && !memcmp(line.data, "--=_", 4);
		start = i + 1;
	}
	if (boundaries != parts + 1 || start != mail.len ||
	    mail.len > MAIL_REPORT_MAIL_BYTES)
		abort();
}

/* No tag and no entity but those that ctail writes; each is short. */
static void
check_html(struct span html)
{
	size_t open = 0, close = 0;

	for (size_t i = 0; i < html.len; i++) {
		open += html.data[i] == '<';
		close += html.data[i] == '>';
		if (open < close || open > close + 1)
			abort();
	}
	if (open != close)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const to[] = {"ops@example.org"};
	static const struct mail_envelope envelope = {
	    "ctail@example.org", to, 1, 0};
	struct buf out = BUF_INIT, html = BUF_INIT;
	struct alert alert;

	if (len < HEAD_BYTES)
		return 0;
	fill(&alert, bytes, len);
	mail_render(&alert, &envelope, MAIL_LF, &out);
	mail_html(&alert, &html);
	check_html(buf_span(&html));
	check_mail(buf_span(&out), html.len > MAIL_PART_BYTES ? 1 : 2);
	buf_release(&html);
	buf_reset(&out);
	mail_mbox(&alert, &envelope, &out);
	buf_release(&out);
	alert_release(&alert);
	return 0;
}
