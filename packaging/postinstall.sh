#!/bin/sh
# After the files are there: the user, and the service's new version if it runs. It
# is not started by being installed: that is said, and who wants it does it.
# DPKG_ROOT is where a system is installed from outside of it.
set -e
root=${DPKG_ROOT:-}
if ! grep -qs '^carriles:' "$root/etc/passwd"; then
	useradd --system --user-group --no-create-home --home-dir /var/lib/carriles --shell /usr/sbin/nologin \
		${root:+--prefix "$root"} carriles
fi
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart carriles.service
	systemctl is-active -q carriles.service || echo "carriles: systemctl enable --now carriles starts the lab at http://localhost:8000"
fi
