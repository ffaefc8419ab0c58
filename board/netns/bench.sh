#!/bin/sh
# board/netns/bench.sh [KILLS]: how late the backup is when the master is killed, in one run for
# holdfast's pair and for keepalived's. It needs keepalived, iproute2, and namespaces.
set -eu
cd "$(dirname "$0")/../.."
exec cargo test --quiet --release --locked --test interop -- "--bench${1:+=$1}"
