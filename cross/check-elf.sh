#!/bin/sh
# cross/check-elf.sh FILE TRIPLE   says whether FILE is the static program that TRIPLE's machines run
# cross/check-elf.sh test [FILE TRIPLE]   tries it on files it must refuse, and on one it must not
#
# What this cannot see in a stripped file, single instructions of a newer processor, the tests under
# qemu see: they run on the oldest processor of each target (targets).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
LC_ALL=C
export LC_ALL

bad() {
	echo "$file: $1" >&2
	failed=1
}

# wants TEXT PATTERN WHAT / refuses TEXT PATTERN WHAT
wants() {
	echo "$1" | grep -qE -e "$2" || bad "$3"
}
refuses() {
	! echo "$1" | grep -qE -e "$2" || bad "$3"
}

machine() {
	case $1 in
	x86_64-*) set -- ELF64 little 'X86-64' 'Flags: +0x0$' ;;
	aarch64-*) set -- ELF64 little AArch64 'Flags: +0x0$' ;;
	arm*hf) set -- ELF32 little ARM 'Flags: .*Version5 EABI, hard-float ABI' ;;
	arm*) set -- ELF32 little ARM 'Flags: .*Version5 EABI, soft-float ABI' ;;
	mipsel-*) set -- ELF32 little MIPS 'Flags: .*o32, mips32r2' ;;
	mips-*) set -- ELF32 big MIPS 'Flags: .*o32, mips32r2' ;;
	esac
	wants "$header" "Class: +$1\$" "is not $1"
	wants "$header" "Data: .*$2 endian" "is not $2 endian"
	wants "$header" "Machine: .*$3" "is not for $3"
	wants "$header" "$4" "has other flags of the processor than: $4"
}

# The instruction set and the passing of floats, as the parts of the program were compiled.
isa() {
	attributes=$(readelf -AW "$file")
	case $1 in
	armv7-*) wants "$attributes" 'Tag_CPU_arch: v7$' "is not for ARMv7" ;;
	arm-*) wants "$attributes" 'Tag_CPU_arch: v6(K|KZ)?$' "is not for ARMv6" ;;
	armv5te-*) wants "$attributes" 'Tag_CPU_arch: v5TE(J)?$' "is not for ARMv5TE" ;;
	mips*)
		wants "$attributes" 'ISA: MIPS32r2$' "is not for MIPS32r2"
		wants "$attributes" 'FP ABI: Soft float$' "is not soft-float"
		;;
	esac
	case $1 in
	armv7-*hf) wants "$attributes" 'Tag_ABI_VFP_args: VFP' "does not pass floats in registers" ;;
	arm*) refuses "$attributes" 'Tag_ABI_VFP_args: VFP|Tag_FP_arch: ' "wants a floating-point unit" ;;
	esac
}

layout() {
	wants "$header" 'Type: +EXEC ' "is not a program at a fixed address"
	refuses "$segments" '^ *INTERP' "needs a dynamic linker (INTERP)"
	refuses "$segments" '^ *DYNAMIC' "is dynamic"
	refuses "$sections" ' \.(symtab|strtab|debug[^ ]*) ' "is not stripped"
	refuses "$sections" ' RELA? | RELR ' "has relocations that are left to do"
	refuses "$segments" '^ *[A-Z_]+ +(0x[0-9a-f]+ +){5}RWE' "has memory both writable and executable"
	wants "$segments" '^ *GNU_STACK ' "says nothing of its stack (GNU_STACK)"
	refuses "$segments" '^ *GNU_STACK .* (R|RW|W| )E +0' "has an executable stack"
	wants "$segments" '^ *LOAD .* R E ' "has no code"
	# Offset and address of a LOAD agree below its alignment, which is a page or more.
	echo "$segments" | awk '$1 == "LOAD" { print $2, $3, $NF }' | while read -r offset address align; do
		if [ $((align)) -lt 4096 ] || [ $((align & (align - 1))) -ne 0 ] ||
			[ $(((address - offset) % align)) -ne 0 ]; then
			echo "$offset $address $align"
		fi
	done | grep . >&2 && bad "has LOAD segments that are out of line" || :
}

