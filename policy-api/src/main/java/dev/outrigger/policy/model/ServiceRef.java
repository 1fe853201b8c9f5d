// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

/** A service by namespace and name. */
public record ServiceRef(String namespace, String name) {
    @Override
    public String toString() {
        return namespace.equals(PolicyId.DEFAULT_NAMESPACE) ? name : namespace + "/" + name;
    }
}
