/*
 * input_source_links: logs that are symbolic links, or lie behind one.
 *
 * With a backend that hints, what a link's directory or its target's
 * directory has to tell is answered within a turn of 200 ms: only its hint
 * can have said so, because the sweep comes every minute.
 */
#include "config.h"

#include "source.h"

static void
point(const char *target, const char *name)
{
	unlink(files_path(name));
	if (symlink(files_path(target), files_path(name)) < 0)
		exit(99);
}

/* Without hints every second is looked. */
static void
soon(struct source *source)
{
	int64_t step = source_fd(source) >= 0 ? 200 : 1000;

	turn(source, step);
	turn(source, step);
}

/* /var/log/containers/x.log -> /var/log/pods/.../0.log */
static struct source *
start_pod(void)
{
	struct source *source;

	start_over();
	files_mkdir("containers");
	files_mkdir("pods");
	files_mkdir("pods/web");
	files_write("pods/web/0.log", "one\n");
	point("pods/web/0.log", "containers/x.log");
	add_log("containers/*.log", LOG_START_START, false, NULL);
	source = open_source();
	turn(source, 0);
	return source;
}

static void
test_rotated_target(void)
{
	struct source *source = start_pod();

	OK(is(&got, "containers/x.log:one|"), "a link is read");
	files_append("pods/web/0.log", "two\n");
	files_rename("pods/web/0.log", "pods/web/0.log.20240101-120000");
	soon(source);
	OK(is(&got, "containers/x.log:two|"),
	    "what comes before its target is renamed is read");
	files_write("pods/web/0.log", "three\n");
	soon(source);
	OK(is(&got, "containers/x.log:three|"),
	    "and the new target as soon as it is there");
	files_append("pods/web/0.log.20240101-120000", "late\n");
	soon(source);
	OK(is(&got, "containers/x.log:late|"),
	    "and what a late writer adds to the old one");
	source_free(source);
}

static void
test_rotated_while_stopped(void)
{
	struct source *source = start_pod();

	stop(source);
	files_append("pods/web/0.log", "two\n");
	files_rename("pods/web/0.log", "pods/web/0.log.20240101-120000");
	files_write("pods/web/0.log", "three\n");
	source = start_again();
	settle(source);
	OK(is(&got, "containers/x.log:two|containers/x.log:three|"),
	    "the old target is found beside the new one");
	OK(!strstr(buf_str(&notices), "gap"), "with nothing lost");
	source_free(source);
}

