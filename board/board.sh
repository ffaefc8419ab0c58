#!/bin/sh
# board/board.sh: read boards.toml.
#
#   sh board/board.sh list [KEY VALUE]    the boards, or those with KEY = VALUE
#   sh board/board.sh get BOARD KEY       a value; exit code 1 where there is none
#   sh board/board.sh table               all of them in Markdown
set -eu
file=$(cd "$(dirname "$0")" && pwd)/boards.toml

usage() { echo "usage: board.sh list [KEY VALUE] | get BOARD KEY | table" >&2; exit 2; }

# read PROGRAM ARGUMENT...: run it behind what reads the file: names[1..count], value[name, key].
read_boards() {
	program=$1
	shift
	awk '
	BEGIN {
		a = ARGV[2]; b = ARGV[3]; ARGC = 2
		while ((got = (getline line < ARGV[1])) > 0) {
			number++
			sub(/^[ \t]+/, "", line); sub(/[ \t\r]+$/, "", line)
			if (line == "" || line ~ /^#/) continue
			if (line ~ /^\[[^]]+\]$/) { section = substr(line, 2, length(line) - 2); continue }
			at = index(line, "=")
			key = substr(line, 1, at - 1); text = substr(line, at + 1)
			gsub(/[ \t]/, "", key); sub(/^[ \t]+/, "", text)
			if (!at || (text !~ /^"[^"]*"$/ && text !~ /^(-?[0-9]+|true|false)$/)) {
				print ARGV[1] ":" number ": not a key = value line: " line | "cat >&2"
				exit 1
			}
			gsub(/"/, "", text)
			value[section, key] = text
			if (key == "triple") names[++count] = section
		}
		if (got < 0) { print "board.sh: cannot read " ARGV[1] | "cat >&2"; exit 1 }
	'"$program"'
	}' "$file" "$@"
}

case ${1:-} in
list)
	[ $# = 1 ] || [ $# = 3 ] || usage
	# shellcheck disable=SC2016 # awk
	read_boards 'for (i = 1; i <= count; i++)
		if (a == "" || ((names[i], a) in value && value[names[i], a] == b)) print names[i]
		exit' "${2:-}" "${3:-}"
	;;
get)
	[ $# = 3 ] || usage
	# shellcheck disable=SC2016 # awk
	read_boards 'if ((a, b) in value) { print value[a, b]; exit }
		print "board.sh: " ((a, "triple") in value ? a " has no " b : "no board " a) | "cat >&2"
		exit 1' "$2" "$3"
	;;
table)
	# shellcheck disable=SC2016 # awk
	read_boards '
		print "| board | what | OpenWrt | packages | triple | endian | FPU | flash, RAM in MB | set | ports | tested |"
		print "|---|---|---|---|---|---|---|---|---|---|---|"
		for (i = 1; i <= count; i++) {
			n = names[i]
			flash = value[n, "flash-mb"] + 0 ? value[n, "flash-mb"] : "-"
			printf "| [%s](%s/) | %s | %s | %s | %s | %s | %s | %s, %s | %s | %s, %s | %s, %s |\n", n, n,
				value[n, "title"], value[n, "openwrt"], value[n, "arch"], value[n, "triple"],
				value[n, "endian"], value[n, "fpu"] == "true" ? "yes" : "no", flash,
				value[n, "ram-mb"], value[n, "features"], value[n, "port-lan"],
				value[n, "port-wan"], value[n, "tested"], value[n, "dated"]
		}
		exit' "" ""
	;;
*) usage ;;
esac
