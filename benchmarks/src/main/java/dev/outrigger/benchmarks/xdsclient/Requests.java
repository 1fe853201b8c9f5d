// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The requests of all clients, made once: what differs from client to client is only the node and
 * the nonce. Immutable.
 */
final class Requests {
    private static final int NODE = 1;
    private static final int TYPE_URL = 2;
    private static final int SUBSCRIBE = 3;
    private static final int INITIAL_VERSIONS = 5;
    private static final int RESPONSE_NONCE = 6;

    private final Map<Kind, byte[]> first = new EnumMap<>(Kind.class);

    private Requests() {}

    /**
     * First requests as Envoy makes them: everything of clusters and listeners, the rest by name.
     *
     * @param versions what the client has already, by name; empty for a new one
     */
    static Requests of(Map<Kind, List<String>> names, Map<Kind, Map<String, String>> versions) {
        var requests = new Requests();
        for (Kind kind : Kind.values()) {
            var message = new Message().text(TYPE_URL, kind.typeUrl());
            if (kind == Kind.ENDPOINT || kind == Kind.ROUTE) {
                names.getOrDefault(kind, List.of()).forEach(name -> message.text(SUBSCRIBE, name));
            }
            versions.getOrDefault(kind, Map.of())
                    .forEach((name, version) ->
                            message.field(
                                    INITIAL_VERSIONS,
                                    new Message().text(1, name).text(2, version).toBytes()));
            requests.first.put(kind, message.toBytes());
        }
        return requests;
    }

    /** A stream's first request, with the node. */
    List<byte[]> opening(Kind kind, int client) {
        var node =
                new Message()
                        .field(
                                NODE,
                                new Message()
                                        .text(1, "client-" + client)
                                        .text(2, "fleet")
                                        .text(6, "fleet")
                                        .toBytes())
                        .toBytes();
        var rest = java.util.Objects.requireNonNull(first.get(kind), "kind");
        return List.of(Message.prefix(node.length + rest.length), node, rest);
    }

    /** A type's first request on a stream that has begun. */
    List<byte[]> subscription(Kind kind) {
        var request = java.util.Objects.requireNonNull(first.get(kind), "kind");
        return List.of(Message.prefix(request.length), request);
    }

    static List<byte[]> answer(Kind kind, byte[] nonce) {
        var message =
                new Message().text(TYPE_URL, kind.typeUrl()).field(RESPONSE_NONCE, nonce).toBytes();
        return List.of(Message.prefix(message.length), message);
    }
}
