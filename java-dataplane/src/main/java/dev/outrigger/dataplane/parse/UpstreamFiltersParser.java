// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.HttpFilterEntry;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.credential_injector.v3.CredentialInjector;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/** {@code upstream_http_filters} of the router, {@code http_filters} of a cluster. */
final class UpstreamFiltersParser {
    private static final String CODEC = "envoy.filters.http.upstream_codec";
    private static final SupportedFields CODEC_FIELDS = SupportedFields.of(UpstreamCodec.class);

    static final SupportedFields FILTER =
            SupportedFields.of(HttpFilter.class, "upstream")
                    .obeyed("name")
                    .extension(
                            "typed_config",
                            List.of(
                                    () -> BufferFilterParser.TYPE.table(),
                                    () -> HeaderMutationFilterParser.TYPE.table(),
                                    () -> CredentialInjectorFilterParser.TYPE.table(),
                                    () -> CODEC_FIELDS))
                    .obeyedWithNote("is_optional", "a filter this proxy does not have is left out")
                    .obeyed("disabled");

    private UpstreamFiltersParser() {}

    /** The router's. */
    static List<HttpFilterEntry> ofRouter(List<HttpFilter> protos, String path, Findings findings) {
        if (!protos.isEmpty() && !isCodec(protos.getLast())) {
            HttpFilter last = protos.getLast();
            findings.invalid(
                    path,
                    last.getName(),
                    "Error: non-terminal filter named "
                            + last.getName()
                            + " of type "
                            + type(last).canonicalName()
                            + " is the last filter in a router upstream http filter chain. When"
                            + " upstream_http_filters are specified, they must explicitly end with"
                            + " an UpstreamCodec filter.");
            return List.of();
        }
        return entries(protos, "router upstream", path, findings);
    }

    /** A cluster's. */
    static List<HttpFilterEntry> ofCluster(
            List<HttpFilter> protos, String path, Findings findings) {
        if (!protos.isEmpty() && !isCodec(protos.getLast())) {
            findings.invalid(
                    path,
                    protos.getLast().getName(),
                    "The codec filter is the only valid terminal upstream HTTP filter, use"
                            + " 'envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec'");
            return List.of();
        }
        return entries(protos, "upstream", path, findings);
    }

    /** Of a filter that is not the codec; the table has checked that it is one of these. */
    private static HttpFilterType type(HttpFilter proto) {
        if (Values.is(proto.getTypedConfig(), Buffer.class)) {
            return BufferFilterParser.TYPE;
        }
        return Values.is(proto.getTypedConfig(), CredentialInjector.class)
                ? CredentialInjectorFilterParser.TYPE
                : HeaderMutationFilterParser.TYPE;
    }

    private static boolean isCodec(HttpFilter proto) {
        return proto.getTypedConfig().is(UpstreamCodec.class);
    }

    private static List<HttpFilterEntry> entries(
            List<HttpFilter> protos, String chain, String path, Findings findings) {
        var entries = new ArrayList<HttpFilterEntry>();
        for (int i = 0; i < protos.size(); i++) {
            HttpFilter proto = protos.get(i);
            String at = FieldPaths.index(path, i);
            boolean last = i == protos.size() - 1;
            if (isCodec(proto)) {
                checkCodec(proto, last, chain, at, findings);
            } else if (proto.hasTypedConfig()) {
                type(proto)
                        .reader()
                        .read(proto.getTypedConfig(), FieldPaths.join(at, "typed_config"), findings)
                        .ifPresent(config ->
                                entries.add(
                                        new HttpFilterEntry(
                                                proto.getName(), proto.getDisabled(), config)));
            } else if (!proto.getIsOptional()) {
                findings.invalid(
                        at,
                        proto.getName(),
                        "Didn't find a registered implementation for '"
                                + proto.getName()
                                + "' with type URL: ''");
            }
        }
        return entries;
    }

    private static void checkCodec(
            HttpFilter proto, boolean last, String chain, String path, Findings findings) {
        if (!last) {
            findings.invalid(
                    path,
                    proto.getName(),
                    "Error: terminal filter named "
                            + proto.getName()
                            + " of type "
                            + CODEC
                            + " must be the last filter in a "
                            + chain
                            + " http filter chain.");
        } else if (proto.getDisabled()) {
            findings.invalid(
                    path,
                    proto.getName(),
                    "Error: the last (terminal) filter ("
                            + proto.getName()
                            + ") in the chain cannot be disabled by default.");
        }
    }
}
