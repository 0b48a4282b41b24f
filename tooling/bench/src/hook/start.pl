# Starts programs in turn and prints what each start took, as JSON: {NAME: {"wall": [ms, ...], "cpu": ms}}.
# Standard input: {"warm": N, "env": {}, "ways": [{"name", "argv", "inputs", "says"}]}; each input is one round, and what the
# program prints must hold `says`. A small process starts others fast: from a large Node it takes as long as a third of a hook.
use strict;
use warnings;
use JSON::PP;
use Time::HiRes 'time';

# User and system time of all children that have ended, milliseconds: ticks of 10 ms, exact over many rounds.
sub children_cpu {
    open my $file, '<', '/proc/self/stat' or die $!;
    my @fields = split ' ', (split /\) /, <$file>)[1];
    return ($fields[13] + $fields[14]) * 10;
}

sub run {
    my ($argv, $input) = @_;
    pipe my $in, my $to or die $!;
    pipe my $from, my $out or die $!;
    my $pid = fork // die $!;
    if ($pid == 0) {
        open STDIN, '<&', $in or die $!;
        open STDOUT, '>&', $out or die $!;
        exec { $argv->[0] } @$argv or die $!;
    }
    close $in;
    close $out;
    syswrite $to, $input;
    close $to;
    my $said = do { local $/; <$from> } // '';
    waitpid $pid, 0;
    die "@$argv: $? $said\n" if $? != 0;
    return $said;
}

my $plan = decode_json(do { local $/; <STDIN> });
%ENV = %{ $plan->{env} };
my %costs = map { $_->{name} => { wall => [], cpu => 0 } } @{ $plan->{ways} };
for my $round (0 .. $#{ $plan->{ways}[0]{inputs} }) {
    for my $way (@{ $plan->{ways} }) {
        my ($cpu, $start) = (children_cpu(), time);
        my $said = run($way->{argv}, $way->{inputs}[$round]);
        my $wall = (time - $start) * 1000;
        die "$way->{name} says $said\n" if index($said, $way->{says}) < 0;
        next if $round < $plan->{warm};
        push @{ $costs{ $way->{name} }{wall} }, $wall;
        $costs{ $way->{name} }{cpu} += children_cpu() - $cpu;
    }
}
print encode_json(\%costs);
