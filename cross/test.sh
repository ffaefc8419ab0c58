#!/bin/sh
# cross/test.sh [TRIPLE...]   the tests on other processors, under qemu-user (default: four of them)
#
# The emulator plays the oldest processor of each target (targets), and passes system calls on. What
# it does not pass on as the kernel would have it is left out by `skip`, each with its reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

[ $# -gt 0 ] || set -- mips-unknown-linux-musl mipsel-unknown-linux-musl \
	armv7-unknown-linux-musleabihf aarch64-unknown-linux-musl

# A tenth of the seeds: an emulated processor is ten to twenty times slower.
export SEEDS="${SEEDS:-30}"

skip() {
	while read -r name _; do
		case $name in "" | "#"*) ;; *) printf ' --skip %s' "$name" ;; esac
	done <"$here/skip"
}

# Sixty-eight years of uptime, if this machine lets us: the clock is read whole (root, Linux 5.6).
old_machine() {
	past=2147483648
	unshare --time --monotonic $past --boottime $past true 2>/dev/null || {
		echo "no time namespace here: the clock of an old machine is not tried"
		return 0
	}
	CARGO_BUILD_JOBS=1 unshare --time --monotonic $past --boottime $past \
		sh "$here/build.sh" test "$1" --test wire -- the_clock_agrees
}

failed=
for triple; do
	echo "== $triple"
	# shellcheck disable=SC2046 # a list of arguments
	sh "$here/build.sh" test "$triple" --no-fail-fast --lib --test wire --test config --test sim \
		--test steady -- $(skip) || failed="$failed $triple"
	old_machine "$triple" || failed="$failed $triple(clock)"
done
[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
echo "passed: $*"
