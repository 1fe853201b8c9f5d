// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Optional;

/**
 * {@code SdsSecretConfig}: a secret by its name.
 *
 * @param source absent: one of the bootstrap's own secrets
 */
public record SecretReference(String name, Optional<ConfigSourceConfig> source) {}
