// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import java.util.List;

/**
 * One admin path: what it answers, and what {@code /help} and the home page say about it.
 *
 * @param mutates wants POST (AD1)
 */
record AdminRoute(
        String path, String about, boolean mutates, Handler handler, List<Parameter> parameters) {
    AdminRoute {
        parameters = List.copyOf(parameters);
    }

    static AdminRoute get(String path, String about, Handler handler, Parameter... parameters) {
        return new AdminRoute(path, about, false, handler, List.of(parameters));
    }

    static AdminRoute post(String path, String about, Handler handler, Parameter... parameters) {
        return new AdminRoute(path, about, true, handler, List.of(parameters));
    }

    /** Answers a request to the path. Main loop. */
    interface Handler {
        AdminResponse answer(Query query);
    }

    /**
     * A query parameter.
     *
     * @param choices what a {@link Form#CHOICE} offers
     */
    record Parameter(String name, String about, Form form, List<String> choices) {
        Parameter {
            choices = List.copyOf(choices);
        }

        /** How the home page asks for it. */
        enum Form {
            FLAG,
            TEXT,
            CHOICE
        }

        static Parameter flag(String name, String about) {
            return new Parameter(name, about, Form.FLAG, List.of());
        }

        static Parameter text(String name, String about) {
            return new Parameter(name, about, Form.TEXT, List.of());
        }

        static Parameter choice(String name, String about, String... choices) {
            return new Parameter(name, about, Form.CHOICE, List.of(choices));
        }

        /** The line of {@code /help}. */
        String help() {
            String oneOf =
                    form == Form.CHOICE ? "; One of (" + String.join(", ", choices) + ")" : "";
            return name + ": " + about + oneOf;
        }
    }
}
