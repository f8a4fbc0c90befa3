# match.pl: the lines of a log that any of many patterns matches, as one writes
# it in perl: for bench/run matching.
#
#   perl match.pl alternation|loop RULES LOG
use strict;
use warnings;

my ($how, $rules, $log) = @ARGV;
open(my $file, '<', $rules) or die "$rules: $!\n";
chomp(my @texts = <$file>);
close($file);
{
    no warnings;
    @texts = grep { eval { qr/$_/ } } @texts;
    @texts = (join('|', map { "(?:$_)" } @texts)) if $how eq 'alternation';
}
my @patterns = map { no warnings; qr/$_/ } @texts;
open(my $lines, '<', $log) or die "$log: $!\n";
if (@patterns == 1) {
    my $pattern = $patterns[0];
    while (<$lines>) {
        print if $_ =~ $pattern;
    }
    exit 0;
}
while (my $line = <$lines>) {
    for my $pattern (@patterns) {
        if ($line =~ $pattern) {
            print $line;
            last;
        }
    }
}
