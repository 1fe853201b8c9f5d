#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Stand-ins for the public base images, for a Debian machine that reaches its package mirror but no
# image registry: Debian by debootstrap, this machine's JDK 25, a stock Envoy binary, Debian's
# Prometheus. Writes compose/.env, which compose.yaml then reads; remove that file to go back to the
# public images. Needs root, debootstrap and podman.
#
#   compose/local-images.sh
#
#   OUTRIGGER_ENVOY   the Envoy binary; else the one on the PATH, else one fetched by ./outrigger
set -eu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$here")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf 'local-images: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

[ "$(id -u)" = 0 ] || die "debootstrap needs root"
for tool in debootstrap podman dpkg-deb; do
  command -v "$tool" >/dev/null || die "$tool is missing; see README.md for the packages"
done
# shellcheck source=/dev/null
release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:?}")

# The mirror this machine already uses for its own release.
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
  awk -v release="$release" '$2 == release { print $1; exit }')
[ -n "$mirror" ] || die "apt has no source for Debian $release"

build() { # name, folder with a Dockerfile
  podman build --quiet --tag "localhost/outrigger/$1" "$2" >/dev/null
  say "localhost/outrigger/$1"
}

if ! podman image exists localhost/outrigger/debian; then
  say "Debian $release, some 30 s"
  debootstrap --variant=minbase "$release" "$work/debian" "$mirror" >"$work/debootstrap.log" 2>&1 ||
    { tail -5 "$work/debootstrap.log" >&2; die "debootstrap failed"; }
  tar -C "$work/debian" -c . | podman import --quiet - localhost/outrigger/debian >/dev/null
  rm -rf "$work/debian"
  say "localhost/outrigger/debian"
fi

# A JRE is not asked for: the service is compiled in its image too.
jdk=$("$root/outrigger" jdk) || die "no JDK 25"
mkdir -p "$work/jdk"
cp -aL "$jdk" "$work/jdk/jdk"
rm -rf "$work/jdk/jdk/jmods" "$work/jdk/jdk/lib/src.zip"
cat >"$work/jdk/Dockerfile" <<'DOCKERFILE'
FROM localhost/outrigger/debian
COPY jdk /opt/jdk
ENV JAVA_HOME=/opt/jdk PATH=/opt/jdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
DOCKERFILE
build jdk "$work/jdk"

# Three ways to an Envoy; the last has been downloaded and checked by "./outrigger demo".
envoy=${OUTRIGGER_ENVOY:-$(command -v envoy || true)}
if [ -z "$envoy" ]; then
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/outrigger
  [ ! -d "$cache" ] || envoy=$(find "$cache" -type f -name envoy -perm -u+x | sort | tail -1)
fi
[ -x "${envoy:-/nonexistent}" ] || die "no Envoy: set OUTRIGGER_ENVOY, or run ./outrigger demo once, which fetches one"
mkdir -p "$work/envoy"
cp -L "$envoy" "$work/envoy/envoy"
cat >"$work/envoy/Dockerfile" <<'DOCKERFILE'
FROM localhost/outrigger/debian
COPY envoy /usr/local/bin/envoy
ENTRYPOINT ["/usr/local/bin/envoy"]
DOCKERFILE
build envoy "$work/envoy"

# Only the program is taken from the package: it is one file and needs the C library.
mkdir -p "$work/prometheus"
(cd "$work/prometheus" && apt-get download -qq prometheus >/dev/null 2>&1 &&
  dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/prometheus) ||
  die "the package prometheus cannot be downloaded"
cat >"$work/prometheus/Dockerfile" <<'DOCKERFILE'
FROM localhost/outrigger/debian
COPY usr/bin/prometheus /bin/prometheus
RUN mkdir /prometheus && chown 65534:65534 /prometheus
USER 65534:65534
VOLUME /prometheus
ENTRYPOINT ["/bin/prometheus"]
DOCKERFILE
build prometheus "$work/prometheus"

cat >"$here/.env" <<'ENV'
# Written by local-images.sh; remove to use the public images.
JAVA_BASE=localhost/outrigger/jdk
JDK_BASE=localhost/outrigger/jdk
ENVOY_IMAGE=localhost/outrigger/envoy
PROMETHEUS_IMAGE=localhost/outrigger/prometheus
# Debian has no package of it: left out by try.sh.
GRAFANA_IMAGE=
ENV
say "wrote compose/.env; Grafana is left out (no package of it in Debian)"
