/*
 * help: the table of options as a text of one screen.
 */
#include "config.h"

#include "ctail/options.h"

#define COLUMN 28

static const char *const usage[] = {
    [DIALECT_CTAIL] = "usage: ctail [OPTION]... LOG...\n"
		      "       ctail --agent [CTAILD-OPTION]...\n"
		      "Print the lines that are new in each LOG since the last "
		      "time.\n",
    [DIALECT_LOGTAIL] = "usage: logtail [-t] -f LOG [-o FILE]\n"
			"       logtail [-t] LOG [FILE]\n"
			"Print the lines that are new in LOG; this is "
			"ctail(1).\n",
    [DIALECT_PYGTAIL] = "usage: pygtail [OPTION]... LOG\n"
			"Print the lines that are new in LOG; this is "
			"ctail(1).\n",
};

static const char *const statuses[] = {
    [DIALECT_CTAIL] =
	"Exit status: 0 done, 1 nothing new (with --exit-code), 64 usage,\n"
	"  65 offset file damaged, 66 no such log, 69 no agent,\n"
	"  73 position not stored, 74 output failed, 75 locked by another,\n"
	"  77 log unreadable, 79 lines are lost.  See ctail(1).\n",
    [DIALECT_LOGTAIL] = "Exit status: 0, 65, 66, 73 as logtail's.\n",
    [DIALECT_PYGTAIL] = "Exit status: 0, 1, 2 as pygtail's.\n",
};

static void
add_row(struct buf *out, const struct option_row *row)
{
	size_t start = out->len;

	if (row->letter)
		buf_addf(out, "  -%c%s", row->letter, row->name ? ", " : "");
	else
		buf_add_str(out, "      ");
	if (row->name)
		buf_addf(out, "--%s", row->name);
	if (row->argument)
		buf_addf(out, " %s", row->argument);
	do
		buf_add_byte(out, ' ');
	while (out->len - start < COLUMN);
	buf_addf(out, "%s\n", row->help);
}

void
options_help(enum dialect dialect, struct buf *out)
{
	buf_add_str(out, usage[dialect]);
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (!row->help || !option_is_in(row, dialect))
			continue;
		if (row->name || row->letter)
			add_row(out, row);
		else
			buf_addf(out, "%s\n", row->help);
	}
	buf_add_str(out, statuses[dialect]);
}
