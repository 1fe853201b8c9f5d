// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * {@code envoy.config.common.mutation_rules.v3.HeaderMutation}: one change of the headers. Names
 * are lower case.
 */
public sealed interface HeaderChange {
    record Append(HeaderEdits.Add edit) implements HeaderChange {}

    record Remove(String name) implements HeaderChange {}
}
