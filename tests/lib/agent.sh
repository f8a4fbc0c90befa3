# tests/lib/agent.sh: a ctaild of the test's own, with its state in $dir/state
# and its configuration in $dir/ctail.ini.  Sourced after env.sh.
state=$dir/state
conf=$dir/ctail.ini
out=$dir/out.jsonl
agent=

# configure: standard input behind an [agent] and a [file out] sink.
configure() {
	{
		printf '%s\n' '[agent]' "state_dir = $state" 'reserve = 64k' \
		    'sink = out' '[file out]' "path = $out" ''
		cat
	} >"$conf"
}

# once [OPTION...]: one pass; $status, and what it said in $dir/said.
once() {
	"$CTAILD" -c "$conf" --libexec "$builddir" --once "$@" \
	    >"$dir/printed" 2>"$dir/said"
	status=$?
}

ctl() { # ctl COMMAND...: ctailctl on this configuration
	"$CTAILCTL" -c "$conf" --libexec "$builddir" "$@"
}

agent_answers() {
	[ -S "$state/control.sock" ] && ctl sweep
}

# start [OPTION...]: an agent in the background, until it answers.
start() {
	"$CTAILD" -c "$conf" --libexec "$builddir" "$@" \
	    >"$dir/printed" 2>>"$dir/said" &
	agent=$!
	mine "$agent"
	until_true 10 agent_answers
}

stop() {
	end "$agent"
	agent=
}

said() { # said ERE: whether the agent has said so by now
	until_true 10 grep -Eq -e "$1" "$dir/said"
}

# What arrived in the file sink: values of a text or number field, a line
# each.
arrived() { # arrived FIELD [FILE]
	[ -e "${2:-$out}" ] || return 0
	sed -n 's/^{.*"'"$1"'":\("\([^"]*\)"\|\([0-9]*\)\)[,}].*/\2\3/p' \
	    "${2:-$out}"
}

has_arrived() { # has_arrived COUNT [FILE]
	[ -e "${2:-$out}" ] && [ "$(wc -l <"${2:-$out}")" -ge "$1" ]
}

wait_for() { # wait_for COUNT [FILE]: alerts in the sink
	until_true 10 has_arrived "$@"
}

offset_file() { # offset_file LOG: where its position is exported
	printf '%s/offsets/%s.offset\n' "$state" \
	    "$(printf '%s' "${1#/}" | sed 's/=/==/g; s/%/=p/g; s|/|%|g')"
}

# fresh: no state, no logs, nothing said.
fresh() {
	[ -z "$agent" ] || stop
	rm -rf "$state" "$out" "$dir"/*.log "$dir"/*.log.* "$dir/said"
	: >"$dir/said"
}

# unfolded: what $printed holds, long lines in one.
unfolded() {
	printf '%s\n' "$printed" | sed -e ':a' -e 'N' -e '$!ba' \
	    -e 's/,\n      /, /g'
}
