#!/bin/sh
# board/check.sh [HOLDFAST]: whether the boards are complete: keys, folders, the table of README.md, a board
# for each triple of cross/targets; and, given a binary, that it takes every sample configuration.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
holdfast=${1:-}
result=0

wrong() { echo "board: $*" >&2; result=1; }
get() { sh "$here/board.sh" get "$1" "$2"; }

for board in $(sh "$here/board.sh" list); do
	for key in title openwrt arch triple endian fpu flash-mb ram-mb features budget-mini budget-full \
		tested port-lan port-wan; do
		value=$(get "$board" $key) || { result=1; continue; }
		case $key=$value in
		endian=little | endian=big | fpu=true | fpu=false | features=mini | features=full) ;;
		tested=boots | tested=qemu-user | tested=build) ;;
		endian=* | fpu=* | features=* | tested=* | *=) wrong "$board: $key is '$value'" ;;
		budget-*=*[!0-9]* | *-mb=*[!0-9]*) wrong "$board: $key is '$value'" ;;
		esac
	done
	for file in README.md keepalived.conf; do
		[ -f "$here/$board/$file" ] || wrong "$board has no $file"
	done
	grep -q "^$(get "$board" triple) " "$here/../cross/targets" ||
		wrong "$board: cross/ does not know its triple"
	grep -qsw -e "$(get "$board" port-lan)" "$here/$board/keepalived.conf" ||
		wrong "$board: its sample lacks its port"
done
triples=$(awk '!/^#/ { print $1 }' "$here/../cross/targets")
for triple in $triples; do
	[ -n "$(sh "$here/board.sh" list triple "$triple")" ] || wrong "no board for $triple"
done
for folder in "$here"/*/; do
	name=$(basename "$folder")
	[ "$name" = common ] || get "$name" triple >/dev/null || wrong "$name/ is not in boards.toml"
done
[ "$(sed -n '/^| board/,/^$/p' "$here/README.md" | sed '/^$/d')" = "$(sh "$here/board.sh" table)" ] ||
	wrong "README.md: the table is not what board.sh table prints"
if [ -n "$holdfast" ]; then
	for sample in "$here"/*/*.conf; do
		for id in r1 r2; do
			# Interfaces that this machine lacks are notes.
			said=$("$holdfast" -i $id check "$sample" 2>&1) ||
				wrong "${sample#"$here"/} for $id is refused: $said"
		done
	done
fi
[ $result != 0 ] || echo "$(sh "$here/board.sh" list | wc -l) boards, complete"
exit $result
