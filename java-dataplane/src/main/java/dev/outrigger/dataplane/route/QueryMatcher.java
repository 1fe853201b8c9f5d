// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteMatchConfig.QueryParameterMatcherConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.message.RequestHead;

/** One condition on a query parameter (QM1, QM2): raw bytes, first occurrence. Immutable. */
final class QueryMatcher {
    private final QueryParameter parameter;
    private final boolean whenMissing;
    private final QueryParameter.Visitor value;

    QueryMatcher(QueryParameterMatcherConfig config) {
        parameter = new QueryParameter(config.name());
        if (config.match() instanceof ValueMatch.Present(boolean expected)) {
            whenMissing = !expected;
            value = (data, offset, length) -> expected;
        } else {
            whenMissing = false;
            ValueMatcher matcher = ValueMatcher.of(config.match());
            value = matcher::matches;
        }
    }

    boolean matches(RequestHead head) {
        return parameter.test(head, whenMissing, value);
    }
}
