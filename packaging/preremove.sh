#!/bin/sh
# Before the files go, unless others take their place: deb says "remove", rpm 0.
set -e
case ${1:-} in
remove | 0)
	if [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
		systemctl disable --now carriles.service
	fi
	;;
esac
