// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.filter.buffer.BufferConfig;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;

/** {@code envoy.filters.http.buffer}. */
final class BufferFilterParser {
    private static final SupportedFields BUFFER =
            SupportedFields.of(Buffer.class).obeyed("max_request_bytes");

    private static final SupportedFields PER_ROUTE =
            SupportedFields.of(BufferPerRoute.class)
                    .obeyed("disabled")
                    .nested("buffer", () -> BUFFER);

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                            "envoy.filters.http.buffer",
                            Buffer.class,
                            BUFFER,
                            (proto, _, _) ->
                                    new BufferConfig(Values.unsigned(proto.getMaxRequestBytes())))
                    .withRoute(
                            BufferPerRoute.class,
                            PER_ROUTE,
                            (proto, _, _) ->
                                    new BufferConfig.PerRoute(
                                            proto.getDisabled(),
                                            Values.unsigned(
                                                    proto.getBuffer().getMaxRequestBytes())));

    private BufferFilterParser() {}
}
