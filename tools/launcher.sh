#!/bin/sh
# `make build` copies this to ./safekeeper. Works from any directory and through symbolic links; `exec` makes this process become
# node, so that signals reach it.
set -eu

self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
here=$(CDPATH='' cd "$(dirname "$self")" && pwd -P)

exec node "$here/dist/server/cli/main.js" "$@"
