// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.config.RateLimitConfig.Action;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.DynamicMetadata;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One part of a descriptor, compiled. Immutable. */
@FunctionalInterface
interface RateLimitAction {
    /**
     * Adds its entry, or skips it.
     *
     * @return false when there can be no descriptor
     */
    boolean describe(RateLimits.Request request, List<RateLimitDescriptor.Entry> into);

    static RateLimitAction of(Action action) {
        return switch (action) {
            case Action.SourceCluster() ->
                    (request, into) ->
                            add(into, "source_cluster", WireText.of(request.sourceCluster()));
            case Action.DestinationCluster() ->
                    (request, into) ->
                            add(
                                    into,
                                    "destination_cluster",
                                    WireText.of(request.destinationCluster()));
            case Action.GenericKey(String key, String value) -> {
                var entry = RateLimitDescriptor.Entry.configured(key, value);
                yield (_, into) -> into.add(entry);
            }
            case Action.RequestHeaders(String header, String configured, boolean skip) -> {
                String key = WireText.of(configured);
                RequestText text = RequestText.joined(header);
                yield (request, into) ->
                        addOr(into, key, text(text, request.context().request()), skip);
            }
            case Action.QueryParameters(String name, String configured, boolean skip) -> {
                String parameter = WireText.of(name);
                String key = WireText.of(configured);
                yield (request, into) ->
                        addOr(into, key, query(request.context().request(), parameter), skip);
            }
            case Action.RemoteAddress() ->
                    (request, into) ->
                            add(into, "remote_address", ConnectionInfo.ip(address(request)));
            case Action.MaskedRemoteAddress(int v4, int v6) ->
                    (request, into) ->
                            add(into, "masked_remote_address", masked(address(request), v4, v6));
            case Action.HeaderValueMatch match -> {
                HeaderMatcher[] matchers = HeaderMatcher.all(match.headers());
                var entry = RateLimitDescriptor.Entry.configured(match.key(), match.value());
                yield (request, into) -> {
                    RequestHead head = request.context().request();
                    boolean matched = head != null && HeaderMatcher.allMatch(matchers, head);
                    return matched == match.expectMatch() && into.add(entry);
                };
            }
            case Action.QueryParameterValueMatch match -> {
                List<QueryMatcher> matchers =
                        match.parameters().stream().map(QueryMatcher::new).toList();
                var entry = RateLimitDescriptor.Entry.configured(match.key(), match.value());
                yield (request, into) -> {
                    RequestHead head = request.context().request();
                    boolean matched =
                            head != null && matchers.stream().allMatch(m -> m.matches(head));
                    return matched == match.expectMatch() && into.add(entry);
                };
            }
            case Action.MetaData metadata -> {
                String key = WireText.of(metadata.key());
                yield (request, into) -> {
                    String found = metadata(request, metadata);
                    return addOr(
                            into,
                            key,
                            WireText.ofNullable(
                                    found == null && !metadata.defaultValue().isEmpty()
                                            ? metadata.defaultValue()
                                            : found),
                            metadata.skipIfAbsent());
                };
            }
        };
    }

    private static boolean add(List<RateLimitDescriptor.Entry> into, String key, String value) {
        into.add(new RateLimitDescriptor.Entry(key, value));
        return true;
    }

    private static boolean addOr(
            List<RateLimitDescriptor.Entry> into,
            String key,
            @Nullable String value,
            boolean skipIfAbsent) {
        return value == null ? skipIfAbsent : add(into, key, value);
    }

    private static InetSocketAddress address(RateLimits.Request request) {
        return request.context().info().remoteAddress();
    }

    private static @Nullable String text(RequestText text, @Nullable RequestHead head) {
        return head == null ? null : text.read(head);
    }

    private static @Nullable String query(@Nullable RequestHead head, String parameter) {
        String path = head == null ? "" : head.path();
        int mark = path.indexOf('?');
        if (mark < 0) {
            return null;
        }
        for (String each : path.substring(mark + 1).split("&", -1)) {
            int equals = each.indexOf('=');
            if ((equals < 0 ? each : each.substring(0, equals)).equals(parameter)) {
                return equals < 0 ? "" : each.substring(equals + 1);
            }
        }
        return null;
    }

    /** The network a caller is in, with its length: {@code 10.1.0.0/16}. */
    private static String masked(InetSocketAddress from, int v4, int v6) {
        byte[] bytes = from.getAddress().getAddress();
        int length = Math.min(bytes.length == 4 ? v4 : v6, bytes.length * 8);
        for (int i = 0; i < bytes.length; i++) {
            int bits = Math.clamp(length - i * 8L, 0, 8);
            bytes[i] &= (byte) (0xff << (8 - bits));
        }
        try {
            return ConnectionInfo.ip(new InetSocketAddress(InetAddress.getByAddress(bytes), 0))
                    + "/"
                    + length;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address changed its length", e);
        }
    }

    private static @Nullable String metadata(RateLimits.Request request, Action.MetaData action) {
        MetadataValue value;
        if (action.dynamic()) {
            DynamicMetadata metadata = request.context().info().findDynamicMetadata();
            value = metadata == null ? null : metadata.find(action.namespace(), action.path());
        } else {
            Route route = request.route();
            value =
                    route == null
                            ? null
                            : find(route.metadata(), action.namespace(), action.path());
        }
        // Only texts count, and an empty one is as good as none.
        return value instanceof MetadataValue.Text(String text) && !text.isEmpty() ? text : null;
    }

    private static @Nullable MetadataValue find(
            Metadata metadata, String namespace, List<String> path) {
        MetadataValue value = metadata.of(namespace);
        for (String key : path) {
            value = value instanceof MetadataValue.Struct(var fields) ? fields.get(key) : null;
        }
        return value;
    }
}
