// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import dev.outrigger.benchmarks.machine.CpuTime;
import dev.outrigger.benchmarks.machine.Memory;
import dev.outrigger.benchmarks.statistics.Median;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Fleets of growing size on one contender: joining, changes, and all of them coming back. */
final class Clients {
    static final String JOIN = "join of all clients";
    static final String CHANGE = "one cluster and its endpoints changed";
    static final String ENDPOINTS = "endpoints of one service changed";
    static final String STORM = "all clients come back, one cluster changed meanwhile";
    static final String SECONDS = "s";
    static final String MEDIAN = "median client ms";
    static final String LAST = "last client ms";
    static final String BYTES = "bytes/client";
    static final String RESOURCES = "resources/client";
    static final String CPU = "CPU-us/client";
    static final String MEMORY = "RSS KiB/client";
    private static final String MISSED = "clients missed";

    private static final Duration SETTLE = Duration.ofMillis(400);
    private static final Duration REST = Duration.ofSeconds(2);

    private final Plan plan;
    private final Path java;
    private final PrintStream progress;
    private final List<Figure> figures = new ArrayList<>();
    private int changes;

    Clients(Plan plan, Path java, PrintStream progress) {
        this.plan = plan;
        this.java = java;
        this.progress = progress;
    }

    List<Figure> measure(Contender contender, Content content, Path folder)
            throws IOException, InterruptedException {
        try (var server = contender.start(content, folder);
                var fleet =
                        FleetProcess.start(
                                java,
                                folder.resolve("fleet.log"),
                                server.port(),
                                content.clusters())) {
            fleet.probe(folder.resolve("served"), plan.limit());
            fleet.linger(REST);
            var empty = Memory.ofTree(server.process());
            var sizes =
                    contender.name().equals(OutriggerContender.NAME)
                            ? plan.clients()
                            : plan.clientsOfPeer();
            for (int size : sizes) {
                join(contender.name(), server, fleet, size, empty);
                round(contender.name(), CHANGE, server, fleet, size);
                round(contender.name(), ENDPOINTS, server, fleet, size);
                storm(contender.name(), server, fleet, size);
            }
        }
        return figures;
    }

    private void join(
            String name, Contender.Running server, FleetProcess fleet, int size, Memory empty)
            throws IOException {
        var before = CpuTime.ofTree(server.process());
        long start = System.nanoTime();
        var seen = fleet.join(size, plan.limit());
        fleet.linger(REST);
        var cpu = CpuTime.ofTree(server.process()).since(before);
        var memory = Memory.ofTree(server.process());
        var values = new LinkedHashMap<String, Double>();
        values.put(SECONDS, (seen.last() - start) / 1e9);
        values.put(CPU, cpu.nanos() / 1e3 / Math.max(1, seen.count()));
        values.put(MEMORY, (double) (memory.rssKib() - empty.rssKib()) / size);
        values.put(BYTES, (double) seen.bytes() / Math.max(1, seen.count()));
        values.put("clients failed", (double) seen.failed());
        add(name, JOIN, size, values);
    }

    private void round(
            String name, String scenario, Contender.Running server, FleetProcess fleet, int size)
            throws IOException, InterruptedException {
        var medians = new ArrayList<Double>();
        var lasts = new ArrayList<Double>();
        var cpus = new ArrayList<Double>();
        var bytes = new ArrayList<Double>();
        double missed = 0;
        long warm = System.nanoTime() + plan.warmUp().toNanos();
        while (medians.size() < plan.changes()) {
            boolean isCluster = scenario.equals(CHANGE);
            var marker = marker();
            fleet.expect(isCluster ? "ce" : "e", isCluster ? marker : "-", plan.limit());
            var before = CpuTime.ofTree(server.process());
            long start = System.nanoTime();
            if (isCluster) {
                server.changeCluster(marker, port());
            } else {
                server.changeEndpoints(port());
            }
            var seen = fleet.await();
            fleet.linger(SETTLE);
            if (start < warm) {
                continue;
            }
            missed += size - seen.count();
            medians.add((seen.p50() - start) / 1e6);
            lasts.add((seen.last() - start) / 1e6);
            cpus.add(
                    CpuTime.ofTree(server.process()).since(before).nanos()
                            / 1e3
                            / Math.max(1, seen.count()));
            bytes.add((double) seen.bytes() / size);
        }
        var values = new LinkedHashMap<String, Double>();
        values.put(MEDIAN, median(medians));
        values.put(LAST, median(lasts));
        values.put(CPU, median(cpus));
        values.put(BYTES, median(bytes));
        values.put(MISSED, missed);
        add(name, scenario, size, values);
    }

    private void storm(String name, Contender.Running server, FleetProcess fleet, int size)
            throws IOException, InterruptedException {
        // As when the clients' versions were noted, so that one cluster is all that differs.
        server.changeEndpoints(Content.ENDPOINT);
        fleet.linger(REST);
        fleet.drop();
        fleet.linger(REST);
        var marker = marker();
        server.changeCluster(marker, port());
        fleet.linger(SETTLE);
        var before = CpuTime.ofTree(server.process());
        long start = System.nanoTime();
        var seen = fleet.comeBack("ce", marker, plan.limit());
        var values = new LinkedHashMap<String, Double>();
        values.put(SECONDS, (seen.last() - start) / 1e9);
        values.put(
                CPU,
                CpuTime.ofTree(server.process()).since(before).nanos()
                        / 1e3
                        / Math.max(1, seen.count()));
        values.put(BYTES, (double) seen.bytes() / size);
        values.put(RESOURCES, (double) seen.resources() / size);
        values.put(MISSED, (double) size - seen.count());
        add(name, STORM, size, values);
        fleet.linger(REST);
    }

    private String marker() {
        return String.format(Locale.ROOT, "mark-%06d", ++changes);
    }

    private int port() {
        return 10_000 + changes++ % 50_000;
    }

    private static double median(List<Double> values) {
        return Median.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private void add(String name, String scenario, int size, Map<String, Double> values) {
        figures.add(new Figure(name, scenario, size, values));
        progress.println(name + "  " + scenario + "  " + size + "  " + values);
    }
}
