// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * A resource that comes over xDS, as configuration refers to it: a secret ({@code
 * SdsSecretConfig}), the configuration of a filter, a layer of the runtime.
 */
public record ResourceReference(String name, ConfigSourceConfig source) {}
