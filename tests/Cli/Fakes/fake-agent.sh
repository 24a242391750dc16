#!/usr/bin/env bash
# Stands in for casement-agent: holds the ledger's lock, is registered, and works for nobody.
given=("$@")
dir=
while [ $# -gt 0 ]; do
  case $1 in
    --dir) dir=$2; shift 2 ;;
    *) shift ;;
  esac
done
exec 9<>"$dir/lock"
flock -n 9 || { echo "another agent works on $dir" >&2; exit 253; }
printf '%s\n' $$ > "$dir/agent.pid.new" && mv "$dir/agent.pid.new" "$dir/agent.pid"
printf '%s\n' "${given[@]}" > "$dir/agent.args"
env > "$dir/agent.environment"
ps -o sid= -p $$ | tr -d ' ' > "$dir/agent.session"
echo $$ >> "$dir/agent.starts"
if [ -n "${FAKE_AGENT_FAULT:-}" ]; then
  echo "$FAKE_AGENT_FAULT" >&2
  exit 1
fi
printf '{"InstanceId":"mi-0123456789abcdef0","Region":"eu-central-1"}' > "$dir/registration.json"
setpriv --pdeathsig KILL sleep infinity 9>&- &
trap 'kill %1; exit 0' TERM
wait
