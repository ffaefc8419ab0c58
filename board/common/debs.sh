#!/bin/sh
# board/common/debs.sh: packages of Debian, for any of its architectures, without installing them.
#
#   sh board/common/debs.sh unpack ARCH DIR PACKAGE...   into DIR; a metapackage stands for what it names
#   sh board/common/debs.sh source DIR PACKAGE...        the files of the source package, into DIR
#
# apt checks signatures and hashes. Its lists, its status and its cache are ours, under
# HOLDFAST_CACHE (default ~/.cache/holdfast-board): the machine's own stay as they are, and no
# root is needed.
set -eu
cache=${HOLDFAST_CACHE:-$HOME/.cache/holdfast-board}

die() { echo "debs: $*" >&2; exit 1; }

# state ARCH: where its lists are; fetched once a day at most.
state() {
	st=$cache/apt-$1
	mkdir -p "$st/lists/partial" "$st/archives/partial" "$st/parts"
	: >"$st/status"
	# Debian's own entries are enough, with their sources.
	if [ -f /etc/apt/sources.list.d/debian.sources ]; then
		sed 's/^Types:.*/Types: deb deb-src/' /etc/apt/sources.list.d/debian.sources \
			>"$st/parts/debian.sources"
	else
		sed -n 's/^deb \(.*\)/deb \1\ndeb-src \1/p' /etc/apt/sources.list >"$st/parts/debian.list"
	fi
	options="-qq -oAPT::Architecture=$1 -oAPT::Architectures=$1 -oDir::State=$st
		-oDir::State::Lists=$st/lists -oDir::State::status=$st/status -oDir::Cache=$st
		-oDir::Cache::archives=$st/archives -oDir::Etc::SourceList=/dev/null
		-oDir::Etc::SourceParts=$st/parts -oAPT::Sandbox::User=$(id -un)
		-oAcquire::Languages=none -oDebug::NoLocking=true -oAcquire::Retries=3"
	[ -z "$(find "$st/updated" -mtime -1 2>/dev/null)" ] || return 0
	# shellcheck disable=SC2086 # a list of options
	apt-get $options update || echo "debs: some lists of $1 are missing" >&2
	: >"$st/updated"
}

# The package itself, or the one that a metapackage of kernels names first.
real() {
	# shellcheck disable=SC2086 # a list of options
	case $1 in linux-image-* | linux-source)
		real=$(apt-cache $options depends "$1" |
			awk '/Depends: linux-(image|source)-/ { print $2; exit }') ;;
	*) real= ;;
	esac
	echo "${real:-$1}"
}

unpack() {
	dir=$2
	state "$1"
	shift 2
	mkdir -p "$dir" "$st/debs"
	for package; do
		package=$(real "$package")
		# shellcheck disable=SC2086 # a list of options
		(cd "$st/debs" && apt-get $options download "$package") || die "no package $package"
		# The newest, should an earlier version lie beside it.
		deb=$(find "$st/debs" -name "${package}_*.deb" | sort -V | tail -n 1)
		[ -n "$deb" ] || die "no package $package"
		dpkg-deb -x "$deb" "$dir"
	done
}

source() {
	dir=$1
	state "$(dpkg --print-architecture)"
	shift
	mkdir -p "$dir"
	# shellcheck disable=SC2086 # a list of options
	(cd "$dir" && apt-get $options source --download-only "$@" >/dev/null) || die "no source of $*"
}

for tool in dpkg-deb apt-get; do
	command -v $tool >/dev/null || die "Debian's $tool is needed"
done
case ${1:-} in
unpack) [ $# -ge 4 ] || die "usage: debs.sh unpack ARCH DIR PACKAGE..." ;;
source) [ $# -ge 3 ] || die "usage: debs.sh source DIR PACKAGE..." ;;
*) die "usage: debs.sh unpack|source ..." ;;
esac
"$@"
