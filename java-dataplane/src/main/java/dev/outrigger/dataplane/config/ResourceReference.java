// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * A resource that comes over xDS, as configuration refers to it: a secret ({@code
 * SdsSecretConfig}), the configuration of a filter, a layer of the runtime.
 *
 * @param role what it is for, where one type of resource serves several; the same resource for two
 *     of them is asked for twice
 */
public record ResourceReference(String name, ConfigSourceConfig source, String role) {
    /** Of a type that serves one purpose. */
    public ResourceReference(String name, ConfigSourceConfig source) {
        this(name, source, "");
    }
}
