// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import dev.outrigger.policy.kind.httproute.RouteFilters;
import dev.outrigger.policy.kind.httproute.RouteFilters.HeaderEdits;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import java.util.ArrayList;
import java.util.List;

/** Edits of headers. Envoy removes first; since no name occurs twice, the order shows nowhere. */
final class HeaderTranslator {
    private HeaderTranslator() {}

    static List<HeaderValueOption> added(HeaderEdits edits) {
        var options = new ArrayList<HeaderValueOption>();
        edits.set()
                .forEach(header ->
                        options.add(option(header, HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)));
        edits.add()
                .forEach(header ->
                        options.add(option(header, HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
        return options;
    }

    private static HeaderValueOption option(RouteFilters.Header header, HeaderAppendAction action) {
        return HeaderValueOption.newBuilder()
                .setHeader(
                        HeaderValue.newBuilder()
                                .setKey(header.name())
                                // A percent sign begins one of Envoy's command operators.
                                .setValue(header.value().replace("%", "%%")))
                .setAppendAction(action)
                // Envoy leaves headers without a value out otherwise.
                .setKeepEmptyValue(header.value().isEmpty())
                .build();
    }
}
