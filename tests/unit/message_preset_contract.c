/*
 * message_preset_contract: what each service is sent, whole, for one alert
 * and for its end.
 *
 * The expected bodies are as the documentation named in each preset's file
 * has them; ' stands for " here.
 */
#include "config.h"

#include <time.h>

#include "preset_alert.h"
#include "tap.h"

#define WHERE                                                                  \
	"at 4711, 3 times from 2023-11-14 22:13:20 +0000 to "                  \
	"2023-11-14 22:14:20 +0000"
#define CODE_FACTS                                                             \
	"rule `disk_full` on `web1`, key `/srv`, `/var/log/kern.log` " WHERE   \
	"\\nto exclude such lines: `exclude = ^EXT4`"                          \
	"\\nto silence the rule: `ctailctl silence disk_full 8h`"
#define PLAIN_FACTS "rule disk_full on web1, key /srv, /var/log/kern.log " WHERE
#define PLAIN_HINTS                                                            \
	"to exclude such lines: exclude = ^EXT4"                               \
	"\\nto silence the rule: ctailctl silence disk_full 8h"
#define OVER ", 2023-11-14 22:14:20 +0000"
#define LINES "EXT4-fs: 95 %\\nEXT4-fs: no space\\n"
#define PLAIN LINES PLAIN_FACTS "\\n" PLAIN_HINTS
#define TEN "bbbbbbbbbb"
#define INCIDENT TEN TEN TEN TEN
#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define BLOCK(text, font)                                                      \
	"{'type':'RichTextBlock','inlines':[{'type':'TextRun','text':'" text   \
	"','fontType':'" font "'}],'spacing':'None'}"
#define TEAMS(word, colour, blocks)                                            \
	"{'type':'message','attachments':[{'contentType':"                     \
	"'application/vnd.microsoft.card.adaptive','content':{'$schema':"      \
	"'http://adaptivecards.io/schemas/adaptive-card.json',"                \
	"'type':'AdaptiveCard','version':'1.2','body':["                       \
	"{'type':'RichTextBlock','inlines':[{'type':'TextRun','text':'" word   \
	"','color':'" colour "','weight':'Bolder'},{'type':'TextRun',"         \
	"'text':' disk full on /srv','weight':'Bolder'}]}," blocks "]}}]}"

