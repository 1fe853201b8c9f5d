// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import java.util.List;
import java.util.function.Function;

/** What a parser made of a resource: its configuration, or everything that is wrong with it. */
public sealed interface Parsed<C> {
    /** Good: every set field is obeyed. */
    record Accepted<C>(C config) implements Parsed<C> {}

    /** Refused; nothing of it may be used. */
    record Rejected<C>(List<Rejection> rejections) implements Parsed<C> {
        public Rejected {
            rejections = List.copyOf(rejections);
            if (rejections.isEmpty()) {
                throw new IllegalArgumentException("rejections: [] (expected: at least one)");
            }
        }

        /** All reasons on one line, as a NACK's detail or the log says them. */
        public String message() {
            return String.join("; ", rejections.stream().map(Rejection::message).toList());
        }

        /**
         * Whether the message itself breaks its constraints, which makes Envoy refuse every
         * resource that came in the same response (XD10).
         */
        public boolean refusesWholeResponse() {
            return rejections.stream().anyMatch(r -> r.kind() == Rejection.Kind.CONSTRAINT);
        }
    }

    default <D> Parsed<D> map(Function<? super C, ? extends D> change) {
        return switch (this) {
            case Accepted<C>(var config) -> new Accepted<>(change.apply(config));
            case Rejected<C>(var rejections) -> new Rejected<>(rejections);
        };
    }
}
