// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.capability;

/** The kinds of proxies that policies are for. */
public enum Proxy {
    ENVOY("Envoy"),
    JAVA("the Java data plane");

    private final String words;

    Proxy(String words) {
        this.words = words;
    }

    /** As it is called within a sentence. */
    public String words() {
        return words;
    }
}
