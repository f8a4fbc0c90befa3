/*
 * conf_section: one section of a file, checked against its table.
 *
 * Hides what a header and a key may look like, what repeats, continues and
 * overrides what.  Knows no section by its meaning: the tables do.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "conf/conf_internal.h"

#define SECTION_NAME_MAX 40

/* Any named section may be switched off; conf alone looks at this key. */
static const struct setting enabled_row = {.name = "enabled",
    .type = SETTING_BOOL,
    .offset = 0,
    .help = "no: as if the section were not there"};

struct header {
	struct span kind;
	struct span name; /* empty: none */
	struct span more; /* empty, in a good header */
};

static struct header
header_split(struct span text)
{
	struct header header;

	header.kind = words_next(&text);
	header.name = words_next(&text);
	header.more = words_next(&text);
	return header;
}

void
conf_entry_error(struct conf_builder *builder, struct conf_entry *entry,
    struct origin origin, const char *format, ...)
{
	const struct conf_section *section = &entry->section;
	char text[ERR_TEXT_MAX];
	va_list args;

	entry->bad = true;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	conf_error(builder->errors, origin, "[%s%s%s] %s",
	    section->table->section, section->name ? " " : "",
	    section->name ? section->name : "", text);
}

static const struct setting *
row_find(const struct setting_table *table, const char *name)
{
	if (table->named && !strcmp(name, enabled_row.name))
		return &enabled_row;
	return setting_find(table, span_str(name));
}

static bool
is_list(const struct setting *row)
{
	return row->type == SETTING_LINES || row->type == SETTING_WORDS ||
	       row->type == SETTING_ADDRESSES;
}

/* "word = ..." with a word that is a key of this section. */
static bool
looks_like_key(const struct setting_table *table, const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");
	char word[INI_NAME_BYTES + 1];

	if (len == 0 || len > INI_NAME_BYTES ||
	    text[len + strspn(text + len, " \t")] != '=')
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	return row_find(table, word) != NULL;
}

/* "[kind ...]" with a kind that is known, built or not. */
static bool
looks_like_section(const char *text)
{
	size_t len = strlen(text);
	const struct sink_kind *sink;
	struct header header;

	if (len < 2 || text[0] != '[' || text[len - 1] != ']')
		return false;
	header = header_split(span_of(text + 1, len - 2));
	return conf_table(header.kind, &sink) != NULL ||
	       conf_table_not_built(header.kind);
}

/* -1 when a line that continues a value is more likely to be something
 * else. */
static int
check_continuations(struct conf_builder *builder, struct conf_entry *entry,
    const struct ini_key *key, struct origin origin)
{
	const struct setting_table *table = entry->section.table;
	int result = 0;

	for (size_t i = 0; i < key->count; i++) {
		const char *what = NULL;

		if (!key->values[i].indented)
			continue;
		origin.line = key->values[i].line;
		if (looks_like_section(key->values[i].text))
			what = "a section";
		else if (looks_like_key(table, key->values[i].text))
			what = "a key";
		if (what == NULL)
			continue;
		conf_entry_error(builder, entry, origin,
		    "this line looks like %s but continues the value of "
		    "`%s' above, because it is indented; remove the "
		    "indentation",
		    what, key->name);
		result = -1;
	}
	return result;
}

static bool
is_empty(const struct ini_key *key)
{
	return key->count == 1 && key->values[0].text[0] == '\0';
}

/* What is hard to see in a value that is refused. */
static const char *
value_hint(struct span text)
{
	const char *sign = memmem(text.data, text.len, " #", 2);

	if (!sign)
		sign = memmem(text.data, text.len, "\t#", 2);
	if (!sign)
		sign = memmem(text.data, text.len, " ;", 2);
	if (sign)
		return "; a comment stands on a line of its own";
	if (memmem(text.data, text.len, "\u00A0", strlen("\u00A0")))
		return "; there is a no-break space in it, which only looks "
		       "like a blank";
	return "";
}

static void
set_text(struct conf_builder *builder, struct conf_entry *entry,
    const struct setting *row, struct span text, struct origin origin)
{
	void *settings = row == &enabled_row ? (void *)&entry->enabled
					     : entry->section.settings;
	struct err err = ERR_INIT;

	if (setting_set(row, settings, text, origin, &err) < 0)
		conf_entry_error(builder, entry, origin, "%s%s", err.text,
		    value_hint(text));
}

static void
set_list(struct conf_builder *builder, struct conf_entry *entry,
    const struct setting *row, const struct ini_key *key, struct origin origin)
{
	for (size_t i = 0; i < key->count; i++) {
		origin.line = key->values[i].line;
		if (key->values[i].text[0] != '\0')
			set_text(builder, entry, row,
			    span_str(key->values[i].text), origin);
	}
}

