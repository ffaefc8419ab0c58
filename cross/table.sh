#!/bin/sh
# cross/table.sh [build]      the sizes of what is built, for all targets, as a table in Markdown;
#                             build: builds all of them first, both variants
# cross/table.sh features     what each feature costs alone, in bytes, on x86-64
#
# "xz" is what the file takes in a squashfs image as OpenWrt makes it: blocks of 256 KiB, xz with the
# filter for the processor's branches. Without squashfs-tools xz does nearly the same.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
built=${CARGO_TARGET_DIR:-target}/cross

filter() {
	case $1 in
	x86_64-*) echo x86 ;;
	armv7-*) echo armthumb ;;
	arm*) echo arm ;;
	*) echo none ;;
	esac
}

# The bytes of the file's blocks, each compressed alone, as squashfs does.
packed() {
	case $(filter "$2") in none) bcj="" ;; *) bcj="--$(filter "$2")" ;; esac
	if command -v mksquashfs >/dev/null; then
		rm -rf "$work/in" "$work/out"
		mkdir "$work/in"
		cp "$1" "$work/in/"
		case $bcj in "") set -- ;; *) set -- -Xbcj "${bcj#--}" ;; esac
		# Inodes and the table of blocks are not the file's: they are what a file of one byte takes.
		mksquashfs "$work/in" "$work/out" -comp xz -b 256K -no-xattrs -noappend -quiet -no-progress "$@" >/dev/null
		full=$(used)
		rm -rf "$work/in" "$work/out"
		mkdir "$work/in"
		echo >"$work/in/holdfast"
		mksquashfs "$work/in" "$work/out" -comp xz -b 256K -no-xattrs -noappend -quiet -no-progress "$@" >/dev/null
		echo $((full - $(used)))
	else
		split -b 256K "$1" "$work/part."
		for part in "$work"/part.*; do
			# shellcheck disable=SC2086 # one argument or none
			xz --format=xz --check=crc32 $bcj --lzma2=preset=6,dict=256KiB -c "$part"
		done | wc -c
		rm -f "$work"/part.*
	fi
}

# Bytes of the image before it is padded: at offset 40 of its first block.
used() {
	od -An -tu8 -j40 -N8 "$work/out" | tr -d ' '
}

table() {
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	echo "| target | mini | xz | full | xz |"
	echo "|---|---|---|---|---|"
	for triple in $(awk '!/^#/ { print $1 }' "$here/targets"); do
		line="| $triple |"
		for variant in mini full; do
			binary=$built/$triple/$variant/holdfast
			if [ -f "$binary" ]; then
				line="$line $(wc -c <"$binary") | $(packed "$binary" "$triple") |"
			else
				line="$line – | – |"
			fi
		done
		echo "$line"
	done
}

# One after the other, over none; a feature that brings others with it costs what these cost, too.
features() {
	triple=x86_64-unknown-linux-musl
	size() {
		sh "$here/build.sh" $triple bare -q "$@" >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
		wc -c <"$built/$triple/bare/holdfast"
	}
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	none=$(size)
	echo "| feature | bytes |"
	echo "|---|---|"
	echo "| none | $none |"
	for feature in $(sed -n '/^\[features\]/,/^\[dep/s/^\([a-z][a-z0-9-]*\) *=.*/\1/p' Cargo.toml); do
		[ "$feature" != default ] || continue
		with=$(size --features "$feature")
		echo "| $feature | + $((with - none)) |"
	done
}

case ${1:-} in
features) features ;;
build)
	for variant in mini full; do
		sh "$here/build.sh" all $variant -q
	done
	table
	;;
"") table ;;
*)
	echo "usage: cross/table.sh [build|features]" >&2
	exit 2
	;;
esac
