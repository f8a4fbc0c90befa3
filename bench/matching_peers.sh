# matching_peers.sh: how matching.sh calls ctail and the others.
# shellcheck shell=sh disable=SC2154

# What makes it quickest here; -a because it would stop at a NUL.
rg_options="-a -N -I --color never -j1 --no-unicode --regex-size-limit 2G --dfa-size-limit 2G"

# The words before the log's name.
matching_command() { # matching_command TOOL SET
	case $1 in
	ctail) echo "$CTAILCTL grep -f $2.rules" ;;
	portable) echo "$probes/ctailctl-portable grep -f $2.rules" ;;
	ignore) echo "$CTAILCTL grep -v -f $2" ;;
	rg) echo "rg --no-config $rg_options -f $2.rg" ;;
	grep) echo "grep -a -E -f $2.grep" ;;
	grep-all) echo "grep -a -E -f $2.rules" ;;
	grep-P) echo "grep -a -P -f $2.rules" ;;
	alternation | loop)
		echo "perl $srcdir/bench/match.pl $1 $2.rules" ;;
	sec) echo "sec --conf=$2.sec --notail --log=/dev/null --input" ;;
	swatchdog)
		echo "swatchdog --script-dir $place -c $place/swatchdog.conf -f" ;;
	mtail)
		echo "mtail --one_shot --progs $place/mtail --log_dir $place/out --logs" ;;
	logcheck) echo "sh $2.loop" ;;
	fail2ban) echo "sh $place/fail2ban.sh" ;;
	esac
}

matching_label() { # matching_label TOOL
	case $1 in
	ctail) echo "ctailctl grep" ;;
	portable) echo "ctailctl grep, portable engine" ;;
	ignore) echo "ctailctl grep -v" ;;
	rg) echo "rg -j1" ;;
	grep) echo "grep -E" ;;
	grep-all) echo "grep -E, with those that refer back" ;;
	grep-P) echo "grep -P" ;;
	alternation) echo "perl, one alternation" ;;
	loop) echo "perl, a loop" ;;
	logcheck) echo "logcheck's loop of grep -E -v" ;;
	fail2ban) echo "fail2ban-regex, filter sshd" ;;
	agent-one) echo "1 rule that does not match" ;;
	agent-words) echo "10 words in match_file" ;;
	agent-all) echo "all rules in exclude_file" ;;
	agent-logcheck) echo "[logcheck], level = workstation" ;;
	*) echo "$1" ;;
	esac
}

matching_program() { # matching_program TOOL
	case $1 in
	ctail | ignore) echo "$CTAILCTL" ;;
	portable) echo "$probes/ctailctl-portable" ;;
	grep-P | grep-all | logcheck) echo grep ;;
	alternation | loop) echo perl ;;
	fail2ban) echo fail2ban-regex ;;
	*) echo "$1" ;;
	esac
}

# There, and of the kind that ends.
matching_has() { # matching_has TOOL
	have "$(matching_program "$1")" || return 1
	case $1 in
	ctail | portable | ignore)
		"$(matching_program "$1")" grep -e x "$place/empty.log" \
		    >/dev/null 2>&1 || [ $? -eq 1 ] ;;
	swatchdog) matching_swatchdog ;;
	mtail) matching_mtail ;;
	fail2ban) matching_fail2ban_script ;;
	esac
}

matching_why_not() { # matching_why_not TOOL
	if have "$(matching_program "$1")"; then
		echo "fails or does not end"
	else
		echo "not installed"
	fi
}

matching_sec_rules() { # matching_sec_rules RULES
	awk '{
		printf "type=Single\nptype=RegExp\npattern=%s\n", $0
		printf "desc=%d\naction=write - $0\n\n", NR
	}' "$1"
}

# The ten words.
matching_swatchdog() {
	{
		printf 'watchfor /%s/\n' "$(paste -s -d '|' "$place/words")"
		echo '  echo normal'
	} >"$place/swatchdog.conf"
}

# It counts them: it cannot print.
matching_mtail() {
	mkdir -p "$place/mtail"
	{
		echo 'counter hits'
		printf '/%s/ {\n  hits++\n}\n' \
		    "$(paste -s -d '|' "$place/words")"
	} >"$place/mtail/words.mtail"
}

matching_fail2ban_script() {
	echo "exec fail2ban-regex \"\$1\" sshd" >"$place/fail2ban.sh"
}

# What logcheck does with each of its files, on one log.
matching_loop_script() {
	cat <<END
cp "\$1" "$place/loop.old"
for file in "$place"/ignore/*; do
	grep --text -E -v -f "\$file" "$place/loop.old" >"$place/loop.new"
	mv "$place/loop.new" "$place/loop.old"
done
cat "$place/loop.old"
END
}

matching_versions() {
	printf '  %s; perl %s' "$(grep --version | head -n 1)" \
	    "$(perl -e 'printf "%vd", $^V')"
	! have rg || printf '; %s' "$(rg --version | head -n 1)"
	! have sec || printf '; sec %s' \
	    "$(sec --version | sed -n 's/.*Correlator) //p')"
	! have mtail || printf '; %s' "$(mtail --version | cut -d ' ' -f 1-3)"
	! have fail2ban-regex || printf '; %s' "$(fail2ban-regex --version)"
	echo
}
