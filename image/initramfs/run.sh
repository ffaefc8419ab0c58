#!/bin/sh
# image/initramfs/run.sh BOARD [PEER-BOARD] [--date DATE] [--binaries DIR] [--keep]: two emulated routers
# on one wire. Each is killed once while it is master; the other has to take the address.
#
#   --date 2039-01-01   the boards' clocks start there
#   --binaries DIR      take DIR/TRIPLE instead of building
#   --keep              leave the consoles and the captures in place
#
# The wire is a third emulator without a processor: a hub that writes down each frame with the time
# of this machine. From there come the times, and who sent what. Without root; everything is
# emulated (no KVM). Exit code 0 only if the address moved both times and each heard the other.
set -eu
umask 022
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin

usage() { echo "usage: run.sh BOARD [PEER-BOARD] [--date DATE] [--binaries DIR] [--keep]" >&2; exit 2; }
get() { sh "$root/board/board.sh" get "$1" "$2"; }
maybe() { get "$1" "$2" 2>/dev/null || :; }
say() { printf '%s\n' "$*"; }

board1='' board2='' date='' binaries='' keep=''
while [ $# -gt 0 ]; do
	case $1 in
	--date) date=${2:-}; [ -n "$date" ] || usage; shift ;;
	--binaries) binaries=${2:-}; [ -d "$binaries" ] || usage; shift ;;
	--keep) keep=1 ;;
	-*) usage ;;
	*) [ -z "$board2" ] || usage; if [ -z "$board1" ]; then board1=$1; else board2=$1; fi ;;
	esac
	shift
done
[ -n "$board1" ] || usage
board2=${board2:-$board1}

# ---- the end, however it comes ------------------------------------------------------------------

pids=''

# Each emulator leads a process group of its own: User-Mode Linux is many processes.
end() { kill -KILL "-$1" 2>/dev/null || :; }

clean_up() {
	trap '' INT TERM HUP PIPE
	for pid in $pids; do
		end "$pid"
	done
	exec 8>&- 9>&-
	if [ -n "$keep" ]; then say "left in $dir"; else rm -rf "$dir"; fi
}

die() {
	echo "run: $*" >&2
	for n in 1 2; do
		[ -s "$dir/console$n" ] || continue
		echo "the last words of router $n:" >&2
		tail -n 12 "$dir/console$n" | tr -d '\r' >&2
	done
	for file in "$dir"/*.err; do
		[ ! -s "$file" ] || tail -n 5 "$file" >&2
	done
	exit 1
}

dir=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-run.XXXXXX")
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# ---- what is needed -----------------------------------------------------------------------------

set -- tcpdump:tcpdump setsid:util-linux
for board in "$board1" "$board2"; do
	get "$board" triple >/dev/null
	qemu=$(maybe "$board" qemu)
	if [ -n "$qemu" ]; then
		set -- "$@" "${qemu%% *}:$(get "$board" emulator)"
	elif [ "$board" != uml ]; then
		echo "run: $board is not an emulated board" >&2
		exit 2
	elif [ -n "$date" ]; then
		echo "run: uml takes the time of this machine; --date is for QEMU's boards" >&2
		exit 2
	fi
done
hub=$(maybe "$board1" qemu)
[ -n "$hub" ] || hub=$(maybe "$board2" qemu)
hub=${hub%% *}
if [ -z "$hub" ]; then
	hub="qemu-system-x86_64"
	set -- "$@" qemu-system-x86_64:qemu-system-x86
fi
sh "$here/needs.sh" "$@"

for n in 1 2; do
	eval "board=\$board$n"
	[ "$n" = 1 ] || [ "$board2" != "$board1" ] || continue
	set -- "$board" -o "$dir/$board"
	# 64-bit kernels take any time by themselves.
	case $date/$(get "$board" triple) in /* | */x86_64* | */aarch64*) ;; *) set -- "$@" --clock ;; esac
	[ -z "$binaries" ] || set -- "$@" --binary "$binaries/$(get "$board" triple)"
	sh "$here/make.sh" "$@"
done

# ---- the wire -----------------------------------------------------------------------------------

# UDP ports for User-Mode Linux; QEMU's boards are on sockets in $dir.
port=$((20000 + $$ % 10000 * 4))

# end_of BOARD N: how the hub reaches router N.
end_of() {
	if [ "$1" = uml ]; then
		printf '%s' "l2tpv3,id=end$2,src=127.0.0.1,dst=127.0.0.1,udp=on,\
srcport=$((port + $2)),dstport=$((port + $2 + 2)),txsession=$2,rxsession=$2"
	else
		printf '%s' "stream,id=end$2,server=on,addr.type=unix,addr.path=$dir/wire$2"
	fi
}

