// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.Reference;
import java.util.List;
import java.util.Optional;

/** Reads HTTPRoute, with the field names of Gateway API; see {@link RouteReader}. */
public final class HttpRouteKind implements PolicyKind<HttpRouteSpec> {
    public static final String KIND = "HTTPRoute";

    private final RouteReader reader =
            new RouteReader(RouteProtocol.HTTP, MatchReader::read, Match.ANY);

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String plural() {
        return "httproutes";
    }

    @Override
    public Class<HttpRouteSpec> specType() {
        return HttpRouteSpec.class;
    }

    @Override
    public Optional<HttpRouteSpec> read(DocumentNode spec, PolicyId id) {
        var mark = spec.violations().mark();
        var read = reader.read(spec, id);
        return mark.ifClean(
                () -> new HttpRouteSpec(read.orElseThrow().parents(), read.orElseThrow().rules()));
    }

    @Override
    public List<Reference> references(HttpRouteSpec spec) {
        return RouteReader.references(spec);
    }
}
