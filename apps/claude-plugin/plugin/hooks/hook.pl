# hook.pl EVENT SOCKET: asks the daemon that listens on SOCKET. Standard input is the host's input, fd 4 is what `env -0`
# printed. Prints the daemon's answer and ends with 210 to go on or with 212 to block; hook.sh has words for the other ends.
# A hook starts for every call, and every module takes a tenth of what all of this takes: there is none, not even `strict`,
# with which a test compiles it. For the same reason nothing is matched before the daemon is asked.

my ($late, $not_whole, $none, $too_large, $stranger, $not_asked, $event, $socket, $daemon);

# Directory and socket are real, ours, and nobody else's to reach or to replace (LOC-020). No link is followed.
sub is_trusted {
    return 0 if index($socket, '/') != 0;
    my $runtime = substr $socket, 0, rindex $socket, '/';
    my $parent = substr $runtime, 0, rindex $runtime, '/';
    my $mode = (lstat $parent)[2] // return 0;
    return 0 if ($mode & 0170000) != 0040000 || $mode & 0002;
    return is_own($runtime, 0040700) && is_own($socket, 0140600);
}

sub is_own {
    my ($path, $expected) = @_;
    my ($mode, $uid) = (lstat $path)[2, 4];
    return defined $mode && $mode == $expected && $uid == $>;
}

# Happens before the rest of this file is compiled: the daemon wakes up and takes the connection in that time. Up to the
# connection nothing is read: Node can start the daemon, say what is wrong, or decide without one (LOC-105).
BEGIN {
    ($late, $not_whole, $none, $too_large, $stranger, $not_asked) = 3 .. 8;
    # Both come from hook.sh and the installation; the key of a hash is not tainted.
    $event = $ARGV[0];
    ($socket) = keys %{ { $ARGV[1] => 1 } };
    # A signal that ends Perl itself, whatever our caller ignores: hook.sh takes every end that it does not know for a block.
    $SIG{ALRM} = 'DEFAULT';
    alarm 315;
    exit $not_asked if length($socket) > 100 || !is_trusted();
    # The numbers of Linux: the module that knows them takes longer to load than everything else.
    my $is_linux = $^O eq 'linux';
    require Socket if !$is_linux;
    my ($family, $stream) = $is_linux ? (1, 1) : (Socket::AF_UNIX(), Socket::SOCK_STREAM());
    my $address = $is_linux ? pack('Sa*', 1, "$socket\0") : Socket::pack_sockaddr_un($socket);
    socket($daemon, $family, $stream, 0) or exit $not_asked;
    connect($daemon, $address) or exit $not_asked;
    # SO_PEERCRED of SOL_SOCKET: pid, uid and gid of whoever listens.
    exit $stranger if $is_linux && (unpack 'iII', getsockopt($daemon, 1, 17) // '')[1] != $>;
}

# Everything until the end, or a little more than $most bytes. Undefined when it cannot be read.
sub take {
    my ($from, $most) = @_;
    my $bytes = '';
    while (length($bytes) <= $most) {
        my $size = sysread($from, $bytes, 65_536, length($bytes)) // return undef;
        last if $size == 0;
    }
    return $bytes;
}

sub give {
    my ($to, $bytes) = @_;
    my $at = 0;
    while ($at < length($bytes)) {
        $at += syswrite($to, $bytes, length($bytes) - $at, $at) // return 0;
    }
    return 1;
}

# Uuencoding is base64 in lines, with other letters and without the padding.
sub base64 {
    my ($bytes) = @_;
    my $text = join '', unpack '(xa61)*', pack 'u', $bytes;
    $text =~ tr{` -_\n}{AA-Za-z0-9+/}d;
    my $missing = -length($bytes) % 3;
    return substr($text, 0, length($text) - $missing) . '=' x $missing;
}

# Asks before the rest of this file is compiled: that happens while the daemon works.
BEGIN {
    # An environment that a header cannot hold is not told: then no pattern applies.
    open my $kept, '<&=', 4 or exit $not_whole;
    my $environment = take($kept, 75_000) // '';
    $environment = '' if length($environment) > 75_000;
    my $input = take(\*STDIN, 4_194_304) // exit $not_whole;
    exit $too_large if length($input) > 4_194_304;
    my $request = join "\r\n",
        "POST /v1/hooks/claude-code/$event HTTP/1.1",
        'Host: airlock',
        'Connection: close',
        'Content-Type: application/json',
        'Content-Length: ' . length($input),
        $environment eq '' ? () : 'Airlock-Environment: ' . base64($environment),
        '', $input;
    give($daemon, $request) or exit $not_whole;
}

$SIG{ALRM} = sub { exit $late };

# Names and values of the header; nothing when a line is no header, or comes twice.
sub headers {
    my %headers;
    for my $line (@_) {
        my ($name, $value) = $line =~ /\A([A-Za-z0-9-]+): *([ -~]*)\z/ or return;
        return if exists $headers{lc $name};
        $headers{lc $name} = $value;
    }
    return %headers;
}

# Whether permission, exit code and body have one form together (table 18.1).
sub agree {
    my ($permission, $code, $body) = @_;
    my %exits = (allow => '0', pass => '0', deny => '2');
    return 0 if !exists $exits{$permission} || $code ne $exits{$permission} || $body =~ /[\0-\x1f\x7f]/;
    return $permission ne 'allow' && $body =~ /\A(?:\{.*)?\z/ if $event ne 'PreToolUse';
    return $body eq '{}' if $permission eq 'pass';
    my $decided = qq({"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"$permission",);
    return $body =~ /\A\Q$decided\E"permissionDecisionReason":"[^"\\]*(?:\\(?:["\\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\]*)*"\}\}\z/;
}

my $answer = take($daemon, 65_536) // exit $not_whole;
exit $not_whole if length($answer) > 65_536;
my ($head, $body) = split /\r\n\r\n/, $answer, 2;
exit $not_whole if !defined $body;
my ($status, @lines) = split /\r\n/, $head;
my %header = headers(@lines);
my ($permission, $code) = map { $header{"airlock-$_"} // '' } 'permission', 'exit';
exit $not_whole if ($header{'content-length'} // '') ne length($body) || exists $header{'transfer-encoding'};
exit $none if $status ne 'HTTP/1.1 200 OK' || !agree($permission, $code, $body);

give(\*STDOUT, $body) or exit $not_whole;
if ($permission eq 'deny') {
    my $reason = $header{'airlock-reason'} // '';
    give(\*STDERR, ($reason eq '' ? 'airlock: denied' : $reason) . "\n");
}
exit($permission eq 'deny' ? 212 : 210);
