// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteTable;

/** Routes from YAML, for tests of what becomes of them. */
public final class ParsedRoutes {
    private static final ParseContext XDS =
            ParseContext.dynamic(ParseContext.Ads.DELTA, _ -> true, UnknownFields.REJECTED);

    private ParsedRoutes() {}

    /** Of a RouteConfiguration. */
    public static RouteTable table(String yaml) {
        return Outcomes.accepted(RouteParser.parse(Protos.routes(yaml), XDS));
    }
}
