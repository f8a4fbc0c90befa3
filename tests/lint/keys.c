/*
 * keys: prints every key of ctail.ini as the programs know it, for
 * complete.t, which holds the manual against it.
 *
 * A line: SECTION KEY built|not-built DEFAULT CHOICE...; a dash stands for
 * no default.
 */
#include "config.h"

#include <stdio.h>

#include "conf/agent_settings.h"
#include "deliver/sink_kind.h"
#include "input/log_settings.h"
#include "judge/logcheck_settings.h"
#include "judge/rule_settings.h"

static void
print_table(const struct setting_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct setting *row = &table->rows[i];

		printf("%s %s %s \"%s\"", table->section, row->name,
		    row->type == SETTING_NOT_BUILT ? "not-built" : "built",
		    row->fallback ? row->fallback : "");
		for (size_t c = 0; row->choices && row->choices[c]; c++)
			printf(" %s", row->choices[c]);
		putchar('\n');
	}
}

int
main(void)
{
	print_table(&agent_setting_table);
	print_table(&log_setting_table);
	print_table(&rule_setting_table);
	print_table(&logcheck_setting_table);
	for (size_t i = 0; sink_kinds[i]; i++)
		print_table(sink_kinds[i]->table);
	return 0;
}