static const struct contract {
	const char *name;
	const char *alert;
	const char *recovery;
} contracts[] = {
    {"slack",
	"{'text':'*critical* disk full on /srv\\n```\\n" LINES
	"```\\n" CODE_FACTS "','unfurl_links':false,'unfurl_media':false}",
	"{'text':'*recovered* disk full on /srv\\nrule `disk_full` on "
	"`web1`" OVER "'"
	",'unfurl_links':false,'unfurl_media':false}"},
    {"discord",
	"{'content':'**critical** disk full on /srv','embeds':[{'color':"
	"15158332,'description':'```\\n" LINES "```\\n" CODE_FACTS "'}],"
	"'allowed_mentions':{'parse':[]}}",
	"{'content':'**recovered** disk full on /srv','embeds':[{'color':"
	"3066993,'description':'rule `disk_full` on `web1`" OVER "'}],"
	"'allowed_mentions':{'parse':[]}}"},
    {"teams",
	TEAMS("critical", "Attention",
	    BLOCK("EXT4-fs: 95 %", "Monospace") "," BLOCK(
		"EXT4-fs: no space", "Monospace") "," BLOCK(PLAIN_FACTS,
		"Default") "," BLOCK("to exclude such lines: exclude = ^EXT4",
		"Default") "," BLOCK("to silence the rule: ctailctl silence "
				     "disk_full 8h",
		"Default")),
	TEAMS("recovered", "Good",
	    BLOCK("rule disk_full on web1" OVER, "Default"))},
    {"mattermost",
	"{'text':'**critical** disk full on /srv\\n```\\n" LINES
	"```\\n" CODE_FACTS "'}",
	"{'text':'**recovered** disk full on /srv\\nrule `disk_full` on "
	"`web1`" OVER "'}"},
    {"googlechat",
	"{'text':'*critical* disk full on /srv\\n```\\n" LINES
	"```\\n" CODE_FACTS "'}",
	"{'text':'*recovered* disk full on /srv\\nrule `disk_full` on "
	"`web1`" OVER "'}"},
    {"telegram",
	"{'chat_id':'chat_id','text':'critical: disk full on /srv\\n" PLAIN
	"','entities':[{'type':'pre','offset':28,'length':32}],"
	"'link_preview_options':{'is_disabled':true}}",
	"{'chat_id':'chat_id','text':'recovered: disk full on /srv\\nrule "
	"disk_full on web1" OVER
	"','link_preview_options':{'is_disabled':true}}"},
    {"pagerduty",
	"{'routing_key':'routing_key','event_action':'trigger','dedup_key':"
	"'" INCIDENT "','payload':{'summary':'critical: disk full on /srv',"
	"'source':'web1','severity':'critical',"
	"'timestamp':'2023-11-14T22:14:20.000Z','group':'kernel',"
	"'class':'disk_full','custom_details':{'lines':'" LINES
	"','where':'" PLAIN_FACTS "','count':3,'hints':'" PLAIN_HINTS
	"','id':'" ID "'}},"
	"'client':'ctail'}",
	"{'routing_key':'routing_key','event_action':'resolve','dedup_key':"
	"'" INCIDENT "','payload':{'summary':'recovered: disk full on /srv',"
	"'source':'web1','severity':'info',"
	"'timestamp':'2023-11-14T22:14:20.000Z','group':'kernel',"
	"'class':'disk_full','custom_details':{'where':'rule disk_full on "
	"web1" OVER "','count':1,'id':'" ID "'}},'client':'ctail'}"},
    {"ntfy",
	"{'topic':'topic','priority':5,'tags':['rotating_light'],"
	"'title':'critical: disk full on /srv','message':'" PLAIN "'}",
	"{'topic':'topic','priority':3,'tags':['white_check_mark'],"
	"'title':'recovered: disk full on /srv','message':'rule disk_full on "
	"web1" OVER "'}"},
    {"gotify",
	"{'title':'critical: disk full on /srv','message':'" PLAIN
	"','priority':10,'extras':{'client::display':{'contentType':"
	"'text/plain'}}}",
	"{'title':'recovered: disk full on /srv','message':'rule disk_full on "
	"web1" OVER "','priority':4,'extras':{'client::display':{'contentType':"
	"'text/plain'}}}"},
    {"pushover",
	"{'token':'token','user':'user_key','title':'critical: disk full on "
	"/srv','message':'" PLAIN "','priority':1,'timestamp':1700000060}",
	"{'token':'token','user':'user_key','title':'recovered: disk full on "
	"/srv','message':'rule disk_full on web1" OVER "','priority':0,"
	"'timestamp':1700000060}"},
};

static void
make_alert(struct alert *alert)
{
	alert_init(alert);
	memset(alert->id, 'a', ALERT_ID_SIZE - 1);
	memset(alert->incident, 'b', ALERT_ID_SIZE - 1);
	alert->severity = SEVERITY_CRITICAL;
	alert->count = 1;
	alert->first_ms = 1700000000000;
	alert->last_ms = 1700000060000;
	alert_set(&alert->subject, span_str("disk full on /srv"));
	alert_set(&alert->rule, span_str("disk_full"));
	alert_set(&alert->hostname, span_str("web1"));
	alert_set(&alert->log, span_str("kernel"));
}

static void
add_lines(struct alert *alert)
{
	alert->count = 3;
	alert->offset = 4711;
	alert_set(&alert->key, span_str("/srv"));
	alert_set(&alert->file, span_str("/var/log/kern.log"));
	alert_add_line(alert, span_str("EXT4-fs: 95 %"));
	alert_add_line(alert, span_str("EXT4-fs: no space"));
	alert_set_hint(&alert->hint_exclude, span_str("exclude = ^EXT4"));
	alert_set_hint(
	    &alert->hint_silence, span_str("ctailctl silence disk_full 8h"));
}

/* One that is not in the table is no preset at all. */
static const struct preset *
preset_called(const char *name)
{
	int index = 0;

	while (preset_names[index] && strcmp(preset_names[index], name) != 0)
		index++;
	return preset_at(index);
}

static void
body_is(const char *name, const struct alert *alert, const char *want,
    const char *sentence)
{
	struct buf body = BUF_INIT, quoted = BUF_INIT;

	buf_add_str(&quoted, want);
	for (size_t i = 0; i < quoted.len; i++) {
		if (quoted.data[i] == '\'')
			quoted.data[i] = '"';
	}
	preset_render_test(preset_called(name), alert, &body);
	printf("# %s\n", name);
	IS_STR(buf_str(&body), buf_str(&quoted), sentence);
	buf_release(&body);
	buf_release(&quoted);
}

