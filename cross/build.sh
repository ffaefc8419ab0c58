#!/bin/sh
# cross/build.sh TRIPLE [full|mini] [cargo's arguments]   a small static binary for TRIPLE
# cross/build.sh all [full|mini] [cargo's arguments]      one for each target
# cross/build.sh test TRIPLE [cargo's arguments]          the tests, under qemu-user
#
# A third variant, bare, has no feature but those that cargo's arguments name.
# The standard library is built along, for size. The first run for a target sets it up (setup.sh);
# later ones need no network. The result is TARGET_DIR/cross/TRIPLE/VARIANT/holdfast, and the
# linker's map beside it (sizes.sh reads that).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
dir=${CROSS_DIR:-$HOME/.cache/holdfast-cross}
target=${CARGO_TARGET_DIR:-target}

usage() {
	echo "usage: cross/build.sh TRIPLE|all [full|mini] [cargo's arguments], or test TRIPLE; targets:" >&2
	awk '!/^#/ { print "  " $1 }' "$here/targets" >&2
	exit 2
}

# field N of the line of this target
field() {
	awk -v t="$triple" -v n="$1" '$1 == t { print $n }' "$here/targets"
}

# What the tools are that make the code: 'rustc 1.96.0', 'llvm 22', 'musl 1.2.3'.
tools() {
	/usr/bin/rustc -vV | sed -n 's/^release: \(.*\)/rustc \1/p; s/^LLVM version: \([0-9]*\).*/llvm \1/p'
	sed 's/^/musl /' "$dir/$triple/version"
}

# Other versions make other code, of another size.
as_pinned() {
	pinned=$(grep -v '^#' "$here/versions")
	[ "$(tools)" != "$pinned" ] || return 0
	echo "warning: sizes are not judged, as other tools than those of cross/versions build:" \
		"$(tools | tr '\n' ' ')" >&2
	return 1
}

# The smallest budget of the boards with this processor; none if there is no list, or no such board.
budget() {
	[ "$variant" != bare ] && [ -f board/board.sh ] || return 0
	boards=$(sh board/board.sh list triple "$triple") || return 1
	limits=
	for board in $boards; do
		limits="$limits $(sh board/board.sh get "$board" "budget-$variant")" || return 1
	done
	echo "$limits" | tr ' ' '\n' | grep . | sort -n | head -n 1
}

within_budget() {
	limit=$(budget) || return 1
	if [ -z "$limit" ]; then
		echo "$triple $variant: no budget"
	elif [ "$1" -le "$limit" ]; then
		echo "$triple $variant: $((limit - $1)) bytes below the budget of $limit"
	else
		echo "$triple $variant: $(($1 - limit)) bytes over the budget of $limit (board/boards.toml)" >&2
		return 1
	fi
}

# What cargo is told so that it builds the variant; a feature the program lacks is its default.
features() {
	case $1 in
	mini | bare) chosen="--no-default-features" ;;
	full) chosen="" ;;
	esac
	! grep -q "^$1 *=" Cargo.toml || chosen="--no-default-features --features $1"
}

prepare() {
	if [ ! -f "$dir/$triple/stamp" ] || [ "$(cksum <Cargo.lock)" != "$(cat "$dir/crates" 2>/dev/null)" ]; then
		sh "$here/setup.sh" "$triple"
	fi
	sysroot=$dir/$triple
	llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
	upper=$(echo "$triple" | tr 'a-z-' 'A-Z_')
	lower=$(echo "$triple" | tr '-' '_')
	code=+crt-static
	[ "$(field 5)" = - ] || code=$code,$(field 5)
	# RUSTC_BOOTSTRAP lets a stable compiler build its own standard library.
	export RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc
	export "CARGO_TARGET_${upper}_LINKER=ld.lld-$llvm"
	export "CARGO_TARGET_${upper}_RUNNER=qemu-$(field 2)-static -cpu $(field 3)"
	export "CC_$lower=clang-$llvm" "AR_$lower=ar" "CFLAGS_$lower=$(cat "$sysroot/cflags")"
	# musl has 64-bit time everywhere. Crate libc believes so when told: the newer one by the cfg, the
	# one inside the standard library by the variable.
	export RUST_LIBC_UNSTABLE_MUSL_V1_2_3=1
	common="-Clinker-flavor=ld.lld -Clink-self-contained=no -Ctarget-feature=$code \
-Crelocation-model=static -Cforce-unwind-tables=no --cfg=libc_unstable_musl_v1_2 \
-Lnative=$sysroot/lib -Clink-arg=$sysroot/lib/crt1.o -Clink-arg=-T$here/discard.ld"
}

