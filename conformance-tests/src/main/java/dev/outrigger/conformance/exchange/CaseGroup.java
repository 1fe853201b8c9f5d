// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.nio.file.Path;
import java.util.List;

/**
 * The exchanges that share a configuration, and so a proxy process: starting one costs more than
 * most exchanges.
 *
 * @param name the folder of the configuration, as {@code retry}
 * @param config the configuration with placeholders
 */
public record CaseGroup(String name, Path config, Source source, List<Exchange> exchanges) {
    public CaseGroup {
        exchanges = List.copyOf(exchanges);
    }

    /** How the configuration reaches the proxy. */
    public enum Source {
        /** It is the proxy's bootstrap. */
        BOOTSTRAP,
        /** Documents for the control plane, which the proxy follows in the delta variant. */
        ADS_DELTA,
        /** The same, in the state-of-the-world variant. */
        ADS_SOTW
    }
}
