#!/usr/bin/env bash
# Stands in for casement-server: says that it is ready, with the endpoint of $FAKE_ENDPOINT, until it is told to stop.
if [ -n "${FAKE_FAULT:-}" ]; then
  echo "a line before" >&2
  echo "$FAKE_FAULT" >&2
  exit "${FAKE_CODE:-253}"
fi
data=
given=("$@")
while [ $# -gt 0 ]; do
  case $1 in
    --data) data=$2; shift 2 ;;
    *) shift ;;
  esac
done
ephemeral=false
if [ -z "$data" ]; then
  data=$(mktemp -d)
  ephemeral=true
fi
mkdir -p "$data"
printf '%s\n' "${given[@]}" > "$data/server.args"
env > "$data/server.environment"
printf 'AWS_ACCESS_KEY_ID=AKIAADMIN\nAWS_SECRET_ACCESS_KEY=admin-secret\n' > "$data/admin.env"
runtime=${XDG_RUNTIME_DIR:-/tmp}/casement-$(id -u)
mkdir -p -m 700 "$runtime"
ready='{"version":1,"pid":%d,"endpoint":"%s","region":"eu-central-1","account":"123456789012","ephemeral":%s,"data":"%s","caFile":null}'
for file in "$data/server.json" "$runtime/$$.json"; do
  # shellcheck disable=SC2059
  printf "$ready" $$ "$FAKE_ENDPOINT" $ephemeral "$data" > "$file.new"
  mv "$file.new" "$file"
done
setpriv --pdeathsig KILL sleep infinity &
stop() {
  kill %1
  rm -f "$data/server.json" "$runtime/$$.json"
  [ $ephemeral = false ] || rm -rf "$data"
  exit 0
}
trap stop TERM INT
wait
