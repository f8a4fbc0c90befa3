package LogClock;

# A clock for tools in perl that count on the machine's: it shows what the
# lines of a log say, so that hours pass in no time.  Given to a tool by
# PERL5OPT=-MLogClock, before it is compiled.
#
# SEC reads a log that grows: CLOCK_FEED is written to CLOCK_LOG line by line
# as their times come, and the tool ends when all were read and a while has
# passed.  swatchdog reads a file at once: it is always when the line that it
# has in hand was written.
use strict;
use warnings;
use IO::Handle;
use POSIX ();

my %month;
@month{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)} = 0 .. 11;

# TZ is UTC.
sub stamp {
	my ($line) = @_;
	return POSIX::mktime($6, $5, $4, $3, $2 - 1, $1 - 1900)
	    if $line =~ /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)/;
	return POSIX::mktime($5, $4, $3, $2, $month{$1}, 126)
	    if $line =~ /^(\w{3}) +(\d+) (\d\d):(\d\d):(\d\d) /
	    && exists $month{$1};
	return undef;
}

my ($now, $calls, $patience, $step, $end, $out, @lines) = (0, 0, 8);

sub open_log {
	open(my $in, '<', $ENV{CLOCK_FEED}) or die "$ENV{CLOCK_FEED}: $!";
	while (my $line = <$in>) {
		push @lines, [stamp($line), $line];
	}
	open($out, '>>', $ENV{CLOCK_LOG}) or die "$ENV{CLOCK_LOG}: $!";
	$out->autoflush(1);
	$now = $lines[0][0] - 2;
	$step = $lines[-1][0] - $now < 3600 ? 1 : 60;
	$end = $lines[-1][0] + 5 * $step;
}

# Each pass of SEC's loop asks at least once, and one that reads a line many
# times.  What a time sets off by itself is done before its lines come.
sub feed {
	open_log() unless $out;
	return if ++$calls < $patience;
	($calls, $patience) = (0, 8);
	if (@lines && $lines[0][0] <= $now) {
		print {$out} (shift @lines)->[1];
		$patience = 64;
		return;
	}
	exit 0 if $now > $end;
	$now += $step;
	$now = $lines[0][0] if @lines && $now > $lines[0][0];
}

sub now {
	if ($ENV{CLOCK_FEED}) {
		feed();
	} else {
		$now = stamp($_) // $now for grep { defined } $::_;
	}
	return $now;
}

sub date {
	my @date = gmtime(now());
	return ($date[5] + 1900, $date[4] + 1, @date[3, 2, 1, 0]);
}

BEGIN {
	*CORE::GLOBAL::time = \&now;
	# swatchdog's throttle asks this for the time; SEC has no need of it.
	if (!$ENV{CLOCK_FEED} && eval { require Date::Calc }) {
		no warnings 'redefine';
		*Date::Calc::Today_and_Now = \&date;
	}
}

1;
