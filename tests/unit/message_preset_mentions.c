/*
 * message_preset_mentions: log text wakes nobody, makes no link and formats
 * nothing.
 *
 * Each service's text is read again by a small reader of its markup: what is
 * code and what is not, and what there would be a command.
 */
#include "config.h"

#include "preset_alert.h"
#include "tap.h"

#define BREAK "\xe2\x80\x8b"

static bool
is_at(const struct buf *text, size_t at, const char *what)
{
	size_t len = strlen(what);

	return text->len - at >= len && !memcmp(text->data + at, what, len);
}

/* Splits at code blocks and spans; false when one is left open, or a span
 * reaches over the end of its line. */
static bool
split_code(const struct buf *text, struct buf *plain, struct buf *code)
{
	bool block = false, span = false;

	buf_reset(plain);
	buf_reset(code);
	for (size_t i = 0; i < text->len; i++) {
		if (!span && is_at(text, i, "```")) {
			block = !block;
			i += 2;
		} else if (!block && text->data[i] == '`') {
			span = !span;
		} else {
			if (span && text->data[i] == '\n')
				return false;
			buf_add_byte(
			    block || span ? code : plain, text->data[i]);
		}
	}
	buf_str(plain);
	buf_str(code);
	return !block && !span;
}

/* Whether every `what` has a zero-width space behind its first byte. */
static bool
all_broken(const struct buf *text, const char *what)
{
	for (size_t i = 0; i < text->len; i++) {
		if (is_at(text, i, what) && !is_at(text, i + 1, BREAK))
			return false;
	}
	return true;
}

/* Behind a backslash each of them is text. */
static bool
all_escaped(struct span text, const char *signs)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\\')
			i++;
		else if (text.data[i] && strchr(signs, text.data[i]))
			return false;
	}
	return true;
}

static bool
none_of(struct span text, const char *signs)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] && strchr(signs, text.data[i]))
			return false;
	}
	return true;
}

/* Only entities. */
static bool
only_entities(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '<' || text->data[i] == '>')
			return false;
		if (text->data[i] == '&' && !is_at(text, i, "&amp;") &&
		    !is_at(text, i, "&lt;") && !is_at(text, i, "&gt;"))
			return false;
	}
	return true;
}

/* Behind the severity's word and its marks, to the end of the line. */
static struct span
subject_of(const struct buf *text)
{
	const char *start = memchr(text->data, ' ', text->len);
	const char *end;

	if (!start)
		return span_of(text->data, text->len);
	end = memchr(start, '\n', text->len - (size_t)(start - text->data));
	if (!end)
		end = text->data + text->len;
	return span_of(start, (size_t)(end - start));
}

/* What is not code below the heading is all ours. */
static bool
rest_is_ours(const struct buf *plain)
{
	const char *rest = strchr(plain->data, '\n');

	return !rest || none_of(span_str(rest), "<>*_~[]|\\@&#$");
}

/* Unbroken text that a heading must not have in any chat. */
static bool
no_link(struct span text)
{
	return !memmem(text.data, text.len, "://", 3) &&
	       !memmem(text.data, text.len, "www.", 4) &&
	       !memmem(text.data, text.len, "www2.", 5);
}

static bool
slack_is_harmless(const struct buf *body)
{
	struct buf text = BUF_INIT, plain = BUF_INIT, code = BUF_INIT;
	bool harmless;

	json_member(buf_span(body), "text", &text);
	harmless = text.len > 0 && only_entities(&text) &&
		   split_code(&text, &plain, &code) && rest_is_ours(&plain) &&
		   none_of(subject_of(&plain), "*~`") &&
		   no_link(subject_of(&plain)) &&
		   strstr(body->data, "\"unfurl_links\":false");
	buf_release(&text);
	buf_release(&plain);
	buf_release(&code);
	return harmless;
}

static bool
discord_is_harmless(const struct buf *body)
{
	struct buf text = BUF_INIT, report = BUF_INIT, plain = BUF_INIT;
	struct buf code = BUF_INIT;
	bool harmless;

	json_member(buf_span(body), "content", &text);
	json_member(preset_embed(body), "description", &report);
	buf_add_str(&plain, "\n");
	harmless = text.len > 0 && all_broken(&text, "@") &&
		   all_escaped(subject_of(&text), "*_~`|<>[]()#") &&
		   no_link(subject_of(&text)) &&
		   split_code(&report, &plain, &code) &&
		   none_of(buf_span(&plain), "<>*_~[]|\\@&#$") &&
		   strstr(body->data, "\"allowed_mentions\":{\"parse\":[]}}");
	buf_release(&text);
	buf_release(&report);
	buf_release(&plain);
	buf_release(&code);
	return harmless;
}

