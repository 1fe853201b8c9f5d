// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The resource types a client asks for, in the order in which Envoy does. */
enum Kind {
    CLUSTER("envoy.config.cluster.v3.Cluster", 'c', 0),
    ENDPOINT("envoy.config.endpoint.v3.ClusterLoadAssignment", 'e', 1),
    LISTENER("envoy.config.listener.v3.Listener", 'l', 2),
    ROUTE("envoy.config.route.v3.RouteConfiguration", 'r', 3);

    private final String typeUrl;
    private final char letter;
    private final int position;

    Kind(String type, char letter, int position) {
        this.typeUrl = "type.googleapis.com/" + type;
        this.letter = letter;
        this.position = position;
    }

    String typeUrl() {
        return typeUrl;
    }

    /** The last word of the type. */
    String shortName() {
        return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
    }

    /** From 0, in the order of the list. */
    int position() {
        return position;
    }

    int bit() {
        return 1 << position;
    }

    /** The bits of some types, each given by its first letter. */
    static int bits(String letters) {
        int bits = 0;
        for (Kind kind : values()) {
            bits |= letters.indexOf(kind.letter) < 0 ? 0 : kind.bit();
        }
        return bits;
    }

    static Optional<Kind> find(byte[] buffer, int length) {
        var text = new String(buffer, 0, length, StandardCharsets.UTF_8);
        for (Kind kind : values()) {
            if (kind.typeUrl.equals(text)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
