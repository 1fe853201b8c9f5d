// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.missing;

import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;

/** A filter whose configuration did not come over ECDS: no request gets through. */
public record MissingConfig() implements FilterConfig {
    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        return MissingFilter::new;
    }
}
