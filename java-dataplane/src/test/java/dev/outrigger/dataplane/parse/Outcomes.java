// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;

/** Asks parse results what tests ask again and again. */
final class Outcomes {
    static final ParseContext XDS =
            ParseContext.dynamic(
                    ParseContext.Ads.DELTA, Set.of("b", "c")::contains, UnknownFields.IGNORED);

    private Outcomes() {}

    static <C> C accepted(Parsed<C> parsed) {
        return switch (parsed) {
            case Parsed.Accepted<C>(var config) -> config;
            case Parsed.Rejected<C> rejected ->
                    throw new AssertionError("rejected: " + rejected.message());
        };
    }

    static <C> Parsed.Rejected<C> rejected(Parsed<C> parsed) {
        assertThat(parsed).isInstanceOf(Parsed.Rejected.class);
        return (Parsed.Rejected<C>) parsed;
    }

    /** The only rejection. */
    static Rejection only(Parsed<?> parsed) {
        var all = rejected(parsed).rejections();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }
}