/* One line, or where the row allows it several joined by '\n'. */
static void
set_scalar(struct conf_builder *builder, struct conf_entry *entry,
    const struct setting *row, const struct ini_key *key, struct origin origin)
{
	struct buf text = BUF_INIT;

	if (key->count > 1 && !(row->flags & SETTING_MULTILINE)) {
		origin.line = key->values[1].line;
		conf_entry_error(builder, entry, origin,
		    "`%s' takes one line, and this indented line would "
		    "continue it; remove the line or its indentation",
		    row->name);
		return;
	}
	for (size_t i = 0; i < key->count; i++) {
		if (text.len > 0)
			buf_add_byte(&text, '\n');
		buf_add_str(&text, key->values[i].text);
	}
	set_text(builder, entry, row, buf_span(&text), origin);
	buf_release(&text);
}

static void
clear_value(struct conf_entry *entry, const struct setting *row)
{
	if (row == &enabled_row) {
		entry->enabled = true;
		return;
	}
	setting_clear(row, entry->section.settings);
	entry->keys[row - entry->section.table->rows].file = NULL;
}

/* The first key of this name in the section, up to and with number n. */
static const struct ini_key *
first_of_name(const struct ini_section *ini, size_t n)
{
	for (size_t i = 0;; i++) {
		if (!strcmp(ini->keys[i].name, ini->keys[n].name))
			return &ini->keys[i];
	}
}

static void
report_unknown(struct conf_builder *builder, struct conf_entry *entry,
    const struct ini_key *key, struct origin origin)
{
	const struct setting_table *table = entry->section.table;
	const char *here = conf_foreign_key(table->section, key->name);
	const char *near = setting_nearest(table, span_str(key->name));

	if (here != NULL)
		conf_entry_error(builder, entry, origin,
		    "there is no key `%s'; here that is %s", key->name, here);
	else if (near != NULL)
		conf_entry_error(builder, entry, origin,
		    "there is no key `%s'; did you mean `%s'?", key->name,
		    near);
	else
		conf_entry_error(builder, entry, origin,
		    "there is no key `%s'; ctail.ini(5) has those of [%s]",
		    key->name, table->section);
}

static void
apply_value(struct conf_builder *builder, const struct conf_file *file,
    struct conf_entry *entry, const struct setting *row,
    const struct ini_key *key, bool repeated)
{
	struct origin origin = {file->name, key->line};

	if (is_empty(key) && row->type != SETTING_NOT_BUILT) {
		if (file->local)
			clear_value(entry, row);
		else
			conf_entry_error(builder, entry, origin,
			    "`%s' has no value; write one or remove the line",
			    key->name);
		return;
	}
	if (is_list(row)) {
		/* The first of its lines in a local file replaces. */
		if (file->local && !repeated)
			setting_clear(row, entry->section.settings);
		set_list(builder, entry, row, key, origin);
	} else {
		set_scalar(builder, entry, row, key, origin);
	}
}

static void
apply_key(struct conf_builder *builder, const struct conf_file *file,
    struct conf_entry *entry, const struct ini_section *ini, size_t n)
{
	const struct ini_key *key = &ini->keys[n];
	const struct ini_key *first = first_of_name(ini, n);
	const struct setting *row = row_find(entry->section.table, key->name);
	struct origin origin = {file->name, key->line};

	if (row == NULL) {
		report_unknown(builder, entry, key, origin);
		return;
	}
	if (row != &enabled_row)
		entry->keys[row - entry->section.table->rows] = origin;
	if (check_continuations(builder, entry, key, origin) < 0)
		return;
	if (first != key && !is_list(row)) {
		conf_entry_error(builder, entry, origin,
		    "`%s' stands twice, in line %u and line %u; remove one",
		    key->name, first->line, key->line);
		return;
	}
	if (file->included && entry->section.table == &agent_setting_table &&
	    !strcmp(key->name, "include")) {
		conf_entry_error(builder, entry, origin,
		    "an included file cannot include further ones");
		return;
	}
	apply_value(builder, file, entry, row, key, first != key);
}

static const char *
header_mistake(const struct header *header, const struct setting_table *table)
{
	if (header->more.len > 0)
		return "a section's name is one word";
	if (!table->named)
		return header->name.len ? "this section has no name" : NULL;
	if (header->name.len == 0)
		return "this section needs a name, as [rule ssh-brute]";
	if (header->name.len > SECTION_NAME_MAX)
		return "a section's name has at most 40 bytes";
	if (span_is(header->name, "none"))
		return "`none' cannot be a name: it stands for no sink at all";
	return NULL;
}

