// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource.Scopes;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.ScopeConfig;
import dev.outrigger.dataplane.config.ScopeKeyConfig;
import dev.outrigger.dataplane.config.ScopeKeyConfig.Extract;
import dev.outrigger.dataplane.config.ScopeKeyConfig.HeaderFragment;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRouteConfigurationsList;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code scoped_routes} of the HTTP connection manager, and scopes that come over SRDS. */
public final class ScopedRoutesParser {
    private static final SupportedFields KV_ELEMENT =
            SupportedFields.of(ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor.KvElement.class)
                    .obeyed("separator", "key");

    private static final SupportedFields HEADER =
            SupportedFields.of(ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor.class)
                    .obeyed("name", "element_separator", "index")
                    .nested("element", () -> KV_ELEMENT);

    private static final SupportedFields FRAGMENT_BUILDER =
            SupportedFields.of(ScopeKeyBuilder.FragmentBuilder.class)
                    .nested("header_value_extractor", () -> HEADER);

    private static final SupportedFields KEY_BUILDER =
            SupportedFields.of(ScopeKeyBuilder.class).nested("fragments", () -> FRAGMENT_BUILDER);

    private static final SupportedFields FRAGMENT =
            SupportedFields.of(ScopedRouteConfiguration.Key.Fragment.class).obeyed("string_key");

    private static final SupportedFields KEY =
            SupportedFields.of(ScopedRouteConfiguration.Key.class)
                    .nested("fragments", () -> FRAGMENT);

    static final SupportedFields SCOPE =
            SupportedFields.of(ScopedRouteConfiguration.class)
                    .obeyed("on_demand")
                    .obeyed("name", "route_configuration_name")
                    .nested("route_configuration", () -> RouteParser.ROUTE_CONFIGURATION)
                    .nested("key", () -> KEY);

    private static final SupportedFields LIST =
            SupportedFields.of(ScopedRouteConfigurationsList.class)
                    .nested("scoped_route_configurations", () -> SCOPE);

    private static final SupportedFields SCOPED_RDS =
            SupportedFields.of(ScopedRds.class)
                    .nested("scoped_rds_config_source", () -> ConfigSourceParser.SOURCE);

    static final SupportedFields SCOPED_ROUTES =
            SupportedFields.of(ScopedRoutes.class)
                    .obeyed("name")
                    .nested("scope_key_builder", () -> KEY_BUILDER)
                    .nested("rds_config_source", () -> ConfigSourceParser.SOURCE)
                    .nested("scoped_route_configurations_list", () -> LIST)
                    .nested("scoped_rds", () -> SCOPED_RDS);

    private ScopedRoutesParser() {}

    /** A scope that comes over SRDS. */
    public static Parsed<ScopeConfig> scope(ScopedRouteConfiguration proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, SCOPE);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        ScopeConfig scope = scope(proto, "", findings);
        return findings.result(() -> scope);
    }

    static Optional<RouteSource> routes(ScopedRoutes proto, String path, Findings findings) {
        ScopeKeyConfig key =
                key(
                        proto.getScopeKeyBuilder(),
                        FieldPaths.join(path, "scope_key_builder.fragments"),
                        findings);
        Optional<ConfigSourceConfig> rds =
                proto.hasRdsConfigSource()
                        ? ConfigSourceParser.source(
                                proto.getRdsConfigSource(),
                                Asker.ROUTES,
                                FieldPaths.join(path, "rds_config_source"),
                                findings)
                        : Optional.empty();
        return switch (proto.getConfigSpecifierCase()) {
            case SCOPED_ROUTE_CONFIGURATIONS_LIST ->
                    Optional.of(
                            new RouteSource.Scoped(
                                    key,
                                    rds,
                                    new Scopes.Inline(
                                            list(
                                                    proto.getScopedRouteConfigurationsList(),
                                                    FieldPaths.join(
                                                            path,
                                                            "scoped_route_configurations_list"),
                                                    findings))));
            case SCOPED_RDS -> {
                String at = FieldPaths.join(path, "scoped_rds.scoped_rds_config_source");
                yield ConfigSourceParser.source(
                                proto.getScopedRds().getScopedRdsConfigSource(),
                                Asker.SCOPES,
                                at,
                                findings)
                        .map(source ->
                                new RouteSource.Scoped(
                                        key,
                                        rds,
                                        new Scopes.Discovered(
                                                new ResourceReference(proto.getName(), source))));
            }
            // Reported before by the oneof's own constraint.
            case CONFIGSPECIFIER_NOT_SET -> Optional.empty();
        };
    }

    private static List<ScopeConfig> list(
            ScopedRouteConfigurationsList proto, String path, Findings findings) {
        var scopes = new ArrayList<ScopeConfig>();
        for (int i = 0; i < proto.getScopedRouteConfigurationsCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "scoped_route_configurations"), i);
            scopes.add(scope(proto.getScopedRouteConfigurations(i), at, findings));
        }
        conflict(scopes).ifPresent(text -> findings.invalid(path, "", text));
        return scopes;
    }

    /** Two scopes with one key, in Envoy's words. */
    public static Optional<String> conflict(List<ScopeConfig> scopes) {
        Map<List<String>, String> names = new HashMap<>();
        for (ScopeConfig scope : scopes) {
            String first = names.putIfAbsent(scope.key(), scope.name());
            if (first != null) {
                return Optional.of(
                        "scope key conflict found, first scope is '"
                                + first
                                + "', second scope is '"
                                + scope.name()
                                + "'");
            }
        }
        return Optional.empty();
    }

    private static ScopeConfig scope(
            ScopedRouteConfiguration proto, String path, Findings findings) {
        Optional<RouteTable> inline =
                proto.hasRouteConfiguration()
                        ? Optional.of(
                                RouteParser.table(
                                        proto.getRouteConfiguration(),
                                        false,
                                        FieldPaths.join(path, "route_configuration"),
                                        findings))
                        : Optional.empty();
        if (inline.isEmpty() && proto.getRouteConfigurationName().isEmpty()) {
            findings.invalid(
                    FieldPaths.join(path, "route_configuration_name"),
                    "",
                    "Missing route_configuration_name or route_configuration in"
                            + " ScopedRouteConfiguration");
        }
        return new ScopeConfig(
                proto.getName(),
                proto.getOnDemand() && inline.isEmpty(),
                inline.isPresent() ? "" : proto.getRouteConfigurationName(),
                inline,
                proto.getKey().getFragmentsList().stream().map(f -> f.getStringKey()).toList(),
                Values.contentHash(proto));
    }

    private static ScopeKeyConfig key(ScopeKeyBuilder proto, String path, Findings findings) {
        var fragments = new ArrayList<HeaderFragment>();
        for (int i = 0; i < proto.getFragmentsCount(); i++) {
            var extractor = proto.getFragments(i).getHeaderValueExtractor();
            boolean element = extractor.hasElement();
            if (!element
                    && extractor.getIndex() != 0
                    && extractor.getElementSeparator().isEmpty()) {
                findings.invalid(
                        FieldPaths.index(path, i) + ".header_value_extractor.index",
                        extractor.getIndex(),
                        "Index > 0 for empty string element separator.");
            }
            fragments.add(
                    new HeaderFragment(
                            Ascii.lower(extractor.getName()),
                            extractor.getElementSeparator(),
                            element
                                    ? new Extract.Element(
                                            extractor.getElement().getSeparator(),
                                            extractor.getElement().getKey())
                                    : new Extract.Index(
                                            Values.clamp(
                                                    Integer.toUnsignedLong(
                                                            extractor.getIndex())))));
        }
        return new ScopeKeyConfig(fragments);
    }
}
