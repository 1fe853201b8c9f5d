// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

/** One place an Envoy may come from. */
interface EnvoySource {

    Finding look(ProvisionOptions options);

    /** What a source answered. */
    sealed interface Finding {
        /** It has the Envoy that is wanted. */
        record Yields(Envoy envoy) implements Finding {}

        /** It has none; the next source is asked. */
        record Passes(String reason) implements Finding {}

        /** It was chosen by a person and does not work; no other source may replace it silently. */
        record Refuses(String reason) implements Finding {}
    }
}