setsid "$hub" -M none -nodefaults -display none -monitor none -serial none \
	-netdev "$(end_of "$board1" 1)" -netdev hubport,id=port1,hubid=0,netdev=end1 \
	-netdev "$(end_of "$board2" 2)" -netdev hubport,id=port2,hubid=0,netdev=end2 \
	-object "filter-dump,id=dump1,netdev=end1,file=$dir/pcap1" \
	-object "filter-dump,id=dump2,netdev=end2,file=$dir/pcap2" </dev/null >"$dir/hub.err" 2>&1 &
hub_pid=$!
pids="$pids $hub_pid"
tries=0
until [ -s "$dir/pcap2" ] && { [ "$board1" = uml ] || [ -S "$dir/wire1" ]; } &&
	{ [ "$board2" = uml ] || [ -S "$dir/wire2" ]; }; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || die "the hub does not start"
	sleep 0.1
done

# wire N: the frames as router N's end of the wire had them, as text.
wire() { tcpdump -n -e -tt -r "$dir/pcap$1" 'vrrp or arp' 2>/dev/null || :; }

# ---- the routers --------------------------------------------------------------------------------

# start N
start() {
	eval "board=\$board$1"
	mac=02:00:00:00:00:0$1
	rm -f "$dir/keys$1"
	mkfifo "$dir/keys$1"
	: >"$dir/console$1"
	# Boots it in a process group of its own, with its console in files.
	if [ "$board" = uml ]; then
		set -- "$1" "$dir/$board/kernel" "mem=$(get "$board" ram-mb)M" "initrd=$dir/$board/initramfs.gz" \
			quiet loglevel=4 panic=-1 "router=$1" con=null con0=fd:0,fd:1 ssl=null \
			"umid=holdfast-$$-$1" "uml_dir=$dir/uml" \
			"vec0:transport=l2tpv3,udp=1,src=127.0.0.1,dst=127.0.0.1,srcport=$((port + $1 + 2)),\
dstport=$((port + $1)),rx_session=$1,tx_session=$1,mac=$mac"
	else
		# shellcheck disable=SC2046 # a command with arguments
		set -- "$1" $(get "$board" qemu) -accel tcg -m "$(get "$board" ram-mb)" -nodefaults -no-user-config \
			-display none -monitor none -serial stdio -no-reboot ${date:+-rtc base=$date} \
			-kernel "$dir/$board/kernel" -initrd "$dir/$board/initramfs.gz" \
			-netdev "stream,id=lan,server=off,addr.type=unix,addr.path=$dir/wire$1" \
			-device "$(get "$board" nic),netdev=lan,mac=$mac,romfile=" \
			-append "console=$(get "$board" console) quiet loglevel=4 panic=-1 mitigations=off router=$1"
	fi
	n=$1
	shift
	setsid "$@" <"$dir/keys$n" >"$dir/console$n" 2>"$dir/router$n.err" &
	eval "pid$n=$!"
	pids="$pids $!"
	# Opened for both ways, so that opening waits for nobody.
	if [ "$n" = 1 ]; then exec 8<>"$dir/keys1"; else exec 9<>"$dir/keys2"; fi
}

keys() { if [ "$1" = 1 ]; then cat >&8; else cat >&9; fi; }

# kill_router N: its power fails.
kill_router() {
	eval "end \$pid$1"
	eval "wait \$pid$1 2>/dev/null" || :
}

alive() { eval "kill -0 \$pid$1 2>/dev/null"; }

# log N TEXT: whether its console has TEXT.
log() { grep -qF "$2" "$dir/console$1"; }

# await SECONDS N WHAT COMMAND...
await() {
	left=$(($1 * 5)) n=$2 what=$3
	shift 3
	until "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || die "router $n: $what did not come"
		alive "$n" || die "router $n: its emulator ended before: $what"
		kill -0 "$hub_pid" 2>/dev/null || die "the hub ended"
		sleep 0.2
	done
}

# ask N COMMAND: what it prints on the console, between marks that the echo does not have.
ask() {
	asked=$((asked + 1))
	printf 'echo "<""%s>"; %s; echo "</""%s>"\n' $asked "$2" $asked | keys "$1"
	await 20 "$1" "an answer to $2" log "$1" "</$asked>"
	answer=$(tr -d '\r' <"$dir/console$1" | sed -n "/<$asked>/,/<\/$asked>/p")
}
asked=0

# holds N: whether its kernel has the address.
holds() {
	ask "$1" "/bin/busybox ip addr show dev $(eval "get \$board$1 port-lan")"
	case $answer in *"inet $vip/"*) return 0 ;; esac
	return 1
}

# ---- what the wire says -------------------------------------------------------------------------

# adverts N SINCE: who sent adverts after SINCE, with priority: "1:200" or "2:100", each once.
adverts() {
	wire "$1" | awk -v since="$2" '
		$1 > since && /VRRPv3, Advertisement/ {
			router = substr($2, 17, 1)
			from = " 192.0.2." router " > 224.0.0.18: "
			if ($2 !~ /^02:00:00:00:00:0[12]$/ || !index($0, from)) router = "?"
			match($0, /prio [0-9]+/)
			word = router ":" substr($0, RSTART + 5, RLENGTH - 5)
			if (!seen[word]++) print word
		}' | sort | tr '\n' ' '
}

