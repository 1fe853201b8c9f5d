// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** The version of HTTP a message was spoken in, with the name logs have for it. */
public enum Protocol {
    HTTP_1_0("HTTP/1.0"),
    HTTP_1_1("HTTP/1.1"),
    HTTP_2("HTTP/2");

    private final String text;

    Protocol(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
