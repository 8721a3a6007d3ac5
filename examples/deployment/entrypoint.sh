#!/bin/sh
# The password of the database comes as a file (a secret) and not as a variable that `docker inspect` shows.
set -eu
if [ -n "${PGPASSWORD_FILE:-}" ]; then
    PGPASSWORD=$(cat "$PGPASSWORD_FILE")
    export PGPASSWORD
fi
exec linernotes "$@"
