#!/bin/sh
# cross/sizes.sh TRIPLE [full|mini]   what takes the bytes: by section, then by crate
# cross/sizes.sh sections FILE        by section alone, on one line
# cross/sizes.sh symbols TRIPLE [full|mini]   the forty largest functions
#
# The crates are read from the linker's map that build.sh leaves beside the binary. A generic function
# counts for the crate that wrote it, one that the compiler inlined for the one it went into. Constants
# have no name in the map unless they are statics: they stand under "(other constants)".
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

sections() {
	readelf -SW "$1" | sed -n 's/^ *\[ *[0-9]*\] \(\.[^ ]*\) *\([A-Z_]*\) *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1 \2 \3/p' |
		while read -r name kind size; do
			[ $((0x$size)) -gt 255 ] || continue
			[ "$kind" = NOBITS ] && where=" (memory)" || where=
			printf '%s %d%s  ' "$name" $((0x$size)) "$where"
		done
	echo
}

# Lines of the map: address, address, size, alignment, then by depth a section, a part, or a symbol.
# Symbols are printed demangled: crate::module::function, <crate::Type as Trait>::function.
symbols() {
	awk '
	function hex(s,  n, i) {
		n = 0
		for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return n
	}
	function flush() {
		if (bytes) print bytes, kind, name
		bytes = 0
	}
	NR > 1 {
		rest = $0
		sub(/^ *[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ +[0-9]+ /, "", rest)
		match(rest, /^ */)
		depth = RLENGTH
		text = substr(rest, depth + 1)
		if (depth == 0) { flush(); kind = text; next }
		if (kind !~ /^\.(text|rodata|data|data\.rel\.ro|tdata)$/) next
		if (depth < 16) {
			flush()
			bytes = hex($3)
			name = text ~ /\.a\([^)]*\):|crt1\.o:/ ? "[musl] " text : kind == ".text" ? "[other] " text : "[other constants]"
			if (text ~ /libcompiler_builtins/) name = "compiler_builtins::" text
			# A table of a function is named after it, mangled: _R…Cs<hash>_<length><crate>…
			else if (match(text, /\(\.(data\.rel\.ro|rodata)\._R.*/)) {
				name = substr(text, RSTART)
				if (match(name, /Cs[0-9a-zA-Z]+_[0-9]+[a-z_]+/)) {
					name = substr(name, RSTART, RLENGTH)
					sub(/^Cs[0-9a-zA-Z]+_/, "", name)
					count = name + 0
					sub(/^[0-9]+/, "", name)
					name = substr(name, 1, count) "::" text
				} else name = "[other constants]"
			}
			next
		}
		# The first symbol names the part.
		if (bytes && name !~ /^\[musl\]|::/) { name = text; print bytes, kind, name; bytes = 0 }
	}
	END { flush() }' "$1"
}

# The crate of each symbol: its first path.
crates() {
	symbols "$1" | awk '
	{
		bytes = $1; kind = $2
		name = $0
		sub(/^[^ ]+ [^ ]+ /, "", name)
		if (name ~ /^\[/) { sub(/\].*/, "", name); sub(/^\[/, "", name); name = "(" name ")" }
		else if (name ~ /OUTLINED_FUNCTION/) name = "(outlined)"
		else {
			gsub(/^[<&*\[( ]+/, "", name)
			sub(/^(mut|const|dyn) /, "", name)
			if (name !~ /::/) name = "(no crate)"
			if (name ~ /^\(no crate\)/) name = "(assembly and C)"
			else sub(/[^A-Za-z0-9_].*/, "", name)
			# Methods of the types that the language has.
			if (name ~ /^(str|char|bool|u8|u16|u32|u64|u128|usize|i8|i16|i32|i64|i128|isize)$/) name = "core"
		}
		if (kind == ".text") code[name] += bytes; else data[name] += bytes
		all[name] += bytes
	}
	END { for (n in all) printf "%9d %9d  %s\n", code[n], data[n], n }' | sort -rn | awk '
	BEGIN { printf "%9s %9s  %s\n", "code", "data", "crate" } { print }'
}

command=all
case ${1:-} in
sections)
	sections "$2"
	exit
	;;
symbols)
	command=symbols
	shift
	;;
esac
triple=${1:-} out=${CARGO_TARGET_DIR:-target}/cross/${1:-}/${2:-full}
if [ -z "$triple" ] || ! grep -q "^$triple " "$here/targets"; then
	echo "usage: cross/sizes.sh [symbols] TRIPLE [full|mini], or sections FILE" >&2
	exit 2
fi
[ -f "$out/map" ] || { echo "no $out/map: cross/build.sh $triple ${2:-full} makes it" >&2; exit 1; }
if [ "$command" = symbols ]; then
	symbols "$out/map" | sort -rn | head -n 40
	exit
fi
sections "$out/holdfast"
crates "$out/map"
