/*
 * mails COUNT SEED: hostile alerts and the mails made of them, for a judge
 * that shares no code with ctail (mails.py).
 *
 * A frame (base/fields.h) each: the encoded alert, its mail with CRLF, its
 * entry in a mailbox, and the text of both parts.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fields.h"
#include "message/mail.h"
#include "message/mail_html.h"
#include "message/mail_mbox.h"
#include "unit/hostile.h"

#define ID "0123456789abcdef0123456789abcdef01234567"

/* What only a mail with HTML in it has to fear. */
static const char *const shreds[] = {"--=_ctail-" ID, "\n--=_ctail-" ID "--\n",
    "</pre></div></body>", "<script>alert(1)</script>", "<!--", "-->",
    "<img src=\"http://192.0.2.1/x\" onerror='x'>", "<a href=javascript:1>",
    "&lt;", "&#60;", "&", "'", "\">", "]]>", "</title><style>", "\nFrom me ",
    ">From you ", "\n>>From all ", "\n.\n", "\n..", "=3D", "\t", "  \n"};

#define SHREDS (sizeof(shreds) / sizeof(shreds[0]))

static void
make_text(unsigned long long *state, size_t max, struct buf *out)
{
	hostile_text(state, max, out);
	for (size_t i = hostile_next(state) % (max + 1); i > 0;
	     i -= (i + 1) / 2)
		buf_add_str(out, shreds[hostile_next(state) % SHREDS]);
	if (hostile_next(state) % 2)
		return;
	for (size_t i = hostile_next(state) % max; i > 0; i--)
		buf_add_str(out, "words of letters From . ");
}

static void
set_text(unsigned long long *state, size_t max, char **field)
{
	struct buf text = BUF_INIT;

	make_text(state, max, &text);
	alert_set(field, buf_span(&text));
	buf_release(&text);
}

static void
add_lines(unsigned long long *state, struct alert *alert)
{
	struct buf text = BUF_INIT;

	for (size_t i = hostile_next(state) % 8; i > 0; i--) {
		make_text(state, i == 1 ? 400 : 20, &text);
		alert_add_line(alert, buf_span(&text));
		alert_set_match(alert, hostile_next(state) % (text.len + 2),
		    hostile_next(state) % (text.len + 2));
	}
	for (size_t i = hostile_next(state) % 4; i > 0; i--) {
		make_text(state, 20, &text);
		alert_add_before(alert, buf_span(&text));
		make_text(state, 20, &text);
		alert_add_after(alert, buf_span(&text));
	}
	make_text(state, 6, &text);
	alert_set_hint(&alert->hint_exclude, buf_span(&text));
	alert_set_hint(&alert->hint_silence, span_str("ctailctl silence x 8h"));
	buf_release(&text);
}

static void
make_alert(unsigned long long *state, struct alert *alert)
{
	alert_init(alert);
	memcpy(alert->id, ID, ALERT_ID_SIZE);
	memcpy(alert->incident, ID, ALERT_ID_SIZE);
	alert->severity =
	    (enum severity)(hostile_next(state) % (SEVERITY_CRITICAL + 1));
	alert->kind =
	    (enum alert_kind)(hostile_next(state) % (ALERT_RENEWAL + 1));
	set_text(state, 30, &alert->subject);
	set_text(state, 8, &alert->rule);
	set_text(state, 4, &alert->hostname);
	set_text(state, 8, &alert->file);
	set_text(state, 8, &alert->key);
	alert->count = (int64_t)(hostile_next(state) % 100);
	alert->first_ms = 1700000000000;
	alert->last_ms = 1700000060000;
	alert->undecided = hostile_next(state) % 2;
	alert->times.start_ms = 1700000000000;
	alert->times.width_ms = (int64_t)(hostile_next(state) % 5) * 4096000;
	for (size_t i = 0; i < ALERT_BINS; i++)
		alert->times.bins[i] =
		    (uint32_t)(hostile_next(state) % 3 * hostile_next(state));
	add_lines(state, alert);
}

static void
print_mail(const struct alert *alert)
{
	static const char *const to[] = {
	    "ops@example.org", "oncall@example.org"};
	static const struct mail_envelope envelope = {
	    "ctail@example.org", to, 2, 1700000000000};
	struct buf fields = BUF_INIT, out = BUF_INIT, frame = BUF_INIT;

	alert_encode(alert, &out);
	fields_add(&fields, "alert", buf_span(&out));
	buf_reset(&out);
	mail_render(alert, &envelope, MAIL_CRLF, &out);
	fields_add(&fields, "mail", buf_span(&out));
	buf_reset(&out);
	mail_mbox(alert, &envelope, &out);
	fields_add(&fields, "mbox", buf_span(&out));
	buf_reset(&out);
	mail_body(alert, &out);
	fields_add(&fields, "plain", buf_span(&out));
	buf_reset(&out);
	mail_html(alert, &out);
	fields_add(&fields, "html", buf_span(&out));
	frame_add(&frame, buf_span(&fields));
	fwrite(frame.data, 1, frame.len, stdout);
	buf_release(&fields);
	buf_release(&out);
	buf_release(&frame);
}

int
main(int argc, char **argv)
{
	unsigned long long state;

	if (argc != 3)
		return 64;
	state = strtoull(argv[2], NULL, 10) * 2 + 1;
	for (long left = strtol(argv[1], NULL, 10); left > 0; left--) {
		struct alert alert;

		make_alert(&state, &alert);
		print_mail(&alert);
		alert_release(&alert);
	}
	return fflush(stdout) != 0;
}
