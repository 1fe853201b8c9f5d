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
public record CaseGroup(String name, Path config, List<Exchange> exchanges) {
    public CaseGroup {
        exchanges = List.copyOf(exchanges);
    }
}
