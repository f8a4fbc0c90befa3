/*
 * conf_show: a configuration as text that reads back to the same.
 *
 * Everything effective is written out, defaults and what was made up too, in
 * one file without includes.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/conf_internal.h"

/* A URL's path and user are as good as a password. */
static void
show_url(struct span url, struct buf *out)
{
	const char *text = url.data;
	const char *host = url.len ? strstr(text, "://") : NULL;
	size_t len, userinfo = 0;

	if (host == NULL) {
		buf_add_str(out, "<secret>");
		return;
	}
	host += 3;
	len = strcspn(host, "/?#");
	for (size_t i = 0; i < len; i++) {
		if (host[i] == '@')
			userinfo = i + 1;
	}
	buf_add(out, text, (size_t)(host - text));
	buf_add(out, host + userinfo, len - userinfo);
	if (host[len] != '\0' && strcmp(host + len, "/") != 0)
		buf_add_str(out, "/...");
	else
		buf_add_str(out, host + len);
}

/* Each of a list's, with blanks between. */
static void
show_urls(struct span urls, struct buf *out)
{
	while (urls.len > 0) {
		const char *end = memchr(urls.data, '\n', urls.len);
		size_t len = end ? (size_t)(end - urls.data) : urls.len;
		char *url = xstrndup(urls.data, len);

		show_url(span_str(url), out);
		free(url);
		len += end != NULL;
		urls = span_of(urls.data + len, urls.len - len);
		if (urls.len > 0)
			buf_add_byte(out, ' ');
	}
}

static void
show_line(const char *key, struct span text, struct buf *out)
{
	buf_addf(out, "%s = ", key);
	buf_add_span(out, text);
	buf_add_byte(out, '\n');
}

/* The lines of a value each behind what stands between them. */
static void
show_joined(
    const char *key, struct span text, const char *between, struct buf *out)
{
	buf_addf(out, "%s = ", key);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n')
			buf_add_str(out, between);
		else
			buf_add_byte(out, text.data[i]);
	}
	buf_add_byte(out, '\n');
}

/* The key once for each item: behind an indented line's blanks some would
 * be comments. */
static void
show_lines(const char *key, struct span text, struct buf *out)
{
	while (text.len > 0) {
		const char *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;

		show_line(key, span_of(text.data, len), out);
		len += end != NULL;
		text = span_of(text.data + len, text.len - len);
	}
}

static void
show_text(const struct setting *row, struct span text, struct buf *out)
{
	switch (row->type) {
	case SETTING_LINES:
		show_lines(row->name, text, out);
		break;
	case SETTING_WORDS:
		show_joined(row->name, text, " ", out);
		break;
	case SETTING_ADDRESSES:
		show_joined(row->name, text, ", ", out);
		break;
	default:
		show_joined(row->name, text, "\n\t", out);
		break;
	}
}

/* A header's name says what it is for; its value may be a token. */
static void
show_private(const char *key, struct span text, struct buf *out)
{
	while (text.len > 0) {
		const char *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;
		const char *colon = memchr(text.data, ':', len);
		size_t shown = colon ? (size_t)(colon - text.data) : 0;

		buf_addf(out, "%s = %.*s: <secret>\n", key, (int)shown,
		    text.data);
		text = span_of(text.data + len, text.len - len);
		if (text.len > 0)
			text = span_of(text.data + 1, text.len - 1);
	}
}

static void
show_value(const struct setting *row, struct span text, enum conf_show how,
    struct buf *out)
{
	struct buf url = BUF_INIT;

	if (how == CONF_SHOW_PEOPLE && (row->flags & SETTING_URL)) {
		show_urls(text, &url);
		show_line(row->name, buf_span(&url), out);
		buf_release(&url);
	} else if (how == CONF_SHOW_PEOPLE && (row->flags & SETTING_PRIVATE)) {
		show_private(row->name, text, out);
	} else if (!(row->flags & SETTING_SECRET)) {
		show_text(row, text, out);
	} else if (how == CONF_SHOW_PEOPLE) {
		show_line(row->name, span_str("<secret>"), out);
	} else {
		show_line(row->name, span_str(SETTING_LEFT_OUT), out);
	}
}

/* All files are one here, and the sinks of [agent] are those chosen. */
static void
agent_text(const struct conf *conf, const struct setting *row,
    const void *settings, struct buf *out)
{
	const struct setting_list *sinks = &conf->default_sinks;

	if (!strcmp(row->name, "include"))
		return;
	if (strcmp(row->name, "sink") != 0) {
		setting_format(row, settings, out);
		return;
	}
	for (size_t i = 0; i < sinks->count; i++)
		buf_addf(out, "%s%s", i ? "\n" : "", sinks->items[i].text);
}

/* A time that stands for nothing has no word of its own: 0s may be refused. */
static bool
is_unset(const struct setting *row, const void *settings)
{
	return row->type == SETTING_DURATION && !row->fallback &&
	       setting_is_default(row, settings);
}

static void
show_row(const struct conf *conf, const struct conf_section *section,
    const struct setting *row, enum conf_show how, struct buf *out)
{
	struct buf text = BUF_INIT;

	if (is_unset(row, section->settings))
		return;
	if (section->table == &agent_setting_table)
		agent_text(conf, row, section->settings, &text);
	else
		setting_format(row, section->settings, &text);
	if (text.len > 0)
		show_value(row, span_str(buf_str(&text)), how, out);
	buf_release(&text);
}

static void
show_section(const struct conf *conf, const struct conf_section *section,
    enum conf_show how, struct buf *out)
{
	const struct setting_table *table = section->table;

	buf_addf(out, "%s[%s%s%s]\n", out->len ? "\n" : "", table->section,
	    section->name ? " " : "", section->name ? section->name : "");
	for (size_t i = 0; i < table->count; i++)
		show_row(conf, section, &table->rows[i], how, out);
}

void
conf_show(const struct conf *conf, enum conf_show how, struct buf *out)
{
	const struct conf_entry *agent = conf_find_agent(conf);

	show_section(conf, &agent->section, how, out);
	for (size_t i = 0; i < conf->count; i++) {
		const struct conf_entry *entry = conf->entries[i];

		if (entry != agent && entry->enabled)
			show_section(conf, &entry->section, how, out);
	}
}
