#!/bin/sh
# image/initramfs/make.sh BOARD [--binary FILE] [--config FILE] [--clock] [-o DIR]: a bootable image:
# DIR/kernel and DIR/initramfs.gz with busybox, the static binary and a configuration.
#
# Without root, and the same bytes each time: the archive is written here, entry by entry, so that
# neither owner nor umask, neither clock nor file system has a part in it. SOURCE_DATE_EPOCH sets the
# times in it (default 0). Kernel and busybox are Debian's, kept in HOLDFAST_CACHE; the binary is made by
# cross/build.sh unless given. --clock adds set-clock, without which a 32-bit board whose kernel refuses
# times after 2038 stays in 1970.
set -eu
umask 022
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${HOLDFAST_CACHE:-$HOME/.cache/holdfast-board}
PATH=$PATH:/usr/sbin:/sbin

die() { echo "make: $*" >&2; exit 1; }
usage() { echo "usage: make.sh BOARD [--binary FILE] [--config FILE] [--clock] [-o DIR]" >&2; exit 2; }
get() { sh "$root/board/board.sh" get "$board" "$1"; }
maybe() { get "$1" 2>/dev/null || :; }

board=${1:-}
[ -n "$board" ] || usage
shift
binary='' with_clock='' config=$root/board/$board/keepalived.conf out=$cache/image/$board
while [ $# -gt 0 ]; do
	case $1 in
	--clock) with_clock=1; shift; continue ;;
	esac
	[ $# -ge 2 ] || usage
	case $1 in
	--binary) binary=$2 ;;
	--config) config=$2 ;;
	-o) out=$2 ;;
	*) usage ;;
	esac
	shift 2
done
triple=$(get triple)
console=$(maybe console)
[ -n "$console" ] || [ "$board" = uml ] || die "$board is not an emulated board"
[ -f "$config" ] || die "no configuration $config"

# ---- kernel, modules, busybox: in $parts --------------------------------------------------------

parts=$cache/parts/$board

# Which modules, in the order of loading.
modules() {
	version=$(ls "$1")
	base=${1%/lib/modules}
	[ -e "$1/$version/modules.dep" ] || depmod -b "$base" "$version"
	: >"$parts/modules"
	for name in $(maybe modules); do
		modprobe -d "$base" -S "$version" --show-depends "$name" >"$parts/depends" ||
			die "no module $name in $version"
		awk '$1 == "insmod" { print $2 }' "$parts/depends"
	done | awk '!seen[$0]++' | while read -r file; do
		cp "$file" "$parts/ko/"
		echo "${file##*/}" >>"$parts/modules"
	done
}

fetch_parts() {
	rm -rf "$parts"
	mkdir -p "$parts/ko"
	: >"$parts/modules"
	kernel=$(maybe kernel)
	if [ -z "$kernel" ]; then
		sh "$here/malta-be.sh" >&2
		cp "$cache/malta-be/vmlinux" "$parts/kernel"
		cp "$cache/malta-be/busybox" "$parts/busybox"
	else
		sh "$here/needs.sh" modprobe:kmod
		sh "$root/board/common/debs.sh" unpack "$(get debian)" "$parts/tree" "$kernel" busybox-static
		find "$parts/tree" -path '*bin/busybox' -exec cp {} "$parts/busybox" \;
		if [ -d "$parts/tree/lib/modules" ]; then
			cp "$parts"/tree/boot/vmlinu[xz]-* "$parts/kernel"
			modules "$parts/tree/lib/modules"
		else
			cp "$parts/tree/usr/bin/linux.uml" "$parts/kernel"
			mkdir -p "$parts/tree/uml/lib"
			ln -s ../../usr/lib/uml/modules "$parts/tree/uml/lib/modules"
			modules "$parts/tree/uml/lib/modules"
		fi
		rm -rf "$parts/tree"
	fi
	for part in kernel busybox; do
		[ -s "$parts/$part" ] || die "no $part for $board"
	done
	: >"$parts/done"
}

[ -f "$parts/done" ] || fetch_parts

# ---- the binary ---------------------------------------------------------------------------------

