#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts the stack, sends traffic through both sidecars without and with the retry policy, and shows
# what changed.
#
#   compose/try.sh          build, start, show, leave it running
#   compose/try.sh down     stop it and remove its volumes
#
#   REQUESTS=1000           per sidecar and round
#   SIDECARS="envoy java"   which ones
#   COMPOSE="docker compose"  the command to use; else docker compose or podman-compose, what is there
set -eu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$here")
cd "$here"
requests=${REQUESTS:-1000}
sidecars=${SIDECARS:-envoy java}

say() { printf '%s\n' "$*" >&2; }
die() {
  say "try.sh: $*"
  exit 1
}

if [ -z "${COMPOSE:-}" ]; then
  if docker compose version >/dev/null 2>&1; then
    COMPOSE="docker compose"
  elif command -v podman-compose >/dev/null; then
    COMPOSE=podman-compose
  else
    die "neither docker compose nor podman-compose is here; see README.md"
  fi
fi
compose() { $COMPOSE -f compose.yaml "$@"; }

if [ "${1:-}" = down ]; then
  compose down -v
  exit
fi

command -v curl >/dev/null || die "curl is missing"
services="control-plane sidecar-api apply service-b prometheus"
for sidecar in $sidecars; do
  services="$services service-a-$sidecar sidecar-a-$sidecar"
done
if [ ! -f .env ] || ! grep -q '^GRAFANA_IMAGE=$' .env; then
  services="$services grafana"
fi

# The images hold the jars the launcher builds.
[ -n "${OUTRIGGER_NO_BUILD:-}" ] || "$root/outrigger" version >/dev/null
say "building images"
# shellcheck disable=SC2086
compose build $services >build.log 2>&1 || { tail -20 build.log >&2; die "the build failed, see compose/build.log"; }
say "starting"
# shellcheck disable=SC2086
compose up -d $services >up.log 2>&1 || { tail -20 up.log >&2; die "the start failed, see compose/up.log"; }

api=http://127.0.0.1:8470/api/v1
ingress_of() { [ "$1" = envoy ] && echo 18081 || echo 18082; }
metrics_of() { [ "$1" = envoy ] && echo 19081 || echo 19082; }

await() { # what, seconds, command...
  local what=$1 left=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || die "$what: not within the time; look at: $COMPOSE -f compose/compose.yaml logs"
    sleep 1
  done
}

# The status of one call through the whole chain: in by A's sidecar, A, out by A's sidecar, B.
call() { curl -s -o /dev/null -w '%{http_code}' --max-time 5 "http://127.0.0.1:$(ingress_of "$1")/call"; }
reaches_b() {
  case $(call "$1") in
    200 | 500) return 0 ;;
    *) return 1 ;;
  esac
}

# Sum of a counter of a sidecar over all label sets that hold the text.
counter() { # sidecar, metric, text
  curl -s "http://127.0.0.1:$(metrics_of "$1")/stats/prometheus" |
    awk -v metric="$2{" -v text="$3" 'index($0, metric) == 1 && index($0, text) { sum += $NF } END { printf "%d", sum }'
}
retries() { counter "$1" envoy_cluster_upstream_rq_retry 'envoy_cluster_name="default/b/80"'; }
upstream_requests() { counter "$1" envoy_cluster_upstream_rq_total 'envoy_cluster_name="default/b/80"'; }

# One curl process sends them all over one connection; the URL range makes them different requests.
send() { # sidecar -> number of 200s
  curl -s -o /dev/null -w '%{http_code}\n' --max-time 300 \
    "http://127.0.0.1:$(ingress_of "$1")/call?n=[1-$requests]" >answers.log || true
  # B's own failures are expected; anything else is not, and is shown.
  sort answers.log | uniq -c | awk '$2 != 200 && $2 != 500 { print "  " $1 " answers of " $2 }' >&2
  grep -c '^200$' answers.log || true
}

round() { # name
  local sidecar before_retries before_total ok
  for sidecar in $sidecars; do
    before_retries=$(retries "$sidecar")
    before_total=$(upstream_requests "$sidecar")
    ok=$(send "$sidecar")
    printf '%-18s %-8s %6d %6d %8.1f %% %12d %9d\n' "$1" "$sidecar" "$requests" "$ok" \
      "$(awk -v ok="$ok" -v all="$requests" 'BEGIN { print 100 * ok / all }')" \
      "$(($(upstream_requests "$sidecar") - before_total))" "$(($(retries "$sidecar") - before_retries))"
  done
}

await "control plane" 120 curl -sf "$api/proxies"
# A policy left from an earlier call would spoil the first round.
compose run --rm -T apply delete trafficpolicy/a-to-b >/dev/null 2>&1 || true
for sidecar in $sidecars; do
  await "sidecar-a-$sidecar" 120 reaches_b "$sidecar"
done

printf '%-18s %-8s %6s %6s %10s %12s %9s\n' round sidecar sent ok success "sent to B" retries
round "no policy"
compose run --rm -T apply apply -f /policies/retry.yaml --wait=30s >apply.log 2>&1 ||
  { cat apply.log >&2; die "the policy was not accepted"; }
round "5xx, 2 retries"

say ""
say "Control plane http://127.0.0.1:8470/api/v1/proxies   Prometheus http://127.0.0.1:9090"
case $services in *grafana) say "Dashboard     http://127.0.0.1:3000" ;; esac
say "Stop with: compose/try.sh down"
