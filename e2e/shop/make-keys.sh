#!/usr/bin/env bash
# Two keys in a file that is encrypted itself, as MariaDB's page on file_key_management says it, and its
# password in a Secret of its own.
set -euo pipefail
password=$(openssl rand -hex 64)
keys=$(mktemp)
trap 'rm -f "$keys"' EXIT
printf '1;%s\n2;%s\n' "$(openssl rand -hex 32)" "$(openssl rand -hex 32)" |
  openssl enc -aes-256-cbc -md sha1 -pass "pass:$password" -out "$keys"
kubectl create secret generic mariadb-keys -n shop --from-file=keyfile.enc="$keys"
kubectl create secret generic mariadb-keys-password -n shop --from-literal=keyfile.key="$password"
