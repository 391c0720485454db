#!/bin/sh
# A million requests for invented paths, with invented hosts, names of parameters and of header fields, through a
# running bartizan: what it takes in memory, and what becomes of its inventory. Needs nginx, wrk and curl; listens on
# loopback alone. Usage: bench/junk_paths.sh BARTIZAN [SECONDS]
set -eu
program=$1
seconds=${2:-20}
dir=$(mktemp -d)
trap 'kill "$guard" 2>/dev/null || true; nginx -c "$dir/nginx.conf" -s stop 2>/dev/null || true; rm -rf "$dir"' EXIT
guard=
cat >"$dir/nginx.conf" <<EOF
worker_processes 1; error_log $dir/error.log; pid $dir/nginx.pid; daemon on;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000;
  server { listen 127.0.0.1:18800; default_type application/json;
    location ~ ^/orders/[0-9]+\$ { return 200 '{"id": 5, "items": [{"sku": "a", "count": 1}]}'; }
    location = /orders { return 200 '[{"id": 5}]'; }
    location / { return 404 '{"error": "not found"}'; } } }
EOF
cat >"$dir/junk.lua" <<'EOF'
local function word()
  local letters = {}
  for i = 1, 3 + math.random(12) do letters[i] = string.char(96 + math.random(26)) end
  return table.concat(letters)
end
function init() math.randomseed(os.time()) end
function request()
  local path = "/" .. word() .. "/" .. word() .. "?" .. word() .. "=" .. word()
  return wrk.format("GET", path, { ["Host"] = word() .. ".example", ["X-" .. word()] = word() })
end
EOF
cat >"$dir/bartizan.yaml" <<EOF
version: 1
upstream: {url: "http://127.0.0.1:18800"}
listen: {address: "127.0.0.1:18801"}
admin: {address: "127.0.0.1:18802"}
data: {dir: $dir/data}
EOF
show() {
  printf '%s: ' "$1"
  awk '/VmRSS/ {printf "%d MiB resident, ", $2 / 1024}' "/proc/$guard/status"
  "$program" inventory ls --data "$dir/data" -o json |
    tr -d ' \n' | sed 's/.*"endpoints":\([0-9]*\),"calls":[0-9]*,"candidates":\([0-9]*\).*/\1 endpoints, \2 calls of paths that are none/'
  echo
}
nginx -c "$dir/nginx.conf"
"$program" run -c "$dir/bartizan.yaml" >"$dir/log" 2>&1 &
guard=$!
until curl -sf -o "$dir/ready" http://127.0.0.1:18802/health/ready; do sleep 0.2; done
for n in $(seq 300); do
  curl -s -o "$dir/answer" "http://127.0.0.1:18801/orders/$n" -o "$dir/answer" http://127.0.0.1:18801/orders
done
sleep 2
show "before"
for round in 1 2 3 4 5; do
  wrk -t1 -c16 -d"${seconds}s" -s "$dir/junk.lua" http://127.0.0.1:18801 >"$dir/wrk"
  sleep 2
  show "after round $round"
done
