#!/bin/sh
# image/initramfs/malta-be.sh [--source]: a kernel and a busybox for the big-endian malta, for which
# Debian has none: built from Debian's linux-source-6.1 and busybox with its gcc-mips-linux-gnu.
#
# They land in HOLDFAST_CACHE/malta-be (default ~/.cache/holdfast-board), as vmlinux and busybox. Nine
# minutes of processor time, once. A kernel that lies prepared beside the project is taken, unless --source.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${HOLDFAST_CACHE:-$HOME/.cache/holdfast-board}
out=$cache/malta-be
prepared=$root/../shared/lab/kernels
work=$cache/malta-be.work

die() { echo "malta-be: $*" >&2; exit 1; }

# config FILE SYMBOL...: each must be set there; kconfig drops in silence what has no ground.
config() {
	file=$1
	shift
	for symbol; do
		grep -q "^$symbol=y" "$file" || die "$symbol did not make it into $file"
	done
}

build_kernel() {
	echo "malta-be: building the kernel, a few minutes" >&2
	[ -d "$work/linux" ] || {
		sh "$root/board/common/debs.sh" unpack "$(dpkg --print-architecture)" "$work/deb" linux-source-6.1
		mkdir "$work/linux.new"
		tar -xJf "$work/deb/usr/src/linux-source-6.1.tar.xz" -C "$work/linux.new" --strip-components=1
		mv "$work/linux.new" "$work/linux"
	}
	cat "$root/board/common/vrrp.fragment" "$root/board/common/ipvs.fragment" \
		"$root/board/common/test.fragment" "$root/board/qemu-malta-mips/linux.fragment" >"$work/fragment"
	# The same sources make the same bytes.
	set -- -C "$work/linux" ARCH=mips CROSS_COMPILE=mips-linux-gnu- O="$work/kernel" \
		KBUILD_BUILD_TIMESTAMP="1970-01-01" KBUILD_BUILD_USER=holdfast KBUILD_BUILD_HOST=board
	make "$@" KCONFIG_ALLCONFIG="$work/fragment" allnoconfig >"$work/kernel.log" 2>&1 ||
		die "no configuration: $work/kernel.log"
	# shellcheck disable=SC2046 # a list of symbols
	config "$work/kernel/.config" $(sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$/\1/p' "$work/fragment")
	nice -n 5 make "$@" -j2 vmlinux >>"$work/kernel.log" 2>&1 ||
		{ tail -n 20 "$work/kernel.log" >&2; die "the kernel does not build: $work/kernel.log"; }
	mips-linux-gnu-strip -s -o "$out/vmlinux.new" "$work/kernel/vmlinux"
	mv "$out/vmlinux.new" "$out/vmlinux"
}

build_busybox() {
	echo "malta-be: building busybox" >&2
	sh "$root/board/common/debs.sh" source "$work/busybox.src" busybox
	rm -rf "$work/busybox"
	mkdir "$work/busybox"
	tar -xf "$work"/busybox.src/busybox_*.orig.tar.* -C "$work/busybox" --strip-components=1
	set -- -C "$work/busybox" ARCH=mips CROSS_COMPILE=mips-linux-gnu- KCONFIG_NOTIMESTAMP=1
	make "$@" allnoconfig >"$work/busybox.log" 2>&1 || die "no configuration: $work/busybox.log"
	wanted=$(sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$/\1/p' "$here/busybox.fragment")
	for symbol in $wanted; do
		sed -i "s/^# $symbol is not set/$symbol=y/" "$work/busybox/.config"
	done
	# Answers to what the new symbols ask: the default.
	yes '' | head -n 2000 | make "$@" oldconfig >>"$work/busybox.log" 2>&1
	# shellcheck disable=SC2086 # a list of symbols
	config "$work/busybox/.config" $wanted
	# The clock goes on after 2038.
	nice -n 5 make "$@" -j2 EXTRA_CFLAGS="-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64" \
		SOURCE_DATE_EPOCH=0 busybox >>"$work/busybox.log" 2>&1 ||
		{ tail -n 20 "$work/busybox.log" >&2; die "busybox does not build: $work/busybox.log"; }
	mips-linux-gnu-strip -s -o "$out/busybox.new" "$work/busybox/busybox"
	mv "$out/busybox.new" "$out/busybox"
}

take_prepared() {
	xz -dc "$prepared/vmlinux-malta-be.xz" >"$out/vmlinux.new"
	mkdir -p "$work/prepared"
	(cd "$work/prepared" && gzip -dcf "$prepared/initrd-malta-be" | cpio -id --quiet bin/busybox)
	mv "$work/prepared/bin/busybox" "$out/busybox"
	mv "$out/vmlinux.new" "$out/vmlinux"
}

mkdir -p "$out" "$work"
if [ "${1:-}" != --source ]; then
	[ ! -s "$out/vmlinux" ] || [ ! -s "$out/busybox" ] || exit 0
	if [ -f "$prepared/vmlinux-malta-be.xz" ] && [ -f "$prepared/initrd-malta-be" ]; then
		take_prepared
		exit 0
	fi
fi
sh "$here/needs.sh" mips-linux-gnu-gcc:gcc-mips-linux-gnu /usr/mips-linux-gnu/lib/libc.a:libc6-dev-mips-cross \
	cc:gcc /usr/include/stdio.h:libc6-dev make:make bc:bc flex:flex bison:bison xz:xz-utils bzip2:bzip2 perl:perl
build_busybox
build_kernel
rm -rf "$work/linux" "$work/kernel" "$work/busybox"
ls -l "$out"
