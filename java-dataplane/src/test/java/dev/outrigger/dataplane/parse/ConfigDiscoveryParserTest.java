// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.accepted;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.ExtensionConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.DisabledFor;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.Vhds;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigDiscoveryParserTest {
    private static final Any TLS_INSPECTOR = Any.pack(TlsInspector.getDefaultInstance());
    private static final Any HTTP_INSPECTOR = Any.pack(HttpInspector.getDefaultInstance());
    private static final ConfigSource ADS =
            ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance()).build();
    private static final ExtensionConfigSource SOURCE =
            ExtensionConfigSource.newBuilder()
                    .setConfigSource(ADS)
                    .addTypeUrls(TLS_INSPECTOR.getTypeUrl())
                    .build();

    @Test
    void readsAListenerFilterThatComesLater() {
        var filter =
                filter(
                                SOURCE.toBuilder()
                                        .setDefaultConfig(TLS_INSPECTOR)
                                        .setApplyDefaultConfigWithoutWarming(true)
                                        .build())
                        .toBuilder()
                        .setFilterDisabled(
                                ListenerFilterChainMatchPredicate.newBuilder().setAnyMatch(true))
                        .build();

        var filters = accepted(parse(filter)).listenerFilters();

        var discovered =
                new ListenerFilterConfig.Discovered(
                        new ResourceReference(
                                "f",
                                new ConfigSourceConfig.Ads(Duration.ofSeconds(15)),
                                ExtensionConfig.LISTENER_FILTER),
                        List.of(TLS_INSPECTOR.getTypeUrl()),
                        Optional.of(new ListenerFilterConfig.TlsInspector(false)),
                        true);
        assertThat(filters.discovered()).containsExactly(discovered);
        assertThat(filters.filters())
                .containsExactly(
                        new ListenerFilterConfig.Conditional(discovered, new DisabledFor.Any()));
    }

    @Test
    void refusesATypeThatIsNoListenerFilter() {
        var source =
                SOURCE.toBuilder()
                        .addTypeUrls(Any.pack(Router.getDefaultInstance()).getTypeUrl())
                        .build();

        assertThat(only(parse(filter(source))).reason())
                .isEqualTo(
                        "Error: no listener factory found for a required type URL"
                                + " envoy.extensions.filters.http.router.v3.Router.");
    }

    @Test
    void refusesADefaultOfATypeThatIsNotAnnounced() {
        var source = SOURCE.toBuilder().setDefaultConfig(HTTP_INSPECTOR).build();

        assertThat(only(parse(filter(source))).reason())
                .isEqualTo(
                        "Error: filter config has type URL"
                                + " envoy.extensions.filters.listener.http_inspector.v3.HttpInspector"
                                + " but expect"
                                + " envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector.");
    }

    @Test
    void refusesNotToWaitWhereThereIsNoDefault() {
        var source = SOURCE.toBuilder().setApplyDefaultConfigWithoutWarming(true).build();

        assertThat(only(parse(filter(source))).reason())
                .isEqualTo(
                        "Error: listener filter config f applied without warming but has no default"
                                + " config.");
    }

    @Test
    void readsAResourceThatConfiguresAListenerFilter() {
        var resource =
                TypedExtensionConfig.newBuilder()
                        .setName("f")
                        .setTypedConfig(TLS_INSPECTOR)
                        .build();

        assertThat(accepted(ExtensionConfigParser.parse(resource, XDS)))
                .isEqualTo(
                        new ExtensionConfig(
                                TLS_INSPECTOR.getTypeUrl(),
                                new ExtensionConfig.Filter.Listener(
                                        new ListenerFilterConfig.TlsInspector(false))));
    }

    @Test
    void virtualHostsComeOverAnAggregatedStreamOnlyIfItIsDelta() {
        var routes =
                RouteConfiguration.newBuilder()
                        .setName("r")
                        .setVhds(Vhds.newBuilder().setConfigSource(ADS))
                        .build();

        assertThat(accepted(RouteParser.parse(routes, ads(ParseContext.Ads.DELTA))).vhds())
                .isPresent();
        assertThat(
                        only(RouteParser.parse(routes, ads(ParseContext.Ads.STATE_OF_THE_WORLD)))
                                .reason())
                .isEqualTo(
                        "vhds: ADS must use DELTA_GRPC api_type when used as VHDS config source.");
        assertThat(only(RouteParser.parse(routes, ads(ParseContext.Ads.NONE))).reason())
                .isEqualTo("vhds: ADS config source specified but no ADS configured in bootstrap.");
    }

    private static ParseContext ads(ParseContext.Ads ads) {
        return ParseContext.dynamic(ads, _ -> true, UnknownFields.IGNORED);
    }

    private static ListenerFilter filter(ExtensionConfigSource source) {
        return ListenerFilter.newBuilder().setName("f").setConfigDiscovery(source).build();
    }

    private static Parsed<dev.outrigger.dataplane.config.ListenerConfig> parse(
            ListenerFilter filter) {
        Listener proto =
                Protos.withManager("route_config: {}\n").toBuilder()
                        .addListenerFilters(filter)
                        .build();
        return ListenerParser.parse(proto, XDS);
    }
}
