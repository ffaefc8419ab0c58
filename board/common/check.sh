#!/bin/sh
# board/common/check.sh [FRAGMENT...]: whether each symbol of the kernel fragments exists in the Kconfig
# of Debian's linux-source. Without arguments all fragments under board/. Fetches the source once (130 MB).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${HOLDFAST_CACHE:-$HOME/.cache/holdfast-board}
series=6.1

die() { echo "check: $*" >&2; exit 1; }

if [ $# = 0 ]; then
	# shellcheck disable=SC2046 # names without blanks
	set -- $(find "$here/.." -name '*.fragment' | sort)
fi

# Only the Kconfig files are kept: names of symbols, one a line.
symbols=$cache/symbols-$series
if [ ! -s "$symbols" ]; then
	source=$(mktemp -d)
	trap 'rm -rf "$source"' EXIT
	sh "$here/debs.sh" unpack "$(dpkg --print-architecture)" "$source" "linux-source-$series"
	mkdir -p "$cache"
	tar -xJOf "$source/usr/src/linux-source-$series.tar.xz" --wildcards '*/Kconfig*' |
		sed -n 's/^[[:space:]]*\(menu\)\{0,1\}config[[:space:]]\{1,\}\([A-Z0-9a-z_]*\)[[:space:]]*$/\2/p' |
		sort -u >"$symbols.new"
	mv "$symbols.new" "$symbols"
fi
[ "$(wc -l <"$symbols")" -gt 5000 ] || die "only $(wc -l <"$symbols") symbols in $symbols"

result=0 count=0
for fragment; do
	[ -f "$fragment" ] || die "no file $fragment"
	while IFS= read -r line; do
		case $line in '' | '#'*) continue ;; esac
		symbol=${line%%=*}
		case $line in
		CONFIG_*=[ynm] | CONFIG_*=[0-9]*) ;;
		*) echo "${fragment#"$here"/}: not a line of a configuration: $line" >&2; result=1; continue ;;
		esac
		count=$((count + 1))
		grep -qx "${symbol#CONFIG_}" "$symbols" ||
			{ echo "${fragment#"$here"/}: Debian's linux-source-$series does not know $symbol" >&2; result=1; }
	done <"$fragment"
done
[ $result != 0 ] || echo "$count symbols in $# fragments, all known to linux-source-$series"
exit $result
