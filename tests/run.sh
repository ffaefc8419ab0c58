#!/bin/sh
# tests/run.sh [all]: what must hold before a change lands, in the order of cost; with `all` also
# every board's binary, the tests on foreign processors, pairs of emulated routers (1 to 2 hours).
# It needs a Debian-like machine with Rust, and installs what else it needs.
set -eu
cd "$(dirname "$0")/.."
# rustup puts its programs here, which a bare shell may not know.
[ ! -d "${CARGO_HOME:-$HOME/.cargo}/bin" ] || PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
PATH=$PATH:/usr/sbin:/sbin
export PATH
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}" RUST_BACKTRACE="${RUST_BACKTRACE:-0}"
begun=$(date +%s)

step() {
	printf '\n== %4d s  %s\n' $(($(date +%s) - begun)) "$1"
	shift
	"$@"
}

# The features of Cargo.toml, one a line.
features() {
	sed -n '/^\[features\]/,/^\[dep/s/^\([a-z][a-z0-9-]*\) *=.*/\1/p' Cargo.toml | grep -vx default
}

lint() {
	cargo clippy --quiet --locked --all-targets "$@" -- -D warnings
}

# The program is not larger than its budget; growth is a change of the number in the same commit.
# Another compiler makes other code: its size is shown, not judged.
within_budget() {
	machine=$(rustc -vV | sed -n 's/^host: //p; s/^release: //p' | tr '\n' ' ')
	size=$(wc -c <"${CARGO_TARGET_DIR:-target}/release/holdfast")
	limit=$(sed -n "s/^$machine *\([0-9][0-9]*\)$/\1/p" board/netns/budget)
	echo "$machine: $size bytes, ${limit:-no} budget"
	[ -z "$limit" ] || [ "$size" -le "$limit" ] || { echo "over budget: board/netns/budget" >&2; return 1; }
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -E "$@"; fi
}

everywhere() {
	step "all targets" sh cross/table.sh build
	step "foreign processors" sh cross/test.sh
	for board in qemu-x86_64 qemu-aarch64 qemu-armv7 qemu-malta-mipsel qemu-malta-mips uml; do
		step "fail-over on $board" sh image/initramfs/run.sh "$board"
	done
	step "two byte orders" sh image/initramfs/run.sh qemu-malta-mips qemu-malta-mipsel
}

step "what is missing" sh tests/setup.sh
step "format" cargo fmt --check
step "lint, default features" lint
step "lint, no feature" lint --no-default-features
step "lint, all features" lint --all-features
for feature in $(features); do
	step "lint, $feature alone" lint --no-default-features --features "$feature"
done
step "rules of the tree" cargo test --quiet --locked --test tidy
step "tests" cargo test --quiet --locked --no-fail-fast
step "tests without features" cargo test --quiet --locked --no-default-features --lib
step "documentation" env RUSTDOCFLAGS="-D warnings" \
	cargo doc --quiet --locked --no-deps --document-private-items
step "release build" cargo build --quiet --locked --release
step "size" within_budget
step "check of binaries" sh cross/check-elf.sh test
# In this order: the one everybody has, the one without 64-bit atomics, the big-endian one.
for triple in x86_64-unknown-linux-musl armv7-unknown-linux-musleabihf mips-unknown-linux-musl; do
	for variant in mini full; do
		step "static, $triple, $variant" sh cross/build.sh "$triple" "$variant" -q
	done
done
step "memory" as_root sh board/netns/memory.sh
[ "${1:-}" != all ] || everywhere
step "passed" true
