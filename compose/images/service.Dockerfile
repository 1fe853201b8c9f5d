# SPDX-License-Identifier: Apache-2.0
# An ordinary HTTP service that knows nothing of proxies. Context: compose/service
ARG BUILD_BASE=docker.io/library/eclipse-temurin:25-jdk
ARG BASE=docker.io/library/eclipse-temurin:25-jre
FROM ${BUILD_BASE} AS build
WORKDIR /build
COPY Service.java .
RUN javac --release 25 -Xlint:all -Werror -d classes Service.java

FROM ${BASE}
COPY --from=build /build/classes /opt/service
USER 65534:65534
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xmx64m", "-XX:+UseCompactObjectHeaders", "-XX:-UsePerfData", \
    "-cp", "/opt/service", "Service"]