/* Backslashes would confuse split_code: the heading is read by itself. */
static bool
below_heading(const struct buf *text, struct buf *out)
{
	const char *newline = memchr(text->data, '\n', text->len);

	buf_reset(out);
	if (newline)
		buf_add(
		    out, newline, text->len - (size_t)(newline - text->data));
	return true;
}

static bool
mattermost_is_harmless(const struct buf *body)
{
	struct buf text = BUF_INIT, rest = BUF_INIT, plain = BUF_INIT;
	struct buf code = BUF_INIT;
	bool harmless;

	json_member(buf_span(body), "text", &text);
	harmless = text.len > 0 && all_broken(&text, "<") &&
		   all_escaped(subject_of(&text), "*_~`|>[]()#") &&
		   no_link(subject_of(&text)) && below_heading(&text, &rest) &&
		   split_code(&rest, &plain, &code) && rest_is_ours(&plain);
	buf_reset(&rest);
	buf_add_span(&rest, subject_of(&text));
	harmless = harmless && all_broken(&rest, "@");
	buf_release(&text);
	buf_release(&rest);
	buf_release(&plain);
	buf_release(&code);
	return harmless;
}

static bool
googlechat_is_harmless(const struct buf *body)
{
	struct buf text = BUF_INIT, plain = BUF_INIT, code = BUF_INIT;
	bool harmless;

	json_member(buf_span(body), "text", &text);
	harmless = text.len > 0 && all_broken(&text, "<") &&
		   split_code(&text, &plain, &code) && rest_is_ours(&plain) &&
		   none_of(subject_of(&plain), "*~`") &&
		   no_link(subject_of(&plain));
	buf_release(&text);
	buf_release(&plain);
	buf_release(&code);
	return harmless;
}

/* The bytes behind that many units of UTF-16. */
static size_t
bytes_of_units(const struct buf *text, size_t units)
{
	size_t at = 0;

	while (at < text->len && units > 0) {
		unsigned char lead = (unsigned char)text->data[at];

		units -= lead >= 0xF0 && units > 1 ? 2 : 1;
		at += lead >= 0xF0   ? 4
		      : lead >= 0xE0 ? 3
		      : lead >= 0xC0 ? 2
				     : 1;
	}
	return at;
}

static bool
telegram_is_harmless(const struct buf *body)
{
	static const char before[] =
	    "\"entities\":[{\"type\":\"pre\",\"offset\":";
	const char *entity = strstr(body->data, before);
	struct buf text = BUF_INIT, plain = BUF_INIT;
	size_t offset = 0, length = 0, start, end;
	bool harmless;

	json_member(buf_span(body), "text", &text);
	if (entity)
		sscanf(entity + sizeof(before) - 1, "%zu,\"length\":%zu",
		    &offset, &length);
	start = bytes_of_units(&text, offset);
	end = bytes_of_units(&text, offset + length);
	buf_add(&plain, text.data, start);
	buf_add(&plain, text.data + end, text.len - end);
	harmless =
	    text.len > 0 && offset + length <= preset_count_utf16(&text) &&
	    (!entity || (start > 0 && text.data[start - 1] == '\n' &&
			    end > start && text.data[end - 1] == '\n')) &&
	    all_broken(&plain, "@") &&
	    no_link(span_of(plain.data, plain.len)) &&
	    !strstr(body->data, "\"parse_mode\":") &&
	    strstr(body->data, "{\"is_disabled\":true}}");
	buf_release(&text);
	buf_release(&plain);
	return harmless;
}

static bool
teams_is_harmless(const struct buf *body)
{
	return !strstr(body->data, "{{") && !strstr(body->data, "${") &&
	       !strstr(body->data, "\"type\":\"TextBlock\"") &&
	       !strstr(body->data, "\"msteams\":");
}

static bool
gotify_is_harmless(const struct buf *body)
{
	return strstr(body->data, "\"extras\":{\"client::display\":{"
				  "\"contentType\":\"text/plain\"}}}") != NULL;
}

static bool
has_no_markup(const struct buf *body)
{
	struct buf value = BUF_INIT;
	bool none = !json_member(buf_span(body), "markdown", &value) &&
		    !json_member(buf_span(body), "html", &value) &&
		    !json_member(buf_span(body), "parse_mode", &value);

	buf_release(&value);
	return none;
}

