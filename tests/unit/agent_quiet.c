/*
 * agent_quiet: a log that says nothing is told once, and once more when it
 * speaks; restarts and pauses of the agent are no silence of the log.
 */
#include "config.h"

#include "base/mem.h"
#include "ctaild/quiet.h"
#include "tap.h"

#define HOUR INT64_C(3600000)
#define NOW INT64_C(1700000000000)

struct fixture {
	struct conf *conf;
	struct plan *plan;
	struct quiet *quiet;
	int missing, back;
	int64_t since_ms;
	struct buf saved;
	int saves;
};

static void
tell(void *arg, size_t log, struct alert_quiet *what)
{
	struct fixture *fixture = arg;

	OK(log == 1 && !strcmp(what->log, "app"), "it is about that log");
	fixture->missing += what->kind == ALERT_ABSENT;
	fixture->back += what->kind == ALERT_RECOVERY;
	fixture->since_ms = what->since_ms;
}

static void
save(void *arg, const char *log, struct span saved)
{
	struct fixture *fixture = arg;

	IS_STR(log, "app", "the clock of the log is stored");
	fixture->saves++;
	buf_reset(&fixture->saved);
	buf_add_span(&fixture->saved, saved);
}

static void
expire(struct fixture *fixture, int64_t now_ms, bool caught_up)
{
	quiet_expire(fixture->quiet, now_ms, caught_up, tell, fixture);
	quiet_changed(fixture->quiet, save, fixture);
}

static void
begin(struct fixture *fixture)
{
	static const char text[] =
	    "[log other]\npath = /var/log/b.log\n"
	    "[log app]\npath = /var/log/a.log\nquiet = 26h\n"
	    "[file out]\npath = /tmp/out\n";
	static const struct conf_places places = {.state_dir = "/s"};
	struct conf_errors errors = CONF_ERRORS_INIT;

	*fixture = (struct fixture){0};
	fixture->conf =
	    conf_load_text("c.ini", span_str(text), &places, &errors);
	fixture->plan = plan_new(fixture->conf, &errors);
	fixture->quiet = quiet_new(fixture->plan);
	conf_errors_release(&errors);
}

static void
finish(struct fixture *fixture)
{
	quiet_free(fixture->quiet);
	plan_free(fixture->plan);
	conf_free(fixture->conf);
	buf_release(&fixture->saved);
}

static void
restart(struct fixture *fixture, int64_t now_ms)
{
	quiet_free(fixture->quiet);
	fixture->quiet = quiet_new(fixture->plan);
	quiet_load(fixture->quiet, span_str("app"), buf_span(&fixture->saved),
	    now_ms);
}

static void
test_rings(void)
{
	struct fixture fixture;

	begin(&fixture);
	OK(quiet_is_used(fixture.quiet), "a log has the key");
	quiet_sign(fixture.quiet, "app", NOW - 100 * HOUR, NOW);
	expire(&fixture, NOW, true);
	IS_INT(fixture.missing, 0,
	    "a log that was silent before the first start is given its time");
	IS_INT(quiet_due(fixture.quiet), NOW + 26 * HOUR, "all of it");
	expire(&fixture, NOW + 26 * HOUR - 1, true);
	IS_INT(fixture.missing, 0, "not a moment too early");
	expire(&fixture, NOW + 26 * HOUR, false);
	IS_INT(fixture.missing, 0, "nor before everything has been read");
	expire(&fixture, NOW + 26 * HOUR, true);
	IS_INT(fixture.missing, 1, "then it is told");
	expire(&fixture, NOW + 60 * HOUR, true);
	IS_INT(fixture.missing, 1, "once");
	restart(&fixture, NOW + 61 * HOUR);
	expire(&fixture, NOW + 61 * HOUR, true);
	IS_INT(fixture.missing, 1, "a restart does not tell it again");
	quiet_sign(fixture.quiet, "app", NOW + 70 * HOUR, NOW + 70 * HOUR);
	expire(&fixture, NOW + 70 * HOUR, true);
	OK(fixture.back == 1 && fixture.since_ms == NOW,
	    "when it speaks again, that is told, and how long it was");
	expire(&fixture, NOW + 71 * HOUR, true);
	IS_INT(fixture.back, 1, "once");
	finish(&fixture);
}

static void
test_signs(void)
{
	struct fixture fixture;

	begin(&fixture);
	expire(&fixture, NOW, true);
	quiet_sign(fixture.quiet, "app", NOW + 20 * HOUR, NOW + 20 * HOUR);
	quiet_sign(fixture.quiet, "app", NOW + 10 * HOUR, NOW + 20 * HOUR);
	expire(&fixture, NOW + 40 * HOUR, true);
	IS_INT(fixture.missing, 0, "a sign winds the clock up");
	quiet_sign(fixture.quiet, "app", NOW + 900 * HOUR, NOW + 40 * HOUR);
	quiet_sign(fixture.quiet, "other", NOW + 40 * HOUR, NOW + 40 * HOUR);
	quiet_sign(fixture.quiet, "none", NOW + 40 * HOUR, NOW + 40 * HOUR);
	expire(&fixture, NOW + 46 * HOUR, true);
	IS_INT(fixture.missing, 1,
	    "a file stamped in the future says nothing, nor another log");
	finish(&fixture);
}

static void
test_stopped(void)
{
	struct fixture fixture;

	begin(&fixture);
	expire(&fixture, NOW, true);
	restart(&fixture, NOW + 100 * HOUR);
	quiet_sign(fixture.quiet, "app", NOW + 99 * HOUR, NOW + 100 * HOUR);
	expire(&fixture, NOW + 100 * HOUR, true);
	IS_INT(fixture.missing, 0,
	    "what was written while the agent was stopped counts");
	expire(&fixture, NOW + 125 * HOUR, true);
	IS_INT(fixture.missing, 1, "and its time runs from there");
	restart(&fixture, NOW);
	OK(quiet_due(fixture.quiet) <= NOW + 26 * HOUR,
	    "a clock set back keeps the deadline within its length");
	finish(&fixture);
}

static void
test_damage(void)
{
	struct fixture fixture;
	char byte;

	begin(&fixture);
	expire(&fixture, NOW, true);
	for (size_t i = 0; i < fixture.saved.len; i++) {
		byte = fixture.saved.data[i];
		fixture.saved.data[i] = (char)(byte ^ 0x5a);
		restart(&fixture, NOW);
		if (quiet_due(fixture.quiet) > NOW + 26 * HOUR)
			OK(false, "damage at %zu moves the deadline away", i);
		fixture.saved.data[i] = byte;
	}
	buf_reset(&fixture.saved);
	buf_add_str(&fixture.saved, "no fields at all");
	restart(&fixture, NOW);
	expire(&fixture, NOW, true);
	IS_INT(quiet_due(fixture.quiet), NOW + 26 * HOUR,
	    "a damaged clock starts anew");
	finish(&fixture);
}

int
main(void)
{
	test_rings();
	test_signs();
	test_stopped();
	test_damage();
	return tap_done();
}
