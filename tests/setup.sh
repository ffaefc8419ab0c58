#!/bin/sh
# tests/setup.sh: install what the checks need and a bare Debian-like machine lacks.
set -eu
PATH=$PATH:/usr/sbin:/sbin

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# program:package
missing=
for pair in cc:gcc cc:libc6-dev ip:iproute2 ping:iputils-ping ps:procps tcpdump:tcpdump \
	keepalived:keepalived; do
	command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
# cargo fetches over TLS.
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"

# Debian starts a daemon when it installs it, unless a policy says no: keepalived is wanted as a
# program here, not as a service.
install_packages() {
	policy=/usr/sbin/policy-rc.d ours=
	if [ ! -e "$policy" ]; then
		ours=1
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod +x "$policy"
	fi
	result=0
	as_root apt-get update -q || result=$?
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends "$@" || result=$?
	[ -z "$ours" ] || as_root rm -f "$policy"
	return "$result"
}

# shellcheck disable=SC2086 # a list of packages
[ -z "$missing" ] || install_packages $missing

if ! command -v cargo >/dev/null; then
	echo "no cargo: install Rust, https://rustup.rs" >&2
	exit 2
fi
cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
