// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The HTTP filters this proxy has, by their type URLs: a line for each. */
final class HttpFilterTypes {
    private static final List<HttpFilterType> ALL =
            List.of(
                    BufferFilterParser.TYPE,
                    CorsFilterParser.TYPE,
                    CredentialInjectorFilterParser.TYPE,
                    DynamicForwardProxyFilterParser.TYPE,
                    FaultFilterParser.TYPE,
                    HeaderMutationFilterParser.TYPE,
                    HealthCheckFilterParser.TYPE,
                    LocalRateLimitFilterParser.TYPE,
                    OnDemandFilterParser.TYPE,
                    SetMetadataFilterParser.TYPE,
                    HttpFilterParser.ROUTER_TYPE);

    private HttpFilterTypes() {}

    static List<Supplier<SupportedFields>> tables() {
        return ALL.stream().<Supplier<SupportedFields>>map(type -> type::table).toList();
    }

    static List<Supplier<SupportedFields>> routeTables() {
        return ALL.stream()
                .flatMap(type -> type.route().stream())
                .<Supplier<SupportedFields>>map(route -> route::table)
                .toList();
    }

    /** The filter a packed message configures. */
    static Optional<HttpFilterType> find(Any config) {
        String name = typeName(config);
        return ALL.stream().filter(type -> type.table().typeName().equals(name)).findFirst();
    }

    /** How a packed message configures a filter for routes. */
    static Optional<HttpFilterType.RouteType> findRoute(Any config) {
        String name = typeName(config);
        return ALL.stream()
                .flatMap(type -> type.route().stream())
                .filter(route -> route.table().typeName().equals(name))
                .findFirst();
    }

    private static String typeName(Any config) {
        String url = config.getTypeUrl();
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
