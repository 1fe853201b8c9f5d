# SPDX-License-Identifier: Apache-2.0
# The control plane and the command line. Context: cli/target/dist
ARG BASE=docker.io/library/eclipse-temurin:25-jre
FROM ${BASE}
COPY lib /opt/outrigger/lib
RUN mkdir -p /data && chown 65534:65534 /data
USER 65534:65534
VOLUME /data
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xmx256m", "-XX:+UseCompactObjectHeaders", "-XX:-UsePerfData", \
    "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", \
    "--sun-misc-unsafe-memory-access=allow", "-cp", "/opt/outrigger/lib/*", "dev.outrigger.cli.OutriggerMain"]