build() {
	features "$variant"
	# What an earlier build left must not pass for the result of this one.
	rm -f "$target/$triple/release/holdfast"
	out=$target/cross/$triple/$variant
	mkdir -p "$out"
	map=$(cd "$target/cross/$triple" && pwd)/map
	export RUSTFLAGS="$common -Zlocation-detail=none -Zfmt-debug=none -Clink-arg=--icf=all -Clink-arg=-O2 \
-Clink-arg=--no-eh-frame-hdr -Clink-arg=-Map=$map ${CROSS_RUSTFLAGS:-}"
	# Overflow is checked in the program, and in what it makes of the standard library's generic code;
	# the library itself is as Rust ships it, without.
	# shellcheck disable=SC2086 # cargo's arguments
	/usr/bin/cargo build --release --locked --offline --target "$triple" \
		-Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size \
		-Zpanic-immediate-abort --config 'profile.release.panic="immediate-abort"' \
		--config 'profile.release.package.core.overflow-checks=false' \
		--config 'profile.release.package.alloc.overflow-checks=false' \
		--config 'profile.release.package.std.overflow-checks=false' $chosen "$@"
	[ ! -f "$map" ] || mv "$map" "$out/map"
	cp "$target/$triple/release/holdfast" "$out/holdfast"
	sh "$here/check-elf.sh" "$out/holdfast" "$triple"
	size=$(wc -c <"$out/holdfast")
	sh "$here/sizes.sh" sections "$out/holdfast"
	echo "$out/holdfast: $size bytes"
	if as_pinned; then within_budget "$size"; fi
}

# Tests run in one process each: a program that aborts cannot tell of a panic otherwise, and an
# emulated one cannot start another.
run_tests() {
	command -v "qemu-$(field 2)-static" >/dev/null || { echo "please install qemu-user-static" >&2; exit 2; }
	export RUSTFLAGS="$common ${CROSS_RUSTFLAGS:-}"
	case " $* " in *" -- "*) ;; *) set -- "$@" -- ;; esac
	exec /usr/bin/cargo test --locked --offline --target "$triple" -Zbuild-std=std,panic_abort,test \
		-Zpanic-abort-tests -Zbuild-std-features=optimize_for_size \
		--config 'profile.dev.panic="abort"' "$@" -Zunstable-options --force-run-in-process
}

command=build
if [ "${1:-}" = test ]; then
	command=run_tests
	shift
fi
triple=${1:-}
[ $# -eq 0 ] || shift
variant=full
case ${1:-} in
full | mini | bare)
	variant=$1
	shift
	;;
esac
if [ "$command" = build ] && [ "$triple" = all ]; then
	failed=
	for triple in $(awk '!/^#/ { print $1 }' "$here/targets"); do
		sh "$here/build.sh" "$triple" "$variant" "$@" || failed="$failed $triple"
	done
	[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
	exit
fi
[ -n "$triple" ] && [ "$(field 1)" = "$triple" ] || usage
# RUSTFLAGS is split where there is a blank.
case $here$dir$target in *[[:space:]]*)
	echo "build.sh: there is a blank in the path of the project, CROSS_DIR or CARGO_TARGET_DIR" >&2
	exit 2
	;;
esac
prepare
"$command" "$@"
