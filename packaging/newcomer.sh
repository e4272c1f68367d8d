#!/usr/bin/env bash
# The first hour of somebody who has nothing but Go: the two commands of the README, then the ten
# minutes to a bot of one's own, in both languages, with times. The home, the caches and the module
# cache are empty, and no variable of this machine is passed on but the proxy of the modules. In a
# container of Debian, so that nothing else is there either:
#   docker run --rm -v "$PWD":/src:ro -e GOPROXY golang:1.26 /src/packaging/newcomer.sh
# TESTS=1 runs all tests at the end, too: what the second command of the README does.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
go=$(command -v go)
mkdir -p "$work/home" "$work/bin"
cp -r "$source" "$work/hongyan"
cd "$work/hongyan"
rm -rf bin dist

proxy=${GOPROXY:-$("$go" env GOPROXY)} sums=$("$go" env GOSUMDB)
clean() { # COMMAND...: in the place of this shell, with an environment that has nothing but Go
	exec env -i HOME="$work/home" PATH="$(dirname "$go"):/usr/bin:/bin" GOPROXY="$proxy" GOSUMDB="$sums" \
		GOFLAGS=-buildvcs=false TERM=dumb HONGYAN_LANG="${language:-en}" "$@"
}
timed() { # NAME COMMAND...: the time on the clock, and that of the processors, which other work does not lengthen
	local name=$1 TIMEFORMAT='%R %U %S'
	shift
	{ time { ("$@") > "$work/out" 2>&1; }; } 2> "$work/time" || { cat "$work/out"; echo "FAIL $name"; exit 1; }
	awk -v name="$name" '{ printf "%7.1f s  %s (%.1f s of a processor)\n", $1, name, $2 + $3 }' "$work/time"
}
modules() {
	find "$work/home/go/pkg/mod/cache/download" -name '*.zip' -printf '%s\n' | awk '{ s += $1 } END { printf "           %d modules, %.0f MB downloaded\n", NR, s / 1e6 }'
}

"$go" version
timed "go run ./cmd/hongyan demo --once, with empty caches" clean "$go" run ./cmd/hongyan demo --once
modules
printf '           load %s on %s cores\n' "$(cut -d' ' -f1 /proc/loadavg)" "$(nproc)"
timed "the same once more" clean "$go" run ./cmd/hongyan demo --once
timed "go build" clean "$go" build -o "$work/bin/hongyan" ./cmd/hongyan
for language in en zh; do
	cd "$work"
	page=$work/hongyan/docs/$language/ten-minutes.md
	grep -q 'hongyan test -c bot.yaml' "$page"
	bot="$work/bot-$language" hongyan=$work/bin/hongyan
	timed "$language: hongyan init" clean "$hongyan" init "$bot" --group 社区群 --language $language
	cd "$bot"
	timed "$language: hongyan test" clean "$hongyan" test -c bot.yaml
	tests=$(tail -1 "$work/out")
	awk '/^rules:/ { print; print "  - name: returns\n    on: text\n    keyword: [退货]\n    reply: 七天内可退"; next }
		/^tests:/ { print; print "  - name: 退货\n    as: bob\n    in: 社区群\n    say: 怎么退货？\n    expect: 七天内可退"; next } { print }' bot.yaml > edited
	mv edited bot.yaml
	timed "$language: hongyan test, with an answer and a test of one's own" clean "$hongyan" test -c bot.yaml
	echo "           $tests → $(tail -1 "$work/out")"
	timed "$language: hongyan explain" clean "$hongyan" explain -c bot.yaml --say 我要退货 --in 社区群
	clean "$hongyan" run -c bot.yaml --sim > "$work/run" 2>&1 &
	running=$!
	from=$(date +%s.%N)
	until grep -q 'after=0' "$work/run"; do kill -0 $running || { cat "$work/run"; exit 1; }; sleep 0.1; done
	kill -TERM $running
	wait $running || { cat "$work/run"; echo "FAIL $language: hongyan run"; exit 1; }
	printf '%7.1f s  %s\n' "$(awk "BEGIN {print $(date +%s.%N) - $from}")" "$language: hongyan run --sim, until it has its addresses, and its end"
done
if [ -n "${TESTS:-}" ]; then
	cd "$work/hongyan"
	timed "all tests" clean "$go" test ./...
fi
echo "all of it worked"
