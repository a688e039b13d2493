#!/bin/sh
# The published name of the build. It makes ./safekeeper.
set -eu
cd "$(dirname "$0")"
exec make build
