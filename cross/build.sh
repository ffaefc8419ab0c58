#!/bin/sh
# cross/build.sh TRIPLE [cargo's arguments]        a small static binary for TRIPLE
# cross/build.sh test TRIPLE [cargo's arguments]   the tests, under qemu-user: the first that fails ends them
#
# The standard library is built along, for size. The first run for a target sets it up (setup.sh).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

command="build"
if [ "${1:-}" = test ]; then
	command="test"
	shift
fi
triple=${1:-}
if ! grep -q "^$triple " "$here/targets" || [ -z "$triple" ]; then
	echo "usage: cross/build.sh [test] TRIPLE [cargo's arguments]; targets:" >&2
	awk '!/^#/ { print "  " $1 }' "$here/targets" >&2
	exit 2
fi
shift

sysroot=${CROSS_DIR:-$HOME/.cache/holdfast-cross}/$triple
[ -f "$sysroot/lib/libunwind.a" ] || sh "$here/setup.sh" "$triple"
llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
emulator=$(awk -v t="$triple" '$1 == t { print $2 }' "$here/targets")

upper=$(echo "$triple" | tr 'a-z-' 'A-Z_')
lower=$(echo "$triple" | tr '-' '_')
script=
case $triple in mips*) script="-Clink-arg=-T$here/discard.ld" ;; esac
# RUSTC_BOOTSTRAP lets a stable compiler build its own standard library.
export RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc
export "CARGO_TARGET_${upper}_LINKER=ld.lld-$llvm" "CARGO_TARGET_${upper}_RUNNER=qemu-$emulator-static"
export "CC_$lower=clang-$llvm" "AR_$lower=ar" "CFLAGS_$lower=$(cat "$sysroot/cflags")"
export RUSTFLAGS="-Clinker-flavor=ld.lld -Clink-self-contained=no -Ctarget-feature=+crt-static \
-Crelocation-model=static -Cforce-unwind-tables=no -Lnative=$sysroot/lib \
-Clink-arg=$sysroot/lib/crt1.o $script ${CROSS_RUSTFLAGS:-}"

if [ "$command" = test ]; then
	command -v "qemu-$emulator-static" >/dev/null || { echo "please install qemu-user-static" >&2; exit 2; }
	# Tests of a program that aborts run one process each; an emulated one cannot start another.
	case " $* " in *" -- "*) ;; *) set -- "$@" -- ;; esac
	exec /usr/bin/cargo test --locked --target "$triple" -Zbuild-std=std,panic_abort,test \
		-Zpanic-abort-tests -Zbuild-std-features=optimize_for_size \
		--config 'profile.dev.panic="abort"' "$@" -Zunstable-options --force-run-in-process
fi

/usr/bin/cargo build --release --locked --target "$triple" -Zbuild-std=std,panic_abort \
	-Zbuild-std-features=optimize_for_size "$@"

binary=${CARGO_TARGET_DIR:-target}/$triple/release/holdfast
[ -f "$binary" ] || { echo "$binary is missing" >&2; exit 1; }
if readelf -lW "$binary" | grep -q INTERP || readelf -SW "$binary" | grep -q ' \.symtab '; then
	echo "$binary is not static, or not stripped" >&2
	exit 1
fi
echo "$binary: $(wc -c <"$binary") bytes"
