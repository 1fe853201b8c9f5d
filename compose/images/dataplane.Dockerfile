# SPDX-License-Identifier: Apache-2.0
# The Java data plane, started as Envoy is. Context: java-dataplane/target/dist
ARG BASE=docker.io/library/eclipse-temurin:25-jre
FROM ${BASE}
COPY lib /opt/outrigger/lib
COPY jvm.options /opt/outrigger/jvm.options
ENV MALLOC_ARENA_MAX=1
USER 65534:65534
ENTRYPOINT ["java", "@/opt/outrigger/jvm.options", "-cp", "/opt/outrigger/lib/*", \
    "dev.outrigger.dataplane.bootstrap.DataPlaneMain"]
