#!/bin/sh
# The user of the service. Nothing is started: the bot needs a file first.
set -e
if command -v systemd-sysusers >/dev/null 2>&1; then
	systemd-sysusers hongyan.conf
elif ! id hongyan >/dev/null 2>&1; then
	useradd --system --home-dir /var/lib/hongyan --shell /sbin/nologin hongyan 2>/dev/null || adduser -S -D -H -h /var/lib/hongyan hongyan
fi
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
echo "hongyan init DIR writes a first bot.yaml; put it into /etc/hongyan, then: systemctl enable --now hongyan"
