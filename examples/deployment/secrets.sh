#!/bin/sh
# Makes the secrets of compose.yaml in the folder `secrets` beside it, once: what is there stays.
# A container reads a secret as its own user, so the files can be read by all and the folder by you alone.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
umask 022

random() {
    head -c 256 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 40
}

for name in database_password reader_password grafana_password api_token metrics_token; do
    [ -s "secrets/$name" ] || random >"secrets/$name"
done

# What `linernotes serve --new-token NAME` writes: a name, what the token opens, and its digest.
digest() {
    sha256sum "secrets/$1" | cut -d ' ' -f 1
}
[ -s secrets/tokens ] || {
    echo "api read $(digest api_token)"
    echo "prometheus metrics $(digest metrics_token)"
} >secrets/tokens

echo "The secrets are in $(pwd)/secrets; api_token opens the service, grafana_password Grafana (user admin)."
