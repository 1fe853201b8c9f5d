// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import java.time.Instant;
import java.util.List;

/**
 * Newer content that some proxies are not given, and why. Immutable.
 *
 * @param revision from which on; for what cannot be served at all, the newest
 * @param type the type URL of the resources; empty if all types are concerned
 * @param version of the refused response; empty unless refused
 * @param resources their names, where they are known
 * @param detail what is wrong: the proxy's own words if it refused them
 * @param fields the places in documents that they come from
 * @param proxies those that refused, or that try it first
 */
public record Withheld(
        Reason reason,
        long revision,
        Instant since,
        String type,
        String version,
        List<String> resources,
        String detail,
        List<PolicyField> fields,
        List<String> proxies) {
    public Withheld {
        resources = List.copyOf(resources);
        fields = List.copyOf(fields);
        proxies = List.copyOf(proxies);
    }

    /** Why proxies are not given it. */
    public enum Reason {
        /** It refers to something that nobody supplies, or defines something twice. */
        INCONSISTENT,
        /** The control plane failed on it. */
        NOT_TRANSLATED,
        /** A proxy refused it: nobody else is given it. */
        REFUSED,
        /** Some proxies try it first. */
        ON_TRIAL;

        /** Whether it stays so until something is written. */
        public boolean isFinal() {
            return this != ON_TRIAL;
        }
    }
}
