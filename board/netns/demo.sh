#!/bin/sh
# board/netns/demo.sh: two routers and a client in network namespaces. The master dies, the backup
# takes its address, the master returns. Measured on the wire; exit 0 if the address moved.
#
#   DAEMON=keepalived sh board/netns/demo.sh      the same with another daemon, to compare
#
# Nothing outside the namespaces is touched, and they are removed at the end, however it comes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin

vip=192.0.2.100
# The skew of priority 100 is (256 - 100) / 256 of an advert; before it, three adverts are missed.
skew=0.061
bound=0.361

say() { clear_line; printf '%s\n' "$*"; }
die() { say "demo: $*" >&2; exit 1; }

# ---- the machine: programs, rights -----------------------------------------------------------

as_root() {
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "please run as root: $*"
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_missing() {
	missing=
	for pair in ip:iproute2 ping:iputils-ping tcpdump:tcpdump ps:procps cc:gcc cc:libc6-dev; do
		command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
	done
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null || die "please install:$missing"
	say "installing$missing"
	as_root apt-get update -q >/dev/null
	# shellcheck disable=SC2086 # a list of packages
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends $missing >/dev/null
}

build() {
	[ ! -d "${CARGO_HOME:-$HOME/.cargo}/bin" ] || PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
	command -v cargo >/dev/null || die "no cargo: install Rust, https://rustup.rs"
	say "building (release)"
	cargo build --quiet --release --locked --manifest-path "$root/Cargo.toml"
	target=${CARGO_TARGET_DIR:-$root/target}
	DAEMON=$(cd "$target/release" && pwd)/holdfast
}

# ---- the screen: one line that changes at a terminal, plain lines elsewhere --------------------

terminal=
bold='' green='' red='' dim='' plain=''
if [ -t 1 ]; then
	terminal=1
	bold=$(printf '\033[1m') green=$(printf '\033[32m') red=$(printf '\033[31m')
	dim=$(printf '\033[2m') plain=$(printf '\033[0m')
fi

clear_line() { [ -z "${terminal:-}" ] || printf '\r\033[K'; }

now() { date +%s.%N; }

# Seconds since the first router was started.
clock() { echo "$(now) $started" | awk '{ printf "%5.1f", $1 - $2 }'; }

event() { say "$(clock) s  $bold$*$plain"; }

holds() { [ -n "$(ip -n "$1" -o addr show dev eth0 to "$vip" 2>/dev/null)" ]; }

# state ROUTER: what it is, as its kernel sees it.
state() {
	ns=$(namespace "$1")
	if [ -z "$(ip netns pids "$ns")" ]; then
		echo "${red}off   $plain"
	elif holds "$ns"; then
		echo "${green}MASTER$plain"
	else
		echo "backup"
	fi
}

# view: who is master, adverts of the last second, the client's pings.
view() {
	rates=$(tail -n 60 "$dir/wire" | awk -v now="$(now)" '
		/VRRP/ && $1 > now - 1 { n[$2]++ }
		END { printf "%d %d", n["02:00:00:00:00:01"], n["02:00:00:00:00:02"] }')
	answered=$(grep -c 'bytes from' "$dir/ping" || :)
	lost=$(grep -c 'no answer yet' "$dir/ping" || :)
	clear_line
	printf '%s s  r1 %s %2d adverts/s   r2 %s %2d adverts/s   %sclient: %d answers, %d lost%s' \
		"$(clock)" "$(state r1)" "${rates% *}" "$(state r2)" "${rates#* }" \
		"$dim" "$answered" "$lost" "$plain"
	[ -n "$terminal" ] || echo
}

# watch SECONDS
watch() {
	views=$1
	pause=1
	if [ -n "$terminal" ]; then
		views=$(($1 * 4))
		pause=0.22
	fi
	while [ "$views" -gt 0 ]; do
		sleep "$pause"
		view
		views=$((views - 1))
	done
}

# await ROUTER: until it holds the address.
await() {
	tries=0
	until holds "$(namespace "$1")"; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || { show_logs; die "$1 did not take $vip within 10 s"; }
		sleep 0.05
	done
}

show_logs() {
	for router in r1 r2; do
		say "last words of $router:"
		tail -n 5 "$dir/$router.log" >&2 || :
	done
}

# ---- the network: a bridge, two routers, a client ----------------------------------------------

namespace() { echo "holdfast-demo-$$-$1"; }

# remove NAMESPACE: first what runs in it, by process id.
remove() {
	for pid in $(ip netns pids "$1" 2>/dev/null); do
		kill -9 "$pid" 2>/dev/null || :
	done
	ip netns del "$1" 2>/dev/null || :
}

clean_up() {
	trap '' INT TERM HUP PIPE
	clear_line
	for name in r1 r2 client lan; do
		remove "$(namespace "$name")"
	done
	[ -z "${dir:-}" ] || rm -rf "$dir"
}

# What a demonstration left behind that was killed without a chance to clean up.
clean_stale() {
	for ns in $(ip netns list | awk '/^holdfast-demo-/ { print $1 }'); do
		owner=${ns#holdfast-demo-}
		owner=${owner%%-*}
		grep -q demo.sh "/proc/$owner/cmdline" 2>/dev/null && continue
		remove "$ns"
		rm -rf "/tmp/holdfast-demo-$owner."*
	done
}

make_network() {
	for name in lan r1 r2 client; do
		ip netns add "$(namespace "$name")"
		ip -n "$(namespace "$name")" link set lo up
	done
	lan=$(namespace lan)
	ip -n "$lan" link add br0 type bridge
	ip -n "$lan" link set br0 up
	for pair in r1:1 r2:2 client:10; do
		name=${pair%:*}
		ip -n "$lan" link add "$name" type veth peer name eth0 netns "$(namespace "$name")"
		ip -n "$lan" link set "$name" master br0 up
		ip -n "$(namespace "$name")" addr add "192.0.2.${pair#*:}/24" dev eth0
		ip -n "$(namespace "$name")" link set eth0 address "02:00:00:00:00:$(printf %02d "${pair#*:}")" up
	done
}

# start ROUTER
start() {
	set -- "$1" -n -l -D -P -f "$here/$1.conf" -p "$dir/$1.pid" -r "$dir/$1.vrrp.pid"
	router=$1
	shift
	case $DAEMON in *holdfast) set -- "$@" --run-dir "$dir/$router" ;; esac
	mkdir -p "$dir/$router"
	ip netns exec "$(namespace "$router")" "$DAEMON" "$@" >>"$dir/$router.log" 2>&1 &
}

# cut ROUTER: its power fails. No process of it runs on, and no frame leaves it.
cut_power() {
	pids=$(ip netns pids "$(namespace "$1")")
	# Stopped first, so that none of them hears of the others' end.
	# shellcheck disable=SC2086 # a list of process ids
	kill -STOP $pids
	ip -n "$(namespace lan)" link set "$1" down
	# shellcheck disable=SC2086
	kill -KILL $pids
}

# stop ROUTER: it may tidy up.
stop() {
	kill -TERM "$(cat "$dir/$1.pid")"
}

# power ROUTER: it starts again, knowing nothing of before.
power() {
	rm -f "$dir/$1"*.pid
	ip -n "$(namespace "$1")" addr del "$vip/24" dev eth0 2>/dev/null || :
	ip -n "$(namespace lan)" link set "$1" up
	start "$1"
}

# ---- what the wire says -------------------------------------------------------------------------

# gap: seconds from the last advert of r1 to the first gratuitous ARP of r2 behind it.
gap() {
	awk -v vip="$vip" '
		/VRRP/ && $2 == "02:00:00:00:00:01" { last = $1; first = 0 }
		/ARP/ && $2 == "02:00:00:00:00:02" && last && !first {
			if (index($0, "tell " vip ",") || index($0, vip " is-at")) first = $1
		}
		END { if (first) printf "%.3f", first - last }' "$dir/wire"
}

# The longest time without an answer to the client since TIME.
silence() {
	tr -d '[]' <"$dir/ping" | awk -v since="$1" '
		/bytes from/ && $1 > since { if (last && $1 - last > most) most = $1 - last; last = $1 }
		END { printf "%.2f", most }'
}

# ---- the play -------------------------------------------------------------------------------------

install_missing
[ -n "${DAEMON:-}" ] || build
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || die "network namespaces need root, or sudo"
	exec sudo env DAEMON="$DAEMON" sh "$0" "$@"
fi

clean_stale
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap 'exit 141' PIPE
dir=$(mktemp -d "/tmp/holdfast-demo-$$.XXXXXX")

make_network 2>"$dir/error" || die "cannot make network namespaces: $(cat "$dir/error")"
ip netns exec "$(namespace client)" tcpdump -Z root -i eth0 -n -e -tt -l --immediate-mode \
	'vrrp or arp' >"$dir/wire" 2>"$dir/tcpdump.log" &

cat <<END

    client 192.0.2.10                 pings $vip without a pause
        |
  ------+---------+---------------+--------
                  |               |
            r1 192.0.2.1    r2 192.0.2.2
            priority 200    priority 100    an advert every 0.1 s
                  :...............:
            $vip is held by the master

END
started=$(now)
start r1
start r2
event "both routers are started"
await r1
event "r1 is master: it has the higher priority"
ip netns exec "$(namespace client)" ping -D -O -n -i 0.02 "$vip" >"$dir/ping" 2>&1 &
watch 5

since=$(now)
cut_power r1
event "r1 is dead: all its processes killed, its link cut"
await r2
event "r2 is master"
watch 4
failover=$(gap)
silent=$(silence "$(echo "$since" | awk '{ printf "%.3f", $1 - 0.5 }')")

power r1
event "r1 is started again"
await r1
event "r1 is master again"
watch 4

stop r1
event "r1 is stopped in order, and resigns with priority 0"
await r2
event "r2 is master"
watch 2
handover=$(gap)

if [ -z "$failover" ] || [ -z "$handover" ]; then
	show_logs
	die "the wire shows no fail-over"
fi
say ""
say "hand-over: $handover s (bound $skew s)"
say "client: no answer for $silent s"
say "fail-over: $failover s from the last advert to the first gratuitous ARP (bound $bound s)"
