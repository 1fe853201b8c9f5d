// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.exchange.Transport;
import dev.outrigger.conformance.stage.Transports;
import java.util.HashMap;
import java.util.List;

/**
 * What is decided about a case before its parts are.
 *
 * @param timed whether every wait has a short limit, so that upstreams may be slow and clients may
 *     stop in the middle
 * @param clusters the names without their prefix; each is also the name of an upstream
 * @param retries how likely a retry policy is, in a hundred
 * @param oddPaths how likely an odd path is, in a hundred
 * @param filters in front of the router, in their order
 * @param mirrored whether routes copy requests to a cluster of their own
 * @param upgrades whether there are upgrades, and upstreams that agree to them
 * @param transports of clients and upstreams
 */
record Plan(
        boolean timed,
        List<String> clusters,
        int retries,
        int oddPaths,
        List<String> filters,
        boolean mirrored,
        boolean upgrades,
        Transports transports) {
    static final String MIRROR = "mirror";

    Plan {
        clusters = List.copyOf(clusters);
        filters = List.copyOf(filters);
    }

    static Plan of(Choices choices) {
        boolean mirrored = choices.in100(15);
        boolean timed = choices.in100(30);
        var clusters = List.of("a", "b", "c").subList(0, choices.between(1, 3));
        return new Plan(
                timed,
                clusters,
                choices.pick(10, 30, 80),
                choices.pick(0, 10, 50),
                choices.some(choices.pick(0, 0, 0, 1, 2, 4), Filters.ALL),
                mirrored,
                // What of a tunnel is copied when is a race.
                !mirrored && choices.in100(15),
                Transports.PLAIN);
    }

    /** The same with what carries the messages drawn as well: in most cases nothing but TCP. */
    Plan withTransports(Choices choices) {
        if (upgrades || !choices.in100(40)) {
            return this;
        }
        var upstreams = new HashMap<String, Transport>();
        var downstream = transport(choices, 40);
        for (var each : clusters) {
            var transport = transport(choices, 50);
            // What a handshake takes is up to the machine.
            upstreams.put(each, timed && transport.isTls() ? Transport.PLAIN : transport);
        }
        return new Plan(
                timed,
                clusters,
                retries,
                oddPaths,
                filters,
                mirrored,
                false,
                new Transports(downstream, upstreams));
    }

    private static Transport transport(Choices choices, int plain) {
        return choices.in100(plain)
                ? Transport.PLAIN
                : choices.pick(Transport.TLS, Transport.HTTP2, Transport.HTTP2_TLS);
    }

    /** Whether any upstream takes streams, and so no answers that are not messages. */
    boolean hasHttp2Upstreams() {
        return transports.upstreams().values().stream().anyMatch(Transport::isHttp2);
    }

    static String named(String cluster) {
        return "${self}_" + cluster;
    }
}