check() {
	file=$1 failed=
	header=$(readelf -hW "$1" 2>/dev/null) || { bad "is no ELF file"; return 1; }
	# What is cut off or unclear must not pass for what is not there.
	refuses "$(readelf -hlSW "$1" 2>&1 >/dev/null)" . "cannot be read whole"
	segments=$(readelf -lW "$1" 2>/dev/null)
	sections=$(readelf -SW "$1" 2>/dev/null)
	wants "$sections" ' \.text ' "has no section .text"
	machine "$2"
	isa "$2"
	layout
	[ -z "$failed" ]
}

# must_fail FILE TRIPLE PATTERN: refused, and for that reason.
must_fail() {
	if said=$(check "$1" "$2" 2>&1); then
		echo "check-elf: accepts $1 as $2" >&2
		exit 1
	fi
	echo "$said" | grep -q -e "$3" || { echo "check-elf: $1 as $2: no word of '$3' in: $said" >&2; exit 1; }
}

# A program of no libc, for the tests: compiled for $2 with the flags that follow.
tiny() {
	out=$1 name=$2
	shift 2
	echo 'int data = 1; void _start(void) { for (;;) data++; }' >"$work/tiny.c"
	clang-"$llvm" --target="$name" "$@" -nostdlib -ffreestanding -fuse-ld=lld-"$llvm" -static \
		-Wl,--build-id=none "$work/tiny.c" -o "$work/$out" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
}

tests() {
	llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	x86=x86_64-unknown-linux-musl v5=armv5te-unknown-linux-musleabi
	must_fail /bin/true "$x86" INTERP
	head -c 20000 /bin/true >"$work/cut"
	must_fail "$work/cut" "$x86" "read whole"
	must_fail "$here/targets" "$x86" "no ELF"
	while read -r triple _ _ name _ flags; do
		case $triple in "#"*) continue ;; esac
		# shellcheck disable=SC2086 # a list of flags
		tiny "$triple" "$name" -s $flags
		check "$work/$triple" "$triple" || exit 1
	done <"$here/targets"
	# Every file as every other target.
	for one in $(awk '!/^#/ { print $1 }' "$here/targets"); do
		for other in $(awk '!/^#/ { print $1 }' "$here/targets"); do
			[ "$one" = "$other" ] || must_fail "$work/$one" "$other" "is not\|other flags\|floating\|floats"
		done
	done
	tiny symbols x86_64-linux-musl
	must_fail "$work/symbols" "$x86" stripped
	tiny stack x86_64-linux-musl -s -Wl,-z,execstack
	must_fail "$work/stack" "$x86" "executable stack"
	tiny writable x86_64-linux-musl -s -Wl,-N
	must_fail "$work/writable" "$x86" "both writable and executable"
	tiny pie x86_64-linux-musl -s -fPIE -static-pie
	must_fail "$work/pie" "$x86" "is dynamic"
	tiny relocations x86_64-linux-musl -Wl,--emit-relocs
	must_fail "$work/relocations" "$x86" relocations
	tiny page x86_64-linux-musl -s -Wl,-z,max-page-size=64
	must_fail "$work/page" "$x86" "out of line"
	tiny newer armv7-linux-musleabi -s -march=armv7-a -mfloat-abi=soft
	must_fail "$work/newer" "$v5" ARMv5TE
	tiny float mipsel-linux-musl -s -march=mips32r2
	must_fail "$work/float" mipsel-unknown-linux-musl soft-float
	[ $# -eq 0 ] || check "$1" "$2"
	echo "check-elf: refuses what it must"
}

if [ "${1:-}" = test ]; then
	shift
	tests "$@"
	exit
fi
if [ $# -ne 2 ] || ! awk -v t="$2" '$1 == t { found = 1 } END { exit !found }' "$here/targets"; then
	echo "usage: cross/check-elf.sh FILE TRIPLE; the triples are in cross/targets" >&2
	exit 2
fi
check "$1" "$2"
