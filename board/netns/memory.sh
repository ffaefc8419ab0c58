#!/bin/sh
# board/netns/memory.sh [BINARY]: the memory that all processes of a daemon need together, beside
# keepalived in the same run: with one instance and with 1,000, all of them master.
#
# BINARY is a static one of cross/build.sh (default: x86_64, mini; built if it is not there). PSS: a
# page that two processes share counts half for each. Fails if one instance needs more than the
# `pss-kb` of board/boards.toml. Root, iproute2, keepalived.
set -eu
PATH=$PATH:/usr/sbin:/sbin
binary=
if [ $# -gt 0 ]; then
	binary=$(realpath -e -- "$1") || exit 2
fi
cd "$(dirname "$0")/../.."
if [ -z "$binary" ]; then
	binary=${CARGO_TARGET_DIR:-target}/cross/x86_64-unknown-linux-musl/mini/holdfast
	[ -x "$binary" ] || sh cross/build.sh x86_64-unknown-linux-musl mini
fi
dir=$(mktemp -d)
ns=holdfast-memory-$$

end() {
	for pid in $(ip netns pids "$ns" 2>/dev/null); do kill -9 "$pid"; done
	ip netns del "$ns" 2>/dev/null || :
}
trap 'end; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

# configuration COUNT: instances with an address each, at most 250 on an interface.
configuration() {
	awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) printf "vrrp_instance VI_%d {\n interface e%d\n virtual_router_id %d\n priority 100\n virtual_ipaddress {\n  10.%d.%d.1/32\n }\n}\n", i, i / 250, i % 250 + 1, i / 250, i % 250 }'
}

# measure COUNT COMMAND...: kilobytes of PSS once all are master, of them those that are not a file's.
measure() {
	count=$1
	shift
	ip netns add "$ns"
	ip -n "$ns" link set lo up
	for i in 0 1 2 3; do
		ip -n "$ns" link add "e$i" type veth peer name "f$i"
		ip -n "$ns" link set "e$i" up
		ip -n "$ns" link set "f$i" up
		ip -n "$ns" addr add "192.0.$i.1/24" dev "e$i"
	done
	rm -rf "${dir:?}"/*
	configuration "$count" >"$dir/conf"
	ip netns exec "$ns" "$@" -n -f "$dir/conf" -p "$dir/pid" -r "$dir/vrrp" >"$dir/log" 2>&1 &
	tries=0
	until [ "$(ip -n "$ns" -4 -o addr | grep -c ' inet 10\.')" -ge "$count" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 150 ] || { echo "$1: not master of $count instances within 30 s" >&2; cat "$dir/log" >&2; exit 1; }
		sleep 0.2
	done
	# The second burst of announcements is 5 s later: it shall not be missing.
	sleep 6
	for pid in $(ip netns pids "$ns"); do cat "/proc/$pid/smaps_rollup"; done |
		awk '/^Pss:/ { all += $2 } /^Pss_Anon:/ { own += $2 } END { print all, own }'
	end
	wait
}

printf '%-10s %-28s %8s %14s\n' instances program 'PSS kB' 'of it own, kB'
for count in 1 1000; do
	measured=$(measure "$count" "$binary" -l --run-dir "$dir/run")
	set -- $measured
	printf '%-10s %-28s %8s %14s\n' "$count" "holdfast, static" "$@"
	[ "$count" != 1 ] || one=$1
	command -v keepalived >/dev/null || continue
	measured=$(measure "$count" keepalived -l -P)
	set -- $measured
	printf '%-10s %-28s %8s %14s\n' "$count" \
		"$(keepalived --version 2>&1 | awk 'NR == 1 { print $1, $2 }')" "$@"
done
limit=$(sh board/board.sh get netns pss-kb)
[ "$one" -le "$limit" ] || { echo "one instance: $one kB are more than the $limit of board/boards.toml" >&2; exit 1; }
