// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.config.HttpFilterConfig;

/** The configuration of a filter of this room. Immutable. */
public interface FilterConfig extends HttpFilterConfig {
    /** Off the event loops, once for each listener version that has the filter. */
    HttpFilterFactory factory(FactoryContext context);
}
