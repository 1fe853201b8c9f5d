// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.outrigger.dataplane.config.ConnectionLimitConfig;
import dev.outrigger.dataplane.config.NetworkFilterConfig;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.direct_response.v3.Config;
import io.envoyproxy.envoy.extensions.filters.network.echo.v3.Echo;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The network filters of a chain. The type of {@code typed_config} says which filter is meant: one
 * that ends the chain, or a limit in front of it.
 */
final class NetworkFilterParser {
    private static final SupportedFields ECHO = SupportedFields.of(Echo.class);

    /** What ends a chain, in the order of the documentation. */
    private static final List<Type> TYPES =
            List.of(
                    type(
                            "envoy.filters.network.http_connection_manager",
                            HttpConnectionManager.class,
                            () -> HttpConnectionManagerFields.HCM,
                            (proto, path, findings) ->
                                    new NetworkFilterConfig.Http(
                                            HttpConnectionManagerParser.parse(
                                                    proto, path, findings))),
                    type(
                            "envoy.filters.network.tcp_proxy",
                            TcpProxy.class,
                            () -> TcpProxyParser.TCP_PROXY,
                            TcpProxyParser::parse),
                    type(
                            "envoy.filters.network.direct_response",
                            Config.class,
                            () -> DirectResponseFilterParser.CONFIG,
                            DirectResponseFilterParser::parse),
                    type(
                            "envoy.filters.network.echo",
                            Echo.class,
                            () -> ECHO,
                            (_, _, _) -> new NetworkFilterConfig.Echo()));

    private static final String LIMIT = "envoy.filters.network.connection_limit";

    static final SupportedFields FILTER =
            SupportedFields.of(Filter.class)
                    .noEffect("name", "the type decides")
                    .extension(
                            "typed_config",
                            Stream.concat(
                                            TYPES.stream().map(Type::table),
                                            Stream.<Supplier<SupportedFields>>of(
                                                    () -> ConnectionLimitParser.CONNECTION_LIMIT))
                                    .toList());

    /** The filters of a chain: what bounds its connections, and what becomes of those. */
    record Filters(List<ConnectionLimitConfig> limits, NetworkFilterConfig last) {}

    /** One network filter as parsing sees it. */
    private record Type(
            String canonicalName,
            Class<? extends Message> message,
            Supplier<SupportedFields> table,
            Reader reader) {}

    @FunctionalInterface
    private interface Reader {
        Optional<NetworkFilterConfig> read(Any any, String path, Findings findings);
    }

    @FunctionalInterface
    private interface MessageReader<M> {
        NetworkFilterConfig read(M message, String path, Findings findings);
    }

    private static <M extends Message> Type type(
            String canonicalName,
            Class<M> message,
            Supplier<SupportedFields> table,
            MessageReader<M> reader) {
        return new Type(
                canonicalName,
                message,
                table,
                (any, path, findings) -> {
                    int before = findings.count();
                    Optional<M> unpacked = Values.unpack(any, message, path, findings);
                    return findings.count() == before
                            ? unpacked.map(each -> reader.read(each, path, findings))
                            : Optional.empty();
                });
    }

    private NetworkFilterParser() {}

    /** Reads the filters of a chain; empty after something was found wrong with them. */
    static Optional<Filters> parse(List<Filter> filters, String path, Findings findings) {
        var limits = new ArrayList<ConnectionLimitConfig>();
        Optional<NetworkFilterConfig> last =
                filters.isEmpty() ? Optional.of(new NetworkFilterConfig.None()) : Optional.empty();
        for (int i = 0; i < filters.size(); i++) {
            Filter filter = filters.get(i);
            String at = FieldPaths.index(path, i);
            boolean isLast = i == filters.size() - 1;
            if (Values.is(filter.getTypedConfig(), ConnectionLimit.class)) {
                limit(filter, isLast, at, findings).ifPresent(limits::add);
            } else {
                last = one(filter, isLast, at, findings);
            }
        }
        return last.map(each -> new Filters(limits, each));
    }

    private static Optional<ConnectionLimitConfig> limit(
            Filter filter, boolean isLast, String path, Findings findings) {
        if (isLast) {
            findings.invalid(
                    path,
                    filter.getName(),
                    "Error: non-terminal filter named "
                            + filter.getName()
                            + " of type "
                            + LIMIT
                            + " is the last filter in a network filter chain.");
        }
        String typed = FieldPaths.join(path, "typed_config");
        return Values.unpack(filter.getTypedConfig(), ConnectionLimit.class, typed, findings)
                .map(proto -> ConnectionLimitParser.parse(proto, typed, findings));
    }

    private static Optional<NetworkFilterConfig> one(
            Filter filter, boolean isLast, String path, Findings findings) {
        if (!filter.hasTypedConfig()) {
            findings.invalid(
                    path,
                    filter.getName(),
                    "Didn't find a registered implementation for '"
                            + filter.getName()
                            + "' with type URL: ''");
            return Optional.empty();
        }
        for (Type type : TYPES) {
            if (Values.is(filter.getTypedConfig(), type.message())) {
                if (!isLast) {
                    findings.invalid(
                            path,
                            filter.getName(),
                            "Error: terminal filter named "
                                    + filter.getName()
                                    + " of type "
                                    + type.canonicalName()
                                    + " must be the last filter in a network filter chain.");
                }
                return type.reader()
                        .read(
                                filter.getTypedConfig(),
                                FieldPaths.join(path, "typed_config"),
                                findings);
            }
        }
        return Optional.empty(); // reported by the table
    }
}
