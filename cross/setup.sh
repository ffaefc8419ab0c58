#!/bin/sh
# cross/setup.sh [TRIPLE...]: what cross/build.sh needs, from Debian and crates.io alone: the
# compiler, the sources of Rust's standard library, clang and lld, all crates; then a static musl for
# each target (default: all). After it, builds need no network. Root is needed for apt alone
# (CROSS_NO_APT=1 leaves that out). Running it again does no harm, and the daily toolchain stays.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=${CROSS_DIR:-$HOME/.cache/holdfast-cross}
# Two runs at once do not meet.
obj=$dir/obj.$$ stage=$dir/stage.$$

install() {
	[ -z "${CROSS_NO_APT:-}" ] || return 0
	missing=
	for package; do
		dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	apt-get update -q
	# shellcheck disable=SC2086 # a list of packages
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

# The crates of the program and of the standard library, each by its lock file.
fetch_crates() {
	sysroot=$(/usr/bin/rustc --print sysroot)
	for manifest in "$here/../Cargo.toml" "$sysroot/lib/rustlib/src/rust/library/Cargo.toml"; do
		RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc \
			/usr/bin/cargo fetch -q --locked --manifest-path "$manifest"
	done
	cksum <"$here/../Cargo.lock" >"$dir/crates"
}

# musl's source package; apt checks its signature and its hash. The lists and the cache are ours, so
# that the machine's own choice of sources stays.
fetch_musl() {
	mkdir -p "$dir/src/lists/partial" "$dir/src/cache/archives/partial" "$dir/src/parts"
	cd "$dir/src"
	if ! ls musl_*.orig.tar.gz >/dev/null 2>&1; then
		cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
			sed -n 's/^Types:.*/Types: deb-src/;p' >parts/src.sources
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
			sed -n 's/^deb /deb-src /p' >parts/src.list
		set -- -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$dir/src/parts" \
			-o "Dir::State::lists=$dir/src/lists" -o "Dir::Cache=$dir/src/cache" \
			-o APT::Sandbox::User=root
		apt-get "$@" update -q
		apt-get "$@" source -q --download-only musl
	fi
	# Into its place at once: another run may be reading it.
	if ! ls -d musl-[0-9]* >/dev/null 2>&1; then
		mkdir "unpacked.$$"
		tar xf musl_*.orig.tar.gz -C "unpacked.$$"
		mv "unpacked.$$"/musl-* . 2>/dev/null || :
		rm -rf "unpacked.$$"
	fi
	musl=$(find "$dir/src" -maxdepth 1 -type d -name 'musl-[0-9]*' | head -n 1)
}

# build_musl TRIPLE NAME FLAGS...
build_musl() {
	out=$dir/$1
	name=$2
	shift 2
	small="-Os -ffunction-sections -fdata-sections -fno-unwind-tables -fno-asynchronous-unwind-tables"
	# What it is built from; when that changes, it is built again.
	stamp="${musl##*/musl-} $(clang-"$llvm" --version | head -n 1) $name $* $small $(cksum <"$here/unwind-stub.c")"
	[ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ] || return 0
	echo "musl for $name"
	rm -rf "$obj" "$stage"
	mkdir "$obj"
	cd "$obj"
	CC="clang-$llvm --target=$name $*" AR=ar RANLIB=true LIBCC=" " CROSS_COMPILE='' CFLAGS="$small" \
		"$musl/configure" --target="$name" --prefix="$out" --disable-shared --disable-wrapper >log
	make -s -j"$(nproc)" install DESTDIR="$stage" >>log 2>&1 || { tail log >&2; exit 1; }
	# For C in crates.
	echo "--target=$name $* --sysroot=$out -isystem $out/include -Os -ffunction-sections -fdata-sections" \
		>"$stage$out/cflags"
	clang-"$llvm" --target="$name" "$@" -Os -ffunction-sections -c "$here/unwind-stub.c" -o stub.o
	ar rc "$stage$out/lib/libunwind.a" stub.o
	echo "${musl##*/musl-}" >"$stage$out/version"
	echo "$stamp" >"$stage$out/stamp"
	cd "$dir"
	rm -rf "$out"
	mv "$stage$out" "$out"
	rm -rf "$obj" "$stage"
}

[ $# -gt 0 ] || eval "set -- $(awk '!/^#/ { print $1 }' "$here/targets" | tr '\n' ' ')"
for triple; do
	grep -q "^$triple " "$here/targets" || { echo "unknown target $triple" >&2; exit 2; }
done
mkdir -p "$dir"
install rustc-web cargo-web rust-web-src binutils make ca-certificates xz-utils
llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
install "clang-$llvm" "lld-$llvm"
fetch_crates
fetch_musl
for triple; do
	# shellcheck disable=SC2046 # a name, then flags
	build_musl "$triple" $(awk -v t="$triple" '$1 == t { $1 = $2 = $3 = $5 = ""; print }' "$here/targets")
done
echo "prepared in $dir"
