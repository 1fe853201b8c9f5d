// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.config.RouteFilterConfig;

/**
 * A filter's configuration for routes that is not used as it is: it becomes an object with stats or
 * state of its own, once for each place it stands in.
 */
public interface RouteConfigCompiler extends RouteFilterConfig {
    /** Off the event loops, once for each version of the route table. */
    Object compile(FactoryContext context);

    /** What a filter finds by {@link FilterCallbacks#routeConfig}. */
    static Object compile(RouteFilterConfig config, FactoryContext context) {
        return config instanceof RouteConfigCompiler compiler ? compiler.compile(context) : config;
    }
}
