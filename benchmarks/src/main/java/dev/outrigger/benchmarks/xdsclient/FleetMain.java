// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A process of its own for the clients, told what to do line by line on its standard input; it
 * answers each with one line. Arguments: the server's port, how many clusters it serves, the name
 * of its route configuration.
 */
public final class FleetMain {
    private final Fleet fleet;
    private long bytes;
    private long resources;
    private int kinds;
    private byte[] marker = new byte[0];

    private FleetMain(Fleet fleet) {
        this.fleet = fleet;
    }

    public static void main(String[] arguments) throws IOException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var fleet =
                new Fleet(
                        Integer.parseInt(arguments[0]),
                        Integer.parseInt(arguments[1]),
                        arguments[2])) {
            var main = new FleetMain(fleet);
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(main.run(line.strip().split(" ")));
            }
        }
    }

    private String run(String[] words) throws IOException {
        return switch (words[0]) {
            case "probe" -> line(fleet.probe(Path.of(words[1]), seconds(words[2])));
            case "join" -> line(fleet.join(Integer.parseInt(words[1]), seconds(words[2])));
            // expect TYPES MARKER, "-" for none
            case "expect" -> {
                expect(words[1], words[2]);
                fleet.expect(kinds, marker);
                bytes = fleet.bytes();
                resources = fleet.resources();
                yield "ready";
            }
            case "await" -> line(fleet.await(bytes, resources, seconds(words[1])));
            case "drop" -> {
                fleet.drop();
                yield "dropped " + System.nanoTime();
            }
            case "back" -> {
                expect(words[1], words[2]);
                yield line(fleet.comeBack(kinds, marker, seconds(words[3])));
            }
            case "linger" -> {
                fleet.linger(Duration.ofMillis(Long.parseLong(words[1])));
                yield "lingered " + fleet.bytes() + " " + fleet.resources();
            }
            default ->
                    throw new IllegalArgumentException(
                            "command: '"
                                    + words[0]
                                    + "' (expected: probe, join, expect, await, drop, back or"
                                    + " linger)");
        };
    }

    private void expect(String types, String text) {
        kinds = Kind.bits(types);
        marker = text.equals("-") ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }

    private static Duration seconds(String text) {
        return Duration.ofSeconds(Long.parseLong(text));
    }

    private static String line(Fleet.Outcome outcome) {
        return "seen "
                + outcome.count()
                + " "
                + outcome.median()
                + " "
                + outcome.high()
                + " "
                + outcome.last()
                + " "
                + outcome.bytes()
                + " "
                + outcome.resources()
                + " "
                + outcome.failed();
    }
}
