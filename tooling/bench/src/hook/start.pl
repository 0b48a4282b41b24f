# Starts programs in turn and prints what each start took, a line a program: its name, processor time of all rounds in
# milliseconds, and the wall time of each round. Standard input, each field ended by a NUL and each list preceded by its
# length: rounds that do not count, environment, and for each program its name, what it must print, its words, its inputs.
# A small process starts others fast, so that hardly anything but the programs is measured: from a large Node a start takes as
# long as a third of a hook, from a Perl with a parser of JSON as long as a tenth.
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

my @fields = split /\0/, do { local $/; <STDIN> };
sub list { map { shift @fields } 1 .. shift @fields }

my $warm = shift @fields;
%ENV = map { split /=/, $_, 2 } list();
my @ways;
push @ways, { name => shift @fields, says => shift @fields, argv => [list()], inputs => [list()], cpu => 0 } while @fields;
for my $round (0 .. $#{ $ways[0]{inputs} }) {
    for my $way (@ways) {
        my ($cpu, $start) = (children_cpu(), time);
        my $said = run($way->{argv}, $way->{inputs}[$round]);
        my $wall = (time - $start) * 1000;
        die "$way->{name} says $said\n" if index($said, $way->{says}) < 0;
        next if $round < $warm;
        push @{ $way->{wall} }, $wall;
        $way->{cpu} += children_cpu() - $cpu;
    }
}
print join("\t", $_->{name}, $_->{cpu}, @{ $_->{wall} }), "\n" for @ways;
