#!/bin/sh
# Checks what a release has: the checksums, and of each kind of file what must be in it.
set -eu
cd "$1"
fail() { echo "packaging: $*" >&2; exit 1; }
has() { # FILE LIST-COMMAND NAME...
	file=$1 list=$2
	shift 2
	names=$($list "$file") || fail "$file cannot be read"
	for name in "$@"; do
		case $names in *"$name"*) ;; *) fail "$file has no $name" ;; esac
	done
	echo "ok $file"
}
sha256sum --check --quiet checksums.txt
for archive in *.tar.gz; do has "$archive" "tar -tzf" hongyan LICENSE README.md README.zh-CN.md packaging/hongyan.service; done
for archive in *.zip; do has "$archive" "unzip -l" hongyan.exe LICENSE; done
for target in linux_amd64 linux_arm64 darwin_amd64 darwin_arm64; do [ -s "$(echo *_"$target".tar.gz)" ] || fail "nothing for $target"; done
for target in windows_amd64 windows_arm64; do [ -s "$(echo *_"$target".zip)" ] || fail "nothing for $target"; done
installed="usr/bin/hongyan usr/lib/systemd/system/hongyan.service usr/lib/sysusers.d/hongyan.conf etc/hongyan/env"
for package in *.deb; do has "$package" "dpkg-deb --contents" $installed; done
for package in *.rpm; do
	command -v rpm >/dev/null || break
	has "$package" "rpm -qlp" $installed
done
for package in *.rpm *.apk; do [ -s "$package" ] || fail "$package is missing"; done
for document in *.cdx.json; do has "$document" cat CycloneDX modernc.org/sqlite; done
for binary in hongyan_linux_amd64*/hongyan; do "$binary" version; done
