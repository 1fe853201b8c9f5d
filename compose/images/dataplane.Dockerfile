# SPDX-License-Identifier: Apache-2.0
# The Java data plane, started as Envoy is. Context: java-dataplane/target/dist
ARG BASE=docker.io/library/eclipse-temurin:25-jre
FROM ${BASE}
COPY lib /opt/outrigger/lib
ENV MALLOC_ARENA_MAX=1
USER 65534:65534
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xms12m", "-Xmx64m", "-XX:+UseCompactObjectHeaders", "-Xss512k", \
    "-XX:ReservedCodeCacheSize=32m", "-XX:MaxDirectMemorySize=64m", "-XX:-UsePerfData", \
    "-XX:+ExitOnOutOfMemoryError", "-XX:+UnlockExperimentalVMOptions", "-XX:TrimNativeHeapInterval=5000", \
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
    "-Dio.netty.allocator.type=pooled", "-Dio.netty.allocator.numDirectArenas=1", \
    "-Dio.netty.allocator.numHeapArenas=0", "-Dio.netty.allocator.maxOrder=4", \
    "-cp", "/opt/outrigger/lib/*", "dev.outrigger.dataplane.bootstrap.DataPlaneMain"]
