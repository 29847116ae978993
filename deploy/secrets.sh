#!/bin/sh
# Make the secrets of an installation, each in a file of its own that only its owner reads.
#
#   sh deploy/secrets.sh FOLDER [POSTGRES_HOST:PORT] [REDIS_HOST:PORT]
#
# Nothing that exists is touched. The key ring, the seal key and the index key are made by
# `berceau` itself.
set -eu
umask 077
folder=${1:?the folder of the secrets is missing}
postgres=${2:-postgres:5432}
redis=${3:-redis:6379}

keep() { # keep NAME VALUE
    if [ ! -e "$folder/$1" ]; then
        printf '%s\n' "$2" >"$folder/$1"
    fi
}
password() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

mkdir -p "$folder"
for name in superuser owner services console redis; do
    keep "${name}_password" "$(password)"
done
owner=$(cat "$folder/owner_password")
services=$(cat "$folder/services_password")
console=$(cat "$folder/console_password")
bell=$(cat "$folder/redis_password")
keep owner_database_url "postgresql+psycopg://berceau_owner:$owner@$postgres/berceau"
keep database_url "postgresql+psycopg://berceau:$services@$postgres/berceau"
keep console_database_url "postgresql+psycopg://berceau_console:$console@$postgres/berceau"
keep redis_url "redis://:$bell@$redis/0"
keep redis_auth "requirepass $bell"
keep simulator_tokens "{\"$(password)\": {}}"
