// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * What a secret that came by SDS holds. Compared with {@code equals}: an equal one changes nothing.
 */
public interface SecretConfig {
    /** The same under a secret's name, where that shows somewhere. */
    default SecretConfig named(String secret) {
        return this;
    }

    /** {@code generic_secret}, for whoever can use bytes. */
    record Generic(String text) implements SecretConfig {
        @Override
        public String toString() {
            return "Generic[redacted]";
        }
    }
}
