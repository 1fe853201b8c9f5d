// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.credential;

import dev.outrigger.policy.model.TrafficBlock;

/**
 * A header with a secret that each proxy reads from a file of its own machine and adds to what it
 * sends to a service. Neither documents nor what proxies are sent ever hold the secret.
 *
 * @param header in lower case
 * @param prefix before the secret, such as {@code "Bearer "}
 * @param file an absolute path
 * @param overwrite whether a header of that name that the caller sent is replaced; if not, it stays
 */
public record CredentialPolicy(String header, String prefix, String file, boolean overwrite)
        implements TrafficBlock {
    @Override
    public String blockName() {
        return "credential";
    }

    @Override
    public Scope scope() {
        return Scope.CLUSTER;
    }
}
