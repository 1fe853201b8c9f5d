// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind;

import dev.outrigger.xds.kind.retry.RetryTranslator;
import dev.outrigger.xds.kind.timeouts.TimeoutsTranslator;
import java.util.List;

/**
 * The list of policy kinds. Adding a kind is one line here and one folder below.
 *
 * <p>HTTP filters get a list of their own, in filter order, with the first kind that is one; a
 * route's own fields know no order among themselves.
 */
public final class KindTranslators {
    /** In alphabetical order: each owns its fields, so none can see another's. */
    public static final List<RouteKind> ROUTE =
            List.of(new RetryTranslator(), new TimeoutsTranslator());

    private KindTranslators() {}
}
