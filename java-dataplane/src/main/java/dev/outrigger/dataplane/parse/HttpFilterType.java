// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.RouteFilterConfig;
import java.util.Optional;

/**
 * One HTTP filter as parsing sees it: which messages configure it and how they are read.
 *
 * @param canonicalName Envoy's name of the extension, for texts
 * @param terminal whether it ends the chain
 * @param route how it is configured for routes, if it is
 */
record HttpFilterType(
        String canonicalName,
        boolean terminal,
        SupportedFields table,
        Reader<HttpFilterConfig> reader,
        Optional<RouteType> route) {
    /** How a filter is configured for routes. */
    record RouteType(SupportedFields table, Reader<RouteFilterConfig> reader) {}

    /** Reads a packed message; empty when it is of another type or broken. */
    @FunctionalInterface
    interface Reader<C> {
        Optional<C> read(Any any, String path, Findings findings);
    }

    /** Turns a checked message into configuration. */
    @FunctionalInterface
    interface MessageReader<M, C> {
        C read(M message, String path, Findings findings);
    }

    /** A filter that routes say nothing about. */
    static <M extends Message> HttpFilterType of(
            String canonicalName,
            Class<M> type,
            SupportedFields table,
            MessageReader<M, HttpFilterConfig> reader) {
        return new HttpFilterType(
                canonicalName, false, table, reader(type, reader), Optional.empty());
    }

    /** The filter that must be last. */
    HttpFilterType asTerminal() {
        return new HttpFilterType(canonicalName, true, table, reader, route);
    }

    /** The same filter with a message for routes. */
    <M extends Message> HttpFilterType withRoute(
            Class<M> type, SupportedFields routeTable, MessageReader<M, RouteFilterConfig> reads) {
        return new HttpFilterType(
                canonicalName,
                terminal,
                table,
                reader,
                Optional.of(new RouteType(routeTable, reader(type, reads))));
    }

    private static <M extends Message, C> Reader<C> reader(
            Class<M> type, MessageReader<M, C> reader) {
        return (any, path, findings) ->
                Values.unpack(any, type, path, findings)
                        .map(message -> reader.read(message, path, findings));
    }
}
