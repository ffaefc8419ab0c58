#!/bin/sh
# image/initramfs/needs.sh PROGRAM:PACKAGE...: install the packages of what is missing, or say which
# they are where that takes rights we do not have. PROGRAM may be a path to a file.
set -eu
PATH=$PATH:/usr/sbin:/sbin
missing=
for pair; do
	what=${pair%%:*}
	case $what in
	/*) [ -e "$what" ] || missing="$missing ${pair##*:}" ;;
	*) command -v "$what" >/dev/null || missing="$missing ${pair##*:}" ;;
	esac
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "please install:$missing" >&2
	exit 2
fi
echo "installing$missing" >&2
apt-get -o DPkg::Lock::Timeout=300 update -q >/dev/null
# shellcheck disable=SC2086 # a list of packages
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
	install -q -y --no-install-recommends $missing >/dev/null
