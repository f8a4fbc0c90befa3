/*
 * message_preset_jansson: what another reader makes of our JSON.
 *
 * jansson refuses invalid UTF-8, NULs in names, and whatever else is not
 * JSON; two members of one name would be a way past a reader that takes the
 * other one.
 */
#include "config.h"

/* Both of us have one of that name. */
#define json_string jansson_string
#include <jansson.h>
#undef json_string

#include "message/alert_json.h"
#include "preset_alert.h"
#include "tap.h"

#define FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

static json_t *
load(const struct buf *body)
{
	json_error_t error;
	json_t *root = json_loadb(body->data, body->len, FLAGS, &error);

	if (!root)
		printf("# %s at %d\n", error.text, error.position);
	return root;
}

/* Walks all of it: every string is text that we may have written. */
static bool
is_clean(const json_t *value)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, item)
		{
			if (!is_clean(item))
				return false;
		}
	}
	if (json_is_object(value)) {
		json_object_foreach((json_t *)value, key, item)
		{
			if (!is_clean(item))
				return false;
		}
	}
	return !json_is_null(value);
}

static void
test_preset(const struct preset *preset)
{
	struct buf body = BUF_INIT;
	unsigned long long state = 61;
	int read = 0, same = 0, total = 66;

	for (int i = 0; i < total; i++) {
		struct alert alert;
		json_t *root;
		char *again;

		preset_hostile_alert(&alert, &state, i);
		preset_render_test(preset, &alert, &body);
		root = load(&body);
		read += root && json_is_object(root) && is_clean(root);
		again = root ? json_dumps(root, JSON_COMPACT) : NULL;
		same += again && json_check(span_str(again), NULL) == 0;
		free(again);
		json_decref(root);
		alert_release(&alert);
	}
	OK(read == total, "%s: jansson reads every body (%d)", preset->name,
	    read);
	OK(same == total, "%s: and what it writes we read (%d)", preset->name,
	    same);
	buf_release(&body);
}

static const char *
string_at(const json_t *root, const char *const *path)
{
	for (; *path && root; path++)
		root = (*path)[0] == '#' ? json_array_get(root, 0)
					 : json_object_get(root, *path);
	return json_string_value(root);
}

/* The same text by jansson's eyes and by json_path's. */
static void
test_path(
    const struct preset *preset, const char *dotted, const char *const *path)
{
	struct buf body = BUF_INIT, text = BUF_INIT;
	unsigned long long state = 67;
	int same = 0, total = 66;

	for (int i = 0; i < total; i++) {
		struct alert alert;
		const char *theirs;
		json_t *root;

		preset_hostile_alert(&alert, &state, i);
		preset_render_test(preset, &alert, &body);
		buf_reset(&text);
		json_path(buf_span(&body), dotted, &text);
		root = load(&body);
		theirs = string_at(root, path);
		same += theirs && strcmp(theirs, buf_str(&text)) == 0;
		json_decref(root);
		alert_release(&alert);
	}
	OK(same == total, "%s: %s is what jansson finds there (%d)",
	    preset->name, dotted, same);
	buf_release(&body);
	buf_release(&text);
}

/* Both say yes, or both say no. */
static void
test_same_verdict(void)
{
	static const char *const shreds[] = {"{", "}", "[", "]", ",", ":",
	    "\"a\"", "\"\\u0041\"", "\"\\ud83d\\ude00\"", "0", "-1.5", "01",
	    "true", "null", " ", "\n", "\"", "\\", "\xff", "1.",
	    "\"\xc3\xa9\""};
	static const size_t count = sizeof(shreds) / sizeof(shreds[0]);
	unsigned long long state = 71;
	struct buf text = BUF_INIT;
	int agreed = 0, good = 0, total = 200000;

	for (int i = 0; i < total; i++) {
		json_error_t error;
		json_t *root;
		bool ours;

		buf_reset(&text);
		for (size_t n = hostile_next(&state) % 8; n > 0; n--)
			buf_add_str(
			    &text, shreds[hostile_next(&state) % count]);
		ours = json_check(buf_span(&text), NULL) == 0;
		root = json_loadb(buf_str(&text), text.len,
		    JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
		agreed += ours == (root != NULL);
		good += ours;
		json_decref(root);
	}
	IS_INT(agreed, total, "jansson and we agree on what is JSON");
	OK(good > 1000, "... and some of it is (%d)", good);
	buf_release(&text);
}

int
main(void)
{
	static const char *const summary[] = {"payload", "summary", NULL};
	static const char *const text[] = {"text", NULL};
	static const char *const message[] = {"message", NULL};

	for (int i = 0; preset_names[i]; i++) {
		if (preset_at(i) != &preset_json)
			test_preset(preset_at(i));
	}
	test_path(&preset_pagerduty, "payload.summary", summary);
	test_path(&preset_slack, "text", text);
	test_path(&preset_telegram, "text", text);
	test_path(&preset_ntfy, "message", message);
	test_same_verdict();
	return tap_done();
}