if [ -z "$binary" ]; then
	export CARGO_TARGET_DIR="$cache/target"
	(cd "$root" && sh cross/build.sh "$triple" >&2) || die "cross/build.sh $triple failed"
	binary=$cache/target/$triple/release/holdfast
fi
[ -f "$binary" ] || die "no binary $binary"

# set-clock is made with the C library that the binary is built with: its time has 64 bits.
clock=
set_clock() {
	sysroot=${CROSS_DIR:-$HOME/.cache/holdfast-cross}/$triple
	[ -f "$sysroot/cflags" ] || sh "$root/cross/setup.sh" "$triple" >&2
	clang=$(find /usr/bin -name 'clang-[0-9]*' | sort -V | tail -n 1)
	[ -n "$clang" ] || die "no clang"
	# shellcheck disable=SC2046 # a list of flags
	"$clang" $(cat "$sysroot/cflags") -fno-unwind-tables -fno-asynchronous-unwind-tables \
		-c "$here/set-clock.c" -o "$parts/set-clock.o"
	"ld.lld-${clang##*-}" -static --gc-sections -s "$sysroot/lib/crt1.o" "$parts/set-clock.o" \
		"$sysroot/lib/libc.a" -o "$parts/set-clock"
	clock=$parts/set-clock
}
[ -z "$with_clock" ] || set_clock

# ---- the archive: cpio, "newc" ------------------------------------------------------------------

number=0
mtime=${SOURCE_DATE_EPOCH:-0}

# pad LENGTH: NUL bytes up to a multiple of four.
pad() {
	case $(($1 % 4)) in
	1) printf '\0\0\0' ;;
	2) printf '\0\0' ;;
	3) printf '\0' ;;
	esac
}

# entry MODE PATH [FILE [MAJOR MINOR]]
entry() {
	size=0
	[ -z "${3:-}" ] || size=$(($(wc -c <"$3")))
	number=$((number + 1))
	printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X' $number "$1" 0 0 1 "$mtime" \
		$size 0 0 "${4:-0}" "${5:-0}" $((${#2} + 1)) 0
	printf '%s\0' "$2"
	pad $((110 + ${#2} + 1))
	[ -z "${3:-}" ] || cat "$3"
	pad $size
}

directory() { entry 0040755 "$1"; }
program() { entry 0100755 "$1" "$2"; }
plain() { entry 0100644 "$1" "$2"; }

archive() {
	for path in bin dev etc etc/keepalived lib lib/modules proc root run sbin sys tmp usr usr/bin usr/sbin var; do
		directory $path
	done
	entry 0020600 dev/console '' 5 1
	program init "$here/init"
	program bin/busybox "$parts/busybox"
	program usr/sbin/holdfast "$binary"
	[ -z "$clock" ] || program usr/sbin/set-clock "$clock"
	# The configuration may hold a password.
	entry 0100600 etc/keepalived/keepalived.conf "$config"
	plain etc/modules "$parts/modules"
	plain etc/port "$scratch/port"
	plain etc/passwd "$scratch/passwd"
	plain etc/group "$scratch/group"
	while read -r module; do
		plain "lib/modules/$module" "$parts/ko/$module"
	done <"$parts/modules"
	entry 0 'TRAILER!!!'
}

mkdir -p "$out"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
get port-lan >"$scratch/port"
printf '%s\n' root:x:0:0::/root:/bin/sh nobody:x:65534:65534::/:/bin/false >"$scratch/passwd"
printf '%s\n' root:x:0: nogroup:x:65534: >"$scratch/group"
archive >"$scratch/cpio"
gzip -9n <"$scratch/cpio" >"$out/initramfs.gz.new"
mv "$out/initramfs.gz.new" "$out/initramfs.gz"
cp "$parts/kernel" "$out/kernel.new"
mv "$out/kernel.new" "$out/kernel"
printf '%s: %s/kernel %d bytes, %s/initramfs.gz %d bytes, of which holdfast %d\n' "$board" \
	"$out" "$(wc -c <"$out/kernel")" "$out" "$(wc -c <"$out/initramfs.gz")" "$(wc -c <"$binary")"
