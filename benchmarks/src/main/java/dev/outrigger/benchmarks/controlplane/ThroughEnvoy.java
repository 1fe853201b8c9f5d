// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import dev.outrigger.benchmarks.statistics.Median;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A real Envoy on one contender: how soon a write works, and whether edits do harm. */
final class ThroughEnvoy {
    static final String WRITE = "write to first 200 through Envoy";
    static final String EDITS = "a host name moved from cluster to cluster under traffic";
    static final String WRONG = "wrong answers";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final Duration POLL = Duration.ofMillis(1);

    private final Plan plan;
    private final Path envoy;
    private final Path java;
    private final PrintStream progress;

    ThroughEnvoy(Plan plan, Path envoy, Path java, PrintStream progress) {
        this.plan = plan;
        this.envoy = envoy;
        this.java = java;
        this.progress = progress;
    }

    List<Figure> measure(Contender contender, Content content, Path folder)
            throws IOException, InterruptedException {
        int upstream = Child.freePort();
        try (var server = contender.start(content, folder);
                var answers = startUpstream(folder, upstream);
                var proxy = startEnvoy(folder, server.port())) {
            await(
                    content.listenPort(),
                    "s00000.bench.local",
                    status -> status != 0 && status != NOT_FOUND);
            var figures =
                    List.of(
                            writes(contender.name(), server, content, upstream),
                            edits(contender.name(), server, content, upstream));
            if (!proxy.isAlive() || !answers.isAlive()) {
                throw new IOException("Envoy or the upstream ended early: see " + folder);
            }
            return figures;
        }
    }

    private Child startUpstream(Path folder, int port) throws IOException {
        return Child.start(
                Cores.LOAD,
                folder.resolve("upstream.log"),
                List.of(
                        java.toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.outrigger.benchmarks.load.FixedAnswerMain",
                        Integer.toString(port),
                        "16"));
    }

    private Child startEnvoy(Path folder, int xds) throws IOException {
        var bootstrap = folder.resolve("envoy.yaml");
        Files.writeString(bootstrap, bootstrap(xds));
        return Child.start(
                Cores.LOAD,
                folder.resolve("envoy.log"),
                List.of(
                        envoy.toString(),
                        "-c",
                        bootstrap.toString(),
                        "--concurrency",
                        "1",
                        "--use-dynamic-base-id",
                        "-l",
                        "warning"));
    }

    private static String bootstrap(int xds) {
        return """
        node: {id: envoy-1, cluster: fleet}
        dynamic_resources:
          ads_config:
            api_type: DELTA_GRPC
            transport_api_version: V3
            set_node_on_first_message_only: true
            grpc_services: [{envoy_grpc: {cluster_name: xds}}]
          cds_config: {ads: {}, resource_api_version: V3}
          lds_config: {ads: {}, resource_api_version: V3}
        static_resources:
          clusters:
          - name: xds
            connect_timeout: 2s
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http2_protocol_options: {}}
            load_assignment:
              cluster_name: xds
              endpoints:
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
        """
                .formatted(xds);
    }

    private interface Condition {
        boolean holds(int status);
    }

    /** How long it took, by the machine's clock. */
    private long await(int port, String host, Condition condition)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + plan.limit().toNanos();
        try (var probe = new HttpProbe(port, host)) {
            while (!condition.holds(probe.status())) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(host + " did not work within " + plan.limit());
                }
                TimeUnit.NANOSECONDS.sleep(POLL.toNanos() / 2);
            }
            return System.nanoTime();
        }
    }

    private Figure writes(String name, Contender.Running server, Content content, int upstream)
            throws IOException, InterruptedException {
        var times = new ArrayList<Double>();
        long warm = System.nanoTime() + plan.warmUp().toNanos();
        for (int i = 0; times.size() < plan.writes(); i++) {
            var host = "n" + i + ".bench.local";
            long start = System.nanoTime();
            server.addHost(host, upstream);
            long end = await(content.listenPort(), host, status -> status == OK);
            if (start >= warm) {
                times.add((end - start) / 1e6);
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        double[] numbers = times.stream().mapToDouble(Double::doubleValue).toArray();
        var values = new LinkedHashMap<String, Double>();
        values.put("p50 ms", Median.of(numbers));
        values.put("p99 ms", Median.quantile(0.99, numbers));
        progress.println(name + "  " + WRITE + "  " + plan.routes() + "  " + values);
        return new Figure(name, WRITE, plan.routes(), values);
    }

    private Figure edits(String name, Contender.Running server, Content content, int upstream)
            throws IOException, InterruptedException {
        var host = "moving.bench.local";
        server.moveHost(host, "m0", upstream);
        await(content.listenPort(), host, status -> status == OK);
        var isOver = new AtomicBoolean();
        var all = new AtomicLong();
        var wrong = new AtomicLong();
        var traffic =
                Thread.ofPlatform()
                        .name("traffic")
                        .start(() -> traffic(content.listenPort(), host, isOver, all, wrong));
        long start = System.nanoTime();
        int edits = (int) (plan.editing().toSeconds() * plan.edits());
        for (int i = 1; i <= edits; i++) {
            server.moveHost(host, "m" + i, upstream);
            long due = start + i * 1_000_000_000L / plan.edits();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
        }
        TimeUnit.SECONDS.sleep(1);
        isOver.set(true);
        traffic.join();
        var values = new LinkedHashMap<String, Double>();
        values.put(WRONG, (double) wrong.get());
        progress.println(name + "  " + EDITS + "  " + edits + "  " + values + " of " + all.get());
        return new Figure(name, EDITS, plan.routes(), values);
    }

    private static void traffic(
            int port, String host, AtomicBoolean isOver, AtomicLong all, AtomicLong wrong) {
        try (var probe = new HttpProbe(port, host)) {
            while (!isOver.get()) {
                all.incrementAndGet();
                if (probe.status() != OK) {
                    wrong.incrementAndGet();
                }
            }
        }
    }
}