/* The link leads to a link, and that to nothing, for the moment. */
static void
test_rotated_away_while_stopped(void)
{
	struct source *source;

	start_over();
	files_mkdir("containers");
	files_mkdir("pods");
	files_mkdir("store");
	files_write("store/id-json.log", "one\n");
	point("store/id-json.log", "pods/0.log");
	point("pods/0.log", "containers/x.log");
	add_log("containers/*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	stop(source);
	files_append("store/id-json.log", "two\n");
	files_rename("store/id-json.log", "store/id-json.log.1");
	source = start_again();
	settle(source);
	OK(is(&got, "containers/x.log:two|"),
	    "an old target is found although no new one is there yet");
	files_write("store/id-json.log", "three\n");
	soon(source);
	OK(is(&got, "containers/x.log:three|"), "and the new one when it is");
	source_free(source);
}

static void
test_pointed_elsewhere(void)
{
	struct source *source = start_pod();

	is(&got, "containers/x.log:one|");
	files_append("pods/web/0.log", "two\n");
	files_write("pods/web/1.log", "three\n");
	point("pods/web/1.log", "containers/x.log");
	soon(source);
	OK(is(&got, "containers/x.log:two|containers/x.log:three|"),
	    "a link that leads elsewhere is followed, after the rest");
	files_mkdir("other");
	files_write("other/z.log", "four\n");
	point("other/z.log", "containers/x.log");
	soon(source);
	files_rename("other/z.log", "other/z.log.1");
	soon(source);
	files_write("other/z.log", "five\n");
	soon(source);
	OK(is(&got, "containers/x.log:four|containers/x.log:five|"),
	    "into another directory, which is watched from then on");
	source_free(source);
}

static void
test_dangling(void)
{
	struct source *source;

	start_over();
	point("later/deep/x.log", "x.log");
	point("y.log", "y.log");
	add_log("x.log", LOG_START_END, false, NULL);
	add_log("y.log", LOG_START_END, false, NULL);
	source = open_source();
	turn(source, 0);
	OK(strstr(buf_str(&notices), "missing x.log|"),
	    "a link to nothing is missing");
	OK(strstr(buf_str(&notices), "unreadable y.log|"),
	    "a link to itself cannot be read");
	buf_reset(&notices);
	turn(source, 61000);
	OK(is(&notices, ""), "which is told once");
	files_mkdir("later");
	soon(source);
	files_mkdir("later/deep");
	soon(source);
	files_write("later/deep/x.log", "here\n");
	soon(source);
	OK(is(&got, "x.log:here|"), "what appears behind it is read");
	unlink(files_path("y.log"));
	files_write("y.log", "a file\n");
	soon(source);
	OK(is(&got, "y.log:a file|"), "and what takes the place of a loop");
	source_free(source);
}

static void
test_directory_link(void)
{
	struct source *source;

	start_over();
	files_mkdir("blue");
	files_mkdir("green");
	files_write("blue/x.log", "one\n");
	point("blue", "now");
	add_log("now/*.log", LOG_START_START, false, NULL);
	source = open_source();
	turn(source, 0);
	files_write("green/x.log", "two\n");
	point("green", "now");
	soon(source);
	OK(is(&got, "now/x.log:one|now/x.log:two|"),
	    "a directory that is a link may lead elsewhere");
	files_write("green/y.log", "three\n");
	soon(source);
	OK(is(&got, "now/y.log:three|"), "and is watched there");
	source_free(source);
}

static void
test_link_and_target(void)
{
	struct source *source;

	start_over();
	files_write("x.log", "one\n");
	point("x.log", "current.log");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	OK(is(&got, "current.log:one|"), "a link and its target are one log");
	files_write("y.log", "two\n");
	point("y.log", "current.log");
	settle(source);
	files_append("x.log", "three\n");
	for (int i = 0; i < 5; i++)
		turn(source, 61000);
	OK(strstr(buf_str(&got), "two|") && strstr(buf_str(&got), "three|"),
	    "when it leads elsewhere both are read");
	IS_INT((long long)strlen(buf_str(&got)),
	    (long long)strlen("current.log:two|current.log:three|"),
	    "once");
	buf_reset(&got);
	source_free(source);
}

static void
test_hard_links_that_appear(void)
{
	struct source *source;

	start_over();
	add_log("app*.log", LOG_START_START, false, NULL);
	add_log("app.log", LOG_START_START, false, NULL);
	add_log("other.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_write("app.log", "");
	OK(link(files_path("app.log"), files_path("app-too.log")) == 0,
	    "a file has two names, of which one was waited for");
	files_append("app.log", "one\n");
	settle(source);
	OK(is(&got, "app.log:one|"), "it is read once");
	OK(link(files_path("app.log"), files_path("other.log")) == 0,
	    "it gets the third name, which was waited for too");
	settle(source);
	files_append("app.log", "two\n");
	settle(source);
	OK(is(&got, "app.log:two|"), "and is still read once");
	unlink(files_path("app-too.log"));
	files_rename("app.log", "away");
	files_write("app.log", "three\n");
	for (int i = 0; i < 5; i++)
		turn(source, 61000);
	OK(is(&got, "app.log:three|"), "its name is given to a new file");
	files_append("other.log", "four\n");
	settle(source);
	OK(is(&got, "other.log:four|"),
	    "the other name goes on where the first one left it");
	source_free(source);
}

int
main(void)
{
	files_begin();
	test_hard_links_that_appear();
	test_rotated_target();
	test_rotated_while_stopped();
	test_rotated_away_while_stopped();
	test_pointed_elsewhere();
	test_dangling();
	test_directory_link();
	test_link_and_target();
	return end_tests();
}