static const struct service {
	const struct preset *preset;
	bool (*is_harmless)(const struct buf *body);
} services[] = {
    {&preset_slack, slack_is_harmless},
    {&preset_discord, discord_is_harmless},
    {&preset_teams, teams_is_harmless},
    {&preset_mattermost, mattermost_is_harmless},
    {&preset_googlechat, googlechat_is_harmless},
    {&preset_telegram, telegram_is_harmless},
    {&preset_pagerduty, has_no_markup},
    {&preset_ntfy, has_no_markup},
    {&preset_gotify, gotify_is_harmless},
    {&preset_pushover, has_no_markup},
};

#define SERVICES (sizeof(services) / sizeof(services[0]))

static void
test_hostile(const struct service *service)
{
	unsigned long long state = 59;
	struct buf body = BUF_INIT;
	int harmless = 0, total = 66;

	for (int i = 0; i < total; i++) {
		struct alert alert;

		preset_hostile_alert(&alert, &state, i);
		preset_render_test(service->preset, &alert, &body);
		if (service->is_harmless(&body))
			harmless++;
		else if (harmless == i)
			printf("# %s\n", body.data);
		alert_release(&alert);
	}
	OK(harmless == total, "%s: no log text is a command (%d)",
	    service->preset->name, harmless);
	buf_release(&body);
}

/* Every shred by itself, in every place. */
static void
test_shreds(const struct service *service)
{
	struct buf body = BUF_INIT;
	int harmless = 0;

	for (size_t i = 0; i < PRESET_SHREDS; i++) {
		struct span shred = span_str(preset_shreds[i]);
		struct alert alert;

		alert_init(&alert);
		alert_set(&alert.subject, shred);
		alert_set(&alert.rule, shred);
		alert_set(&alert.hostname, shred);
		alert_set(&alert.file, shred);
		alert_set(&alert.hint_exclude, shred);
		alert_add_line(&alert, shred);
		preset_render_test(service->preset, &alert, &body);
		if (service->is_harmless(&body))
			harmless++;
		else
			printf("# %s\n", body.data);
		alert_release(&alert);
	}
	OK(harmless == (int)PRESET_SHREDS, "%s: nor is any command by itself",
	    service->preset->name);
	buf_release(&body);
}

static void
subject_reads(const struct preset *preset, const char *member,
    const char *subject, const char *want)
{
	struct buf body = BUF_INIT, text = BUF_INIT;
	struct alert alert;

	alert_init(&alert);
	alert.severity = SEVERITY_ERROR;
	alert_set(&alert.subject, span_str(subject));
	preset_render_test(preset, &alert, &body);
	json_path(buf_span(&body), member, &text);
	printf("# %s\n", preset->name);
	IS_STR(buf_str(&text), want, subject);
	alert_release(&alert);
	buf_release(&body);
	buf_release(&text);
}

static void
test_spelling(void)
{
	subject_reads(&preset_slack, "text", "<!channel> & <@U1> *b* a_b _i_",
	    "*error* &lt;!channel&gt; &amp; &lt;@U1&gt; \xe2\x88\x97"
	    "b\xe2\x88\x97 a_b \xef\xbc\xbfi\xef\xbc\xbf\n");
	subject_reads(&preset_discord, "content", "@everyone <@1> **b** [a](b)",
	    "**error** @" BREAK "everyone \\<@" BREAK
	    "1\\> \\*\\*b\\*\\* \\[a\\]\\(b\\)");
	subject_reads(&preset_mattermost, "text", "@channel <!here> https://x",
	    "**error** @" BREAK "channel <" BREAK "!here\\> https:" BREAK
	    "//x\n");
	subject_reads(&preset_mattermost, "text", "www-data: www3.x wwww.y",
	    "**error** www-data: w" BREAK "ww3.x ww" BREAK "ww.y\n");
	subject_reads(&preset_googlechat, "text", "<users/all> *b*",
	    "*error* <" BREAK "users/all> \xe2\x88\x97"
	    "b\xe2\x88\x97\n");
	subject_reads(&preset_googlechat, "text", "__b__ a_b",
	    "*error* \xef\xbc\xbf\xef\xbc\xbf"
	    "b\xef\xbc\xbf\xef\xbc\xbf a_b\n");
	subject_reads(&preset_telegram, "text", "@group *b* <b>",
	    "error: @" BREAK "group *b* <b>\n");
	subject_reads(&preset_ntfy, "title", "**b** <b> @all ${id}",
	    "error: **b** <b> @all ${id}");
	subject_reads(&preset_pagerduty, "payload.summary", "<b>${id}</b>",
	    "error: <b>${id}</b>");
}

int
main(void)
{
	for (size_t i = 0; i < SERVICES; i++) {
		test_hostile(&services[i]);
		test_shreds(&services[i]);
	}
	test_spelling();
	return tap_done();
}