static void
test_bodies(void)
{
	for (size_t i = 0; i < sizeof(contracts) / sizeof(contracts[0]); i++) {
		const struct contract *contract = &contracts[i];
		struct alert alert;

		make_alert(&alert);
		alert.kind = ALERT_RECOVERY;
		body_is(contract->name, &alert, contract->recovery,
		    "the end of an incident reads as documented");
		alert.kind = ALERT_MATCH;
		add_lines(&alert);
		body_is(contract->name, &alert, contract->alert,
		    "an alert reads as documented");
		alert_release(&alert);
	}
}

/* --- Severities ----------------------------------------------------------- */

static const struct {
	const struct preset *preset;
	const char *path;
	const char *want[SEVERITY_CRITICAL + 1];
} scales[] = {
    {&preset_pagerduty, "payload.severity",
	{"info", "info", "info", "warning", "error", "critical"}},
    {&preset_ntfy, "priority", {"1", "2", "3", "4", "4", "5"}},
    {&preset_gotify, "priority", {"0", "2", "4", "5", "7", "10"}},
    {&preset_pushover, "priority", {"-2", "-1", "0", "0", "1", "1"}},
};

static void
test_severities(void)
{
	struct buf body = BUF_INIT, value = BUF_INIT;
	struct alert alert;

	make_alert(&alert);
	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		for (int s = 0; s <= SEVERITY_CRITICAL; s++) {
			alert.severity = (enum severity)s;
			preset_render_test(scales[i].preset, &alert, &body);
			buf_reset(&value);
			json_path(buf_span(&body), scales[i].path, &value);
			IS_STR(buf_str(&value), scales[i].want[s],
			    "a severity has its place on the scale");
		}
	}
	alert_release(&alert);
	buf_release(&body);
	buf_release(&value);
}

/* --- What is not there ---------------------------------------------------- */

static void
test_bare(void)
{
	struct buf body = BUF_INIT, text = BUF_INIT;
	struct alert alert;

	alert_init(&alert);
	alert.severity = SEVERITY_NOTICE;
	memset(alert.id, 'a', ALERT_ID_SIZE - 1);
	preset_render_test(&preset_pagerduty, &alert, &body);
	json_path(buf_span(&body), "dedup_key", &text);
	IS_STR(buf_str(&text), ID, "without an incident the id is the key");
	for (int i = 1; preset_names[i]; i++) {
		preset_render_test(preset_at(i), &alert, &body);
		OK(strstr(body.data, "``") == NULL,
		    "%s: an alert without names has no empty code span",
		    preset_names[i]);
	}
	alert_set(&alert.hint_silence, span_str("ctailctl `x` @all <b> ${y}"));
	for (int i = 1; preset_names[i]; i++) {
		const struct preset *preset = preset_at(i);
		bool as_it_is =
		    preset == &preset_pagerduty || preset == &preset_ntfy ||
		    preset == &preset_gotify || preset == &preset_pushover;

		preset_render_test(preset, &alert, &body);
		OK((strstr(body.data, "to silence") != NULL) == as_it_is,
		    "%s: a hint that had to be changed is not given",
		    preset->name);
	}
	alert_release(&alert);
	buf_release(&body);
	buf_release(&text);
}

static void
test_counts(void)
{
	static const struct {
		enum alert_kind kind;
		const char *want;
	} kinds[] = {
	    {ALERT_MATCH, "5 times from "},
	    {ALERT_SUMMARY, "5 more, held back by the throttle, from "},
	    {ALERT_DIGEST, "5 records, held back until the rule's hours "
			   "began, from "},
	    {ALERT_SILENCE, "5 records, held back by a silence, from "},
	    {ALERT_STORM, "5 alerts, held back by the cap of the sink, from "},
	};
	struct buf body = BUF_INIT;
	struct alert alert;

	make_alert(&alert);
	alert.count = 5;
	alert.undecided = true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		alert.kind = kinds[i].kind;
		preset_render_test(&preset_telegram, &alert, &body);
		OK(strstr(body.data, kinds[i].want) != NULL,
		    "what is counted is said: %s", kinds[i].want);
	}
	OK(strstr(body.data, "not decided: a pattern ran into its limit"),
	    "so is that a pattern could not decide");
	alert_release(&alert);
	buf_release(&body);
}

int
main(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	test_bodies();
	test_severities();
	test_bare();
	test_counts();
	return tap_done();
}
