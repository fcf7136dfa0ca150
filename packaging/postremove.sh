#!/bin/sh
# After the files are gone. What the class has measured goes only where a deb is purged.
set -e
root=${DPKG_ROOT:-}
if [ "${1:-}" = purge ]; then
	rm -rf "$root/var/lib/carriles"
	if grep -qs '^carriles:' "$root/etc/passwd"; then userdel ${root:+--prefix "$root"} carriles; fi
fi
if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
