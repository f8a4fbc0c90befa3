# lines.awk: the lines of lines.txt, many times and each time with other words,
# into two files: those of every other message into the first.  The same every
# time, whichever awk it is.
#
#   awk -v copies=N -v first=FILE -v rest=FILE -f lines.awk lines.txt

function random(limit) {
	seed = seed * 16807 % 2147483647
	return int(seed / 2147483647 * limit)
}

function one_of(list, parts) {
	return parts[1 + random(split(list, parts, " "))]
}

function some_of(letters, count, text) {
	for (text = ""; count > 0; count--)
		text = text substr(letters, 1 + random(length(letters)), 1)
	return text
}

function number() {
	return 1 + random(random(3) ? 100000 : 1000)
}

function address() {
	return 10 + random(200) "." random(256) "." random(256) "." \
	    1 + random(254)
}

function word() {
	return one_of(words) (random(4) ? "" : "-" one_of(words))
}

function capital(text) {
	return toupper(substr(text, 1, 1)) substr(text, 2)
}

function fill(kind) {
	if (kind == "n") return number()
	if (kind == "ip") return address()
	if (kind == "user") return one_of(users)
	if (kind == "word") return word()
	if (kind == "Word") return capital(one_of(words))
	if (kind == "domain") return one_of(words) "." one_of(ends)
	if (kind == "hex") return some_of("0123456789abcdef", 6 + random(6))
	if (kind == "token") return some_of(letters, 12)
	if (kind == "queue") return some_of("0123456789ABCDEF", 10)
	if (kind == "mac") return "00:16:3e:" some_of("0123456789abcdef", 2) \
	    ":" some_of("0123456789abcdef", 2) ":5c"
	if (kind == "device") return one_of("eth0 eth1 ens3 enp5s0 br0 wg0")
	return "{" kind "}"
}

function message(text, done) {
	for (done = ""; match(text, /\{[A-Za-z0-9]+\}/); ) {
		done = done substr(text, 1, RSTART - 1) \
		    fill(substr(text, RSTART + 1, RLENGTH - 2))
		text = substr(text, RSTART + RLENGTH)
	}
	return done text
}

function stamp() {
	return sprintf("%s %2d %02d:%02d:%02d %s",
	    one_of("Jan Mar Jun Sep Nov"), 1 + random(28), random(24),
	    random(60), random(60),
	    one_of("db1 db2 mail web-01 web-02 gate node07"))
}

BEGIN {
	seed = 20261123
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	users = "root admin alice bob carol deploy git backup www-data oracle" \
	    " test ubuntu pi guest jenkins erin frank mallory nagios ftp"
	words = "billing catalog orders payment session cache worker index" \
	    " gateway metrics report upload image search user profile mail" \
	    " queue stock price basket export import audit ledger archive" \
	    " render sync notify agent proxy token schedule backup replica"
	ends = "example.com example.org example.net lan internal.example"
}

/^#/ || NF < 2 { next }

{
	weight = $1
	sub(/^[0-9]+ /, "")
	total++
	for (i = 0; i < weight; i++) {
		kinds++
		texts[kinds] = $0
		side[kinds] = total % 2
	}
}

END {
	for (i = kinds * copies; i > 0; i--) {
		kind = 1 + random(kinds)
		print stamp() " " message(texts[kind]) > \
		    (side[kind] ? first : rest)
	}
}