# The time of the last frame.
latest() { wire "$1" | awk '{ time = $1 } END { print time }'; }

# announced N: the address that router N announces in a gratuitous ARP, since the other's last advert.
announced() {
	wire "$1" | awk -v me="02:00:00:00:00:0$1" '
		/VRRPv3/ && $2 != me { found = "" }
		/ARP/ && $2 == me && match($0, /(who-has|Reply) [0-9.]+/) {
			split(substr($0, RSTART, RLENGTH), word, " ")
			if (word[2] !~ /^192\.0\.2\.[12]$/ &&
				(index($0, "tell " word[2] ",") || index($0, word[2] " is-at"))) found = word[2]
		}
		END { if (found) print found; else exit 1 }'
}

# gap N: seconds from the other's last advert to the first gratuitous ARP of router N behind it;
# and the bound that follows from interval and priority in the adverts of router N.
gap() {
	wire "$1" | awk -v me="02:00:00:00:00:0$1" -v vip="$vip" '
		/VRRPv3/ && $2 != me { last = $1; first = 0; bound = 0 }
		/VRRPv3/ && $2 == me && last && !bound {
			match($0, /intvl [0-9]+cs/); interval = substr($0, RSTART + 6, RLENGTH - 8) / 100
			match($0, /prio [0-9]+/); priority = substr($0, RSTART + 5, RLENGTH - 5)
			bound = 3 * interval + (256 - priority) / 256 * interval
		}
		/ARP/ && $2 == me && last && !first {
			if (index($0, "tell " vip ",") || index($0, vip " is-at")) first = $1
		}
		END { if (first && bound) printf "%.3f %.3f", first - last, bound }'
}

# ---- the play -----------------------------------------------------------------------------------

# heard N OTHER: router N is backup while the other's adverts come, and objects to none.
heard() {
	since=$(latest "$1")
	transitions=$(grep -c 'lan: ' "$dir/console$1" || :)
	sleep 2
	seen=$(adverts "$1" "$since")
	case $seen in
	"$2:"[0-9]*" ") ;;
	*) die "on the wire are adverts of: ${seen:-nobody}; expected router $2 alone" ;;
	esac
	# As the boards' sample has it: the first 200, the second 100.
	[ "$seen" = "$2:$((300 - 100 * $2)) " ] || die "router $2 sends $seen"
	[ "$transitions" = "$(grep -c 'lan: ' "$dir/console$1" || :)" ] ||
		die "router $1 did not stay backup"
	! holds "$1" || die "router $1 holds the address beside router $2"
	say "router $1 hears router $2 and stays backup"
}

# take_over DEAD SURVIVOR
take_over() {
	kill_router "$1"
	await 30 "$2" "the address after router $1 died" announced "$2" >/dev/null
	tries=0
	until holds "$2"; do
		tries=$((tries + 1))
		[ $tries -lt 20 ] || die "router $2 announces $vip and does not hold it"
	done
	# Its first advert may come behind the announcement.
	await 10 "$2" "its adverts" adverts_of "$2"
	measured=$(gap "$2")
	[ -n "$measured" ] || die "the wire shows no fail-over"
	say "router $1 is killed: router $2 holds $vip after ${measured% *} s (bound ${measured#* } s)"
}

adverts_of() { [ -n "$(gap "$1")" ]; }

# The clock of router N is where it was told to begin.
check_date() {
	[ -n "$date" ] || return 0
	ask "$1" "/bin/busybox grep btime /proc/stat"
	booted=$(echo "$answer" | awk '$1 == "btime" { print $2 }')
	begin=$(date -u -d "$date" +%s)
	late=$((${booted:-0} - begin))
	[ ${late#-} -lt 86400 ] ||
		die "router $1 started at ${booted:-no time}, not at $date"
	say "router $1: its clock says $(date -u -d "@$booted" '+%F %T')"
}

begun=$(date +%s)
start 1
await 120 1 "master" log 1 ": master ("
await 10 1 "an announcement" announced 1 >/dev/null
vip=$(announced 1)
say "router 1 ($board1) is master of $vip, $(($(date +%s) - begun)) s after it was switched on"
check_date 1
start 2
await 120 2 "backup" log 2 ": backup ("
check_date 2
heard 2 1
take_over 1 2
first=$measured
start 1
await 120 1 "backup" log 1 ": backup ("
heard 1 2
take_over 2 1
for n in 1 2; do
	for complaint in 'does not count' 'other addresses' 'another master' 'panicked' 'starts again' 'insmod:'; do
		! log $n "$complaint" || die "router $n: $complaint"
	done
done

kind() { echo "$(get "$1" endian)-endian $(get "$1" triple | cut -d- -f1)"; }
say "fail-over: ${first% *} s from the last advert to the first gratuitous ARP (bound ${first#* } s)," \
	"$(kind "$board1") beside $(kind "$board2")${date:+, in $date}"