static void
report_sections(
    struct conf_builder *builder, struct span kind, struct origin origin)
{
	struct buf words = BUF_INIT;

	conf_table_words(&words);
	conf_error(builder->errors, origin,
	    "there is no section [%.*s]; the sections are %s", (int)kind.len,
	    kind.data, buf_str(&words));
	buf_release(&words);
}

static void
report_unknown_section(
    struct conf_builder *builder, struct span kind, struct origin origin)
{
	const char *near = conf_table_nearest(kind);

	if (conf_table_not_built(kind))
		conf_error(builder->errors, origin,
		    "[%.*s] is not built yet in this version of ctail; "
		    "remove the section",
		    (int)kind.len, kind.data);
	else if (near != NULL)
		conf_error(builder->errors, origin,
		    "there is no section [%.*s]; did you mean [%s]?",
		    (int)kind.len, kind.data, near);
	else
		report_sections(builder, kind, origin);
}

/* The section that stands already, or a new one; NULL when that is a
 * mistake. */
static struct conf_entry *
entry_for(struct conf_builder *builder, const struct conf_file *file,
    const struct header *header, const struct setting_table *table,
    const struct sink_kind *sink, struct origin origin)
{
	struct conf_entry *entry =
	    sink ? conf_find_sink(builder->conf, header->name)
		 : conf_find(builder->conf, table, header->name);
	const struct conf_section *old;

	if (entry == NULL)
		return conf_add(
		    builder->conf, table, sink, header->name, origin);
	old = &entry->section;
	if (file->local && old->table == table &&
	    entry->last.file != file->name) {
		entry->last = origin;
		return entry;
	}
	entry->bad = true;
	conf_error(builder->errors, origin,
	    "%s [%s%s%s] stands already in %s, line %u%s",
	    old->table == table ? "the section" : "the name is taken:",
	    old->table->section, old->name ? " " : "",
	    old->name ? old->name : "", entry->last.file, entry->last.line,
	    old->table == table ? "; put both together"
				: "; all sinks share one space of names");
	return NULL;
}

bool
conf_section_wanted(
    const struct conf_builder *builder, const struct ini_section *ini)
{
	struct header header = header_split(span_str(ini->name));
	const struct sink_kind *sink;

	if (builder->only_sink == NULL)
		return true;
	return conf_table(header.kind, &sink) != NULL && sink != NULL &&
	       span_is(header.name, builder->only_sink);
}

void
conf_section_add(struct conf_builder *builder, const struct conf_file *file,
    const struct ini_section *ini)
{
	struct header header = header_split(span_str(ini->name));
	struct origin origin = {file->name, ini->line};
	const struct sink_kind *sink;
	const struct setting_table *table = conf_table(header.kind, &sink);
	struct conf_entry *entry;
	const char *why;

	if (header.kind.len == 0)
		return;
	if (table == NULL) {
		report_unknown_section(builder, header.kind, origin);
		return;
	}
	why = header_mistake(&header, table);
	if (why != NULL) {
		conf_error(builder->errors, origin, "[%s]: %s", ini->name, why);
		return;
	}
	entry = entry_for(builder, file, &header, table, sink, origin);
	for (size_t i = 0; entry != NULL && i < ini->count; i++)
		apply_key(builder, file, entry, ini, i);
}

static struct origin
origin_of(const struct conf_entry *entry, struct span key)
{
	const struct setting_table *table = entry->section.table;
	const struct setting *row = setting_find(table, key);

	if (row == NULL || entry->keys[row - table->rows].file == NULL)
		return entry->last;
	return entry->keys[row - table->rows];
}

struct origin
conf_origin(const struct conf_section *section, const char *key)
{
	const struct conf_entry *entry =
	    (const struct conf_entry *)(const void *)section;

	return origin_of(entry, span_str(key));
}

/* A table's check begins its sentence with the key it is about; where that
 * was written is where the mistake is. */
static struct origin
culprit(const struct conf_entry *entry, const char *sentence)
{
	return origin_of(entry, span_of(sentence, strcspn(sentence, " :")));
}

void
conf_section_check(struct conf_builder *builder, struct conf_entry *entry)
{
	const struct setting_table *table = entry->section.table;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < table->count; i++) {
		const struct setting *row = &table->rows[i];

		if ((row->flags & SETTING_REQUIRED) &&
		    entry->keys[i].file == NULL)
			conf_entry_error(builder, entry, entry->last,
			    "`%s' is missing: %s", row->name, row->help);
	}
	if (!entry->bad && table->check != NULL &&
	    table->check(entry->section.settings, &err) < 0)
		conf_entry_error(
		    builder, entry, culprit(entry, err.text), "%s", err.text);
}
